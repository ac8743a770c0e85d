"""Which projects' layouts a person trusts: `trusted.json` in the state directory, `{place: SHA-256 of the file}`.

The place is the file's path in its real directory. A link to a file that is trusted elsewhere is not: what it says would
run in a directory that nobody trusted.
"""

import hashlib
import json
import os
import stat
from pathlib import Path

from ocprov import state
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.lock import held
from ocprov.replace import replace

_SCHEMA = 1
_WAIT = 10.0


def path() -> Path:
    """Where the record is."""
    return state.state_dir() / "trusted.json"


def sha(data: bytes) -> str:
    """What is trusted: these bytes and no others."""
    return hashlib.sha256(data).hexdigest()


def parse(data: bytes | None) -> dict[str, str]:
    """The record in `data`; empty when there is none, or none that can be read: then nothing is trusted."""
    try:
        document = json.loads(data or b"{}")
        found = document["trusted"] if document["schema"] == _SCHEMA else {}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return {str(place): str(digest) for place, digest in found.items()} if isinstance(found, dict) else {}


def read() -> dict[str, str]:
    """The record as it is now; OcprovError when it cannot be looked at."""
    try:
        if not stat.S_ISREG(path().stat().st_mode):
            raise OcprovError(f"{path()} is not a file", f"look at it: ls -l {path()}")
        return parse(path().read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise OcprovError(f"cannot read {path()}: {error.strerror}", f"look at it: ls -l {path()}") from error


def add(place: Path, digest: str) -> None:
    """Trust the file of that place while it has these bytes; OcprovError when that cannot be kept."""
    _write({str(place): digest}, "")


def remove(place: Path) -> None:
    """Trust it no longer; OcprovError when that cannot be kept."""
    _write({}, str(place))


def _write(more: dict[str, str], less: str) -> None:
    folder = state.private_dir(state.state_dir())
    with held(folder / "trust.lock", wait=_WAIT, blocked=lambda: None):
        entries = {place: digest for place, digest in {**read(), **more}.items() if place != less}
        text = json.dumps({"schema": _SCHEMA, "trusted": entries}, indent=2, sort_keys=True) + "\n"
        try:
            replace(str(path()), text.encode("utf-8", "surrogateescape"))
        except OSError as error:
            raise OcprovError(f"cannot write {path()}: {error.strerror}", f"df -h {folder}") from error


def why_not(file: Path) -> str:
    """Why `file` must not be trusted, for others could change it or what it leads to; or an empty string."""
    for part in dict.fromkeys((file, *file.parents, *file.resolve().parents)):
        about = part.stat()
        if part == file and not stat.S_ISREG(about.st_mode):
            return "it is not a file"
        if about.st_uid not in (os.geteuid(), 0):
            return f"{printable(str(part))} belongs to another user"
        if about.st_mode & stat.S_IWOTH and not (part != file and about.st_mode & stat.S_ISVTX):
            return f"every user can write to {printable(str(part))}"
    return ""
