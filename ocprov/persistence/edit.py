"""One edit of a file that is a person's, or stands where one could be: refused in time, backed up, whole or not at all."""

import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ocprov import state
from ocprov.configfile import atomic, backup, target
from ocprov.errors import ConflictError, OcprovError

# The words of `deploy`, where they mean the same.
Action = Literal["create", "replace", "remove", "none", "conflict"]


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to the file `path`, which is `real` behind links; `backup` holds what a person had in it.

    `reason` says why, for a conflict and for a file that stays though it could go; else it is empty.
    """

    action: Action
    path: Path
    real: Path
    reason: str = ""
    backup: Path | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A file as it was found, and the bytes that it shall hold (None: no file); a conflict is left as it is."""

    path: Path
    found: target.Found
    data: bytes | None
    kept: bool  # whether what it held is worth a backup
    reason: str = ""
    conflict: bool = False

    @property
    def action(self) -> Action:
        """What this comes to."""
        if self.conflict:
            return "conflict"
        if self.data == self.found.data:
            return "none"
        if self.data is None:
            return "remove"
        return "create" if self.found.data is None else "replace"

    @property
    def change(self) -> Change:
        """What this would do."""
        return Change(self.action, self.path, self.found.real, self.reason)


def refuse_read_only(wanted: Path, hint: str) -> None:
    """Home managers make links to files that nobody may change, and write them anew: ours would be lost."""
    real = Path(os.path.realpath(wanted))
    there = next(parent for parent in real.parents if os.access(parent, os.F_OK))
    for part in (real, there) if os.access(real, os.F_OK) else (there,):
        if not (os.access(part, os.W_OK) and part.stat().st_mode & stat.S_IWUSR):
            raise OcprovError(f"{wanted} cannot be changed: {part} is read-only", hint)


def apply(edit: Edit) -> Change:
    """Do one edit, with a copy of what a person wrote beside it; ConflictError when it changed since it was read."""
    if edit.action == "none":
        return edit.change
    real, old = edit.found.real, edit.found.data
    copy = None
    state.private_dir(real.parent)
    with atomic.understood(real):
        atomic.remove_leftovers(real.parent)
        if edit.kept and old is not None:
            copy = backup.keep(real, old)
        if edit.data is None:
            _remove(edit.path, old)
        else:
            _write(edit, edit.data)
    return replace(edit.change, backup=copy)


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
