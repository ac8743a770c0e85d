"""Servers of directories that are inside each other, in one worktree: they would change the same files."""

from pathlib import Path
from shlex import quote

from ocprov import lock
from ocprov.core.names import printable
from ocprov.errors import ConflictError
from ocprov.opencode import process, record
from ocprov.opencode.record import Record


def refuse(directory: Path, *, allowed: bool) -> None:
    """ConflictError where a server runs above or below that directory in its worktree."""
    for one in () if allowed else record.every():
        if isinstance(one, Record) and _inside(directory, Path(one.directory)) and _runs(one):
            raise ConflictError(
                f"server {one.name} runs in {printable(one.directory)}, in the same worktree as "
                f"{printable(str(directory))}",
                f"use that one (--dir {quote(printable(one.directory))}), or allow both with --nested",
            )


def _runs(known: Record) -> bool:
    """Also while it is being started, again or for the first time."""
    return process.runs(known.server) or lock.busy(known.places.lock)


def _inside(one: Path, other: Path) -> bool:
    if one == other or not (one.is_relative_to(other) or other.is_relative_to(one)):
        return False
    return worktree(one) is not None and worktree(one) == worktree(other)


def worktree(directory: Path) -> Path | None:
    """The nearest directory upward with a `.git`."""
    return next((one for one in (directory, *directory.parents) if (one / ".git").exists()), None)
