"""The log of a server: begun anew at each start, and kept from growing without end while it runs."""

import os
import shutil
from pathlib import Path

from ocprov.core.names import printable

KEPT = 3
LARGEST = 32 * 1024 * 1024
_TAIL = 4096


def begin(log: Path) -> None:
    """Put what there is away as `.1`, and that as `.2`, up to `.3`."""
    if log.exists() and log.stat().st_size:
        _shift(log)
        log.rename(_kept(log, 1))


def limit(log: Path, largest: int = LARGEST) -> None:
    """Put a log away that is larger than `largest` bytes, while its server goes on to write into the same file."""
    if log.exists() and log.stat().st_size > largest:
        _shift(log)
        beside = _kept(log, 1)
        try:
            shutil.copyfile(log, beside)
            beside.chmod(0o600)
        except OSError:  # the disk is full: what would be kept there is what fills it
            beside.unlink(missing_ok=True)
        os.truncate(log, 0)


def open_for(log: Path) -> int:
    """A descriptor that appends, mode 0600."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    return os.open(log, flags, 0o600)


def end(log: Path) -> str:
    """The last line that says something, for a person; empty where there is none."""
    lines = tail(log).splitlines()
    return next((printable(line.strip())[:200] for line in reversed(lines) if line.strip()), "")


def tail(log: Path) -> str:
    """What it ends with, 4 kB at most; empty where it cannot be read."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _TAIL))
            return file.read().decode(errors="replace")
    except OSError:
        return ""  # it is an addition to what went wrong


def _shift(log: Path) -> None:
    for number in range(KEPT, 1, -1):
        before = _kept(log, number - 1)
        if before.exists():
            before.rename(_kept(log, number))


def _kept(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")
