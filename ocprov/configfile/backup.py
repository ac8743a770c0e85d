"""Keeping what a person had in a file, before ocprov changes it."""

import os
import re
import stat
from pathlib import Path

from ocprov.configfile import atomic

_STAMP = re.compile(r"([0-9]{8}T[0-9]{6}Z)(?:-([0-9]{1,9}))?")


def keep(real: Path, data: bytes | None = None) -> Path:
    """A private copy beside the file, whole or not at all, of `data`, or of what the file holds.

    It is named by the time, and never before one that is there, for clocks go back; a second one of that second
    gets a number. Raises OSError where it cannot be written.
    """
    contents = atomic.chunks(real) if data is None else iter((data,))
    temporary = atomic.beside(real)
    try:
        atomic.fill_new(temporary, contents, 0o600)
        copy = _next(real)
        temporary.rename(copy)
    except BaseException:  # also of Ctrl-C: nothing half-written stays
        temporary.unlink(missing_ok=True)
        raise
    return copy


def of(real: Path) -> list[Path]:
    """The backups of the file, the newest first: plain files of ours with just such a name."""
    found = []
    for name in os.listdir(real.parent):  # noqa: PTH208 # most names are none
        order = _order(real, name)
        if order and _is_ours(real.with_name(name)):
            found.append((order, real.with_name(name)))
    return [path for _, path in sorted(found, reverse=True)]


def prune(real: Path, most: int) -> None:
    """Remove all but the `most` newest; OSError where one cannot be removed."""
    for path in of(real)[most:]:
        path.unlink(missing_ok=True)


def _next(real: Path) -> Path:
    from datetime import UTC, datetime  # late: most deployments keep nothing

    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    taken = [order for name in os.listdir(real.parent) if (order := _order(real, name))]  # noqa: PTH208 # as above
    stamp, number = max([*taken, (now, -1)])
    suffix = f"-{number + 1}" if number >= 0 else ""
    return real.with_name(f"{real.name}.ocprov-{stamp}{suffix}.bak")


def _order(real: Path, name: str) -> tuple[str, int] | None:
    """Which one it is by its name, None for the name of another thing."""
    start, end = f"{real.name}.ocprov-", ".bak"
    if not (name.startswith(start) and name.endswith(end)):
        return None
    found = _STAMP.fullmatch(name[len(start) : -len(end)])
    return (found.group(1), int(found.group(2) or 0)) if found else None


def _is_ours(path: Path) -> bool:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
