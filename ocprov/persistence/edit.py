"""One edit of a file that is a person's, or stands where one could be: refused in time, backed up, whole or not at all."""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ocprov import state
from ocprov.configfile import atomic, target
from ocprov.errors import ConflictError, OcprovError

Action = Literal["create", "replace", "remove", "none"]

_BACKUPS = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to the file `path`, which is `real` behind links; `backup` holds what a person had in it."""

    action: Action
    path: Path
    real: Path
    backup: Path | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A file as it was found, and the bytes that it shall hold (None: no file)."""

    path: Path
    found: target.Found
    data: bytes | None
    kept: bool  # whether what it held is worth a backup

    @property
    def action(self) -> Action:
        """What this comes to."""
        if self.data == self.found.data:
            return "none"
        if self.data is None:
            return "remove"
        return "create" if self.found.data is None else "replace"


def refuse_read_only(wanted: Path, hint: str) -> None:
    """Home managers make links to files that nobody may change, and write them anew: ours would be lost."""
    real = Path(os.path.realpath(wanted))
    there = next(parent for parent in real.parents if os.access(parent, os.F_OK))
    for part in (real, there) if os.access(real, os.F_OK) else (there,):
        if not (os.access(part, os.W_OK) and part.stat().st_mode & stat.S_IWUSR):
            raise OcprovError(f"{wanted} cannot be changed: {part} is read-only", hint)


def apply(edit: Edit) -> Change:
    """Do one edit, with a copy of what a person wrote beside it; ConflictError when it changed since it was read."""
    real, old = edit.found.real, edit.found.data
    backup = None
    if edit.action != "none":
        state.private_dir(real.parent)
        with atomic.understood(real):
            atomic.remove_leftovers(real.parent)
            if edit.kept and old is not None:
                backup = _back_up(real, old, edit.found.mode)
            if edit.data is None:
                _remove(edit.path, old)
            else:
                _write(edit, edit.data)
    return Change(edit.action, edit.path, real, backup)


def _write(edit: Edit, data: bytes) -> None:
    try:
        atomic.replace(edit.found.real, data, mode=edit.found.mode, expected=edit.found.data)
    except ConflictError as error:
        raise _changed(edit.path) from error


def _remove(gone: Path, expected: bytes | None) -> None:
    if atomic.read(gone) != expected:
        raise _changed(gone)
    gone.unlink(missing_ok=True)


def _changed(changed: Path) -> ConflictError:
    return ConflictError(f"{changed} changed meanwhile", "it was left as it is; run this again")


def _back_up(real: Path, data: bytes, mode: int) -> Path:
    """A copy beside the file; one with these very bytes serves again, and one with others is never overwritten."""
    for number in range(_BACKUPS):
        copy = real.with_name(f"{real.name}.ocprov-backup{f'.{number}' if number else ''}")
        with suppress(FileExistsError):
            atomic.write_new(copy, data, mode)
            return copy
        if copy.is_file() and copy.read_bytes() == data:
            return copy
    raise OcprovError(f"there are {_BACKUPS} backups of {real}", f"look at them: ls -l {real.parent}")
