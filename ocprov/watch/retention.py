"""Which days of exports go: those that ocprov made, with nothing of anybody else in them."""

import itertools
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ocprov.settings.keys import REPORTS
from ocprov.watch.reports import FORMATS

MARKER = ".ocprov-export"
TEMPORARY = ".ocprov-export-new-"

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_OURS = frozenset(".".join(pair) for pair in itertools.product(REPORTS, FORMATS))


def forget(root: Path, keep: int, *, but: Path) -> list[Path]:
    """Remove the oldest days of ours but for the latest `keep`, 0 for all; those that went.

    `but` stays, the day just made: a clock that was ahead has left days that look later.
    """
    days = sorted(path for path in root.iterdir() if _DAY.fullmatch(path.name) and _ours(path))
    return [day for day in (days[:-keep] if keep else []) if day != but and remove(day)]


def sweep(root: Path) -> None:
    """Remove what an export that was killed left; call it under the lock."""
    for path in root.glob(f"{TEMPORARY}*"):
        if path.is_dir() and not path.is_symlink():
            remove(path)


def remove(folder: Path) -> bool:
    """Remove our files of a directory, the marker last, and it when it is empty then; whether it went."""
    for path in _files(folder):
        path.unlink(missing_ok=True)
    with suppress(OSError):  # somebody has put something into it, or it took its place
        folder.rmdir()
        return True
    return False


def _files(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in sorted(_OURS))
    yield folder / MARKER


def _ours(day: Path) -> bool:
    """Whether ocprov made a directory and nobody has put anything into it."""
    if day.is_symlink() or not day.is_dir():
        return False
    there = {path.name for path in day.iterdir() if path.is_file() and not path.is_symlink()}
    return MARKER in there and there <= _OURS | {MARKER} and len(there) == len(list(day.iterdir()))
