"""What was put on this host for a fleet: `fleet.json` in the state directory, each path with the SHA-256 of what is there.

Between the first file of a request and the last one a path may have two: what was there, and what is about to be. So
whatever a run that is killed leaves is known for ocprov's.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ocprov import state
from ocprov.configfile import atomic
from ocprov.errors import OcprovError

Known = Mapping[str, tuple[str, ...]]

_SCHEMA = 1


def path() -> Path:
    """Where it is."""
    return state.state_dir() / "fleet.json"


def read() -> Known:
    """The hashes by path, relative to `~/.config/ocprov`; nothing where there is none.

    OcprovError where it cannot be read: else all that was put here would count as a person's.
    """
    try:
        data = atomic.read(path())
        return {} if data is None else _parsed(json.loads(data))
    except OSError as error:
        raise OcprovError(f"cannot read {path()}: {error.strerror}", f"look at it: ls -l {path()}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        hint = f"move it away: mv {path()} {path()}.old; equal files are taken over, others are conflicts"
        raise OcprovError(f"{path()} is not what ocprov wrote", hint) from error


def _parsed(document: dict[str, Any]) -> Known:
    if document["schema"] != _SCHEMA:
        raise ValueError(document["schema"])
    known = {name: tuple(hashes) for name, hashes in document["files"].items()}
    if not all(isinstance(one, str) for hashes in known.values() for one in hashes):
        raise TypeError(known)
    return known


def write(known: Known) -> None:
    """Write it, whole or not at all, if it says anything new; OcprovError where that cannot be."""
    if {**known} == {**read()}:
        return
    text = json.dumps({"schema": _SCHEMA, "files": known}, indent=2, sort_keys=True) + "\n"
    folder = state.private_dir(path().parent)
    # A name of its own: what has one as `deploy` gives them is taken for a leftover by that, which has another lock.
    fresh = folder / ".fleet.json.new"
    with atomic.understood(path(), f"look at the disk: df -h {folder}"):
        fresh.unlink(missing_ok=True)
        try:
            atomic.write_new(fresh, text.encode(), 0o600)
            fresh.replace(path())
        finally:
            fresh.unlink(missing_ok=True)
        atomic.sync(folder)
