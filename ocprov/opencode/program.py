"""The `opencode` program: where it is, and whether it is a version that ocprov knows."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.lock import held
from ocprov.opencode import environment, places
from ocprov.questions import search_path
from ocprov.replace import replace
from ocprov.state import private_dir

MAJOR = 1
PACKAGE = "npm install -g opencode-ai, or see https://opencode.ai/docs"
_PATIENCE = 60.0  # measured on a machine with much to do: more than 20
_PROGRAM = 1 << 20  # smaller is a shim (mise, asdf, nvm), behind which versions change
_VERSION = re.compile(r"^v?(\d+)\.\d+\.\d+\S*$", re.MULTILINE)


def find(binary: Path | None, directory: Path) -> Path:
    """The program's absolute path, as it is found from `directory`; OcprovError where there is none."""
    wanted = os.fspath(binary.expanduser()) if binary else "opencode"
    found = shutil.which(wanted, path=search_path())
    if found is None:
        shown = printable(wanted)
        raise OcprovError(f"{shown} is not there" if binary else "opencode is not on PATH", PACKAGE)
    return directory / found


def version(program: Path) -> str:
    """Its version, of major 1; OcprovError for another one, or where it does not tell.

    Version 2 converts the user's data when it starts: it has to be told apart before.
    """
    found = _remembered(program) or _told(program)
    major = _VERSION.match(found)
    if major is None:
        raise OcprovError(
            f"{printable(str(program))} does not tell a version, but: {printable(found)[:60] or 'nothing'}",
            f"run it by hand: {printable(str(program))} --version",
        )
    if int(major[1]) != MAJOR:
        raise OcprovError(
            f"OpenCode {found} is not supported: ocprov is made for version {MAJOR}",
            "install it beside, npm install -g opencode-ai@1, and name it with --binary",
        )
    return found


def _told(program: Path) -> str:
    """Its answer: several that want it at the same moment ask once, where it may be remembered."""
    if not _memorable(program):
        return _asked(program)
    private_dir(places.folder())
    with held(places.folder() / ".versions.lock", wait=_PATIENCE * 2, blocked=lambda: None):
        return _remembered(program) or _asked(program)


def _asked(program: Path) -> str:
    """Even for this it makes its directories, and takes a second: it is asked apart, and once for each file."""
    with tempfile.TemporaryDirectory() as apart:
        own = dict.fromkeys((*environment.XDG, "TMPDIR"), apart)
        told = _run(program, environment.clean(os.environ) | own)
    _remember(program, told)
    return told


def _run(program: Path, variables: Mapping[str, str]) -> str:
    shown = printable(str(program))
    try:
        done = subprocess.run(
            [program, "--version"],
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise OcprovError(
            f"{shown} --version gave no answer within {_PATIENCE:g} s", "run it by hand"
        ) from error
    except OSError as error:
        raise OcprovError(f"cannot run {shown}: {error.strerror}", PACKAGE) from error
    return done.stdout.decode(errors="replace").strip()


def _cache() -> Path:
    return places.folder() / ".versions.json"


def _identity(program: Path) -> str:
    """The file, not its name: npm puts a new one under the same name."""
    found = program.stat()
    return f"{found.st_dev}:{found.st_ino}:{found.st_size}:{found.st_mtime_ns}"


def _remembered(program: Path) -> str:
    try:
        told = json.loads(_cache().read_bytes())
        return str(told.get(_identity(program), ""))
    except (OSError, ValueError, AttributeError):
        return ""  # it is asked again


def _memorable(program: Path) -> bool:
    try:
        return program.stat().st_size >= _PROGRAM
    except OSError:
        return False  # it went away: whoever runs it says so


def _remember(program: Path, told: str) -> None:
    if _VERSION.match(told) and _memorable(program):
        try:
            replace(str(_cache()), json.dumps({_identity(program): told}).encode())
        except OSError:
            return  # it is asked again
