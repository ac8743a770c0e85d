"""The directory that holds a sample: written whole, removed whole, never somebody else's."""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ocprov import state
from ocprov.errors import OcprovError
from ocprov.sample import database, log
from ocprov.sample.conversation import Conversation
from ocprov.sample.schedule import conversations

MARKER = ".ocprov-sample"

_WORDS = "Sample OpenCode data, invented by ocprov, which removes this directory with all that is in it.\n"


@dataclass(frozen=True, slots=True)
class Sample:
    """A written sample: OpenCode's database and log, how many conversations, and their cost in USD."""

    database: Path
    log: Path
    sessions: int
    cost: float


def write(directory: Path, *, now: datetime, days: int = 14, sessions: int = 24, seed: int = 1) -> Sample:
    """Make `directory` (mode 0700) hold a sample whose last conversation is at work at `now`.

    The same `now`, time zone and `seed` give the same data. An earlier sample there is replaced; two at once
    in one directory need a lock around them. OcprovError when anything else is there, or it cannot be written.
    """
    found = conversations(now=now, days=days, sessions=sessions, seed=seed)
    ours = _is_ours(directory)
    if not ours and directory.exists() and any(directory.iterdir()):
        raise _foreign(directory, "it is not empty, and ocprov did not make it")
    try:
        state.private_dir(directory.parent)
        _sweep(directory)
        fresh = _sibling(directory)
        _fill(fresh, found)
        if ours:
            directory.rename(_sibling(directory))
        fresh.rename(directory)
    except OSError as error:
        raise OcprovError(f"cannot write {directory}: {error.strerror}", _look(directory)) from error
    finally:
        _sweep(directory)
    cost = sum(conversation.cost for conversation in found)
    return Sample(directory / "opencode.db", directory / "log/opencode.log", len(found), cost)


def remove(directory: Path) -> bool:
    """Remove the sample in `directory`; False when nothing is there. OcprovError when it is no sample of ours."""
    if not directory.exists() and not directory.is_symlink():
        return False
    if not _is_ours(directory):
        raise _foreign(directory, f"it has no {MARKER}, so ocprov did not make it")
    try:
        directory.rename(_sibling(directory))  # a kill must not leave a directory that lost only its marker
    except OSError as error:
        raise OcprovError(f"cannot remove {directory}: {error.strerror}", _look(directory)) from error
    finally:
        _sweep(directory)
    return True


def _fill(directory: Path, found: list[Conversation]) -> None:
    """Write a sample into a directory that is not there yet."""
    (directory / "log").mkdir(mode=0o700, parents=True)
    directory.chmod(0o700)
    (directory / MARKER).write_text(_WORDS)
    (directory / "log/opencode.log").write_text(log.text(found))
    database.write(directory / "opencode.db", found)


def _is_ours(directory: Path) -> bool:
    """Whether a sample is in `directory`; OcprovError when that is no directory of this user."""
    if directory.is_symlink() or (directory.exists() and not directory.is_dir()):
        raise _foreign(directory, "it is not a directory")
    if not directory.exists():
        return False
    if directory.stat().st_uid != os.geteuid():
        raise _foreign(directory, "it belongs to another user")
    marker = directory / MARKER
    return not marker.is_symlink() and marker.is_file() and marker.read_text(errors="replace") == _WORDS


def _sibling(directory: Path) -> Path:
    """A new name beside `directory`: complete samples come from there, old ones go there."""
    return directory.with_name(f"{_siblings(directory)}{os.urandom(4).hex()}")


def _siblings(directory: Path) -> str:
    return f".{directory.name}.ocprov-sample-"


def _sweep(directory: Path) -> None:
    """Remove what is beside `directory` under a name of ours: old samples, and what a killed run left."""
    if not directory.parent.is_dir():
        return
    for path in directory.parent.iterdir():
        if path.name.startswith(_siblings(directory)):
            shutil.rmtree(path, ignore_errors=True)


def _foreign(directory: Path, reason: str) -> OcprovError:
    return OcprovError(
        f"{directory} is no sample of ocprov: {reason}", f"nothing was touched; {_look(directory)}"
    )


def _look(directory: Path) -> str:
    return f"look at it: ls -la {directory}"
