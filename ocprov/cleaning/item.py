"""What is to go, what stays though it is strange, and looking at files without following a link."""

import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from ocprov.core.value import dataclass

How = Literal["file", "folder", "files", "tree", "sample"]

HOUR = 3600
DAY = 86400


@dataclass(frozen=True, slots=True)
class Item:
    """Something to remove; `size` is in bytes.

    `how`: the file `path`; the `files` in a directory and then `path` itself, or only the files where something else
    is in it too; a whole directory of ours; the demo's.
    """

    kind: str
    path: Path
    size: int
    why: str
    how: How = "file"
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """Something that stays, and why; `needed` is what somebody may want back, all else is strange."""

    path: Path
    why: str
    needed: bool = False


Found = tuple[tuple[Item, ...], tuple[Left, ...]]
NOTHING: Found = ((), ())


@dataclass(frozen=True, slots=True)
class Area:
    """What one lock guards (None: nothing needs one): `find` looks at it anew each time."""

    name: str
    lock: Path | None
    find: Callable[[], Found]


def joined(parts: Iterable[Found]) -> Found:
    """Several findings as one."""
    every = list(parts)
    return (
        tuple(item for items, _ in every for item in items),
        tuple(left for _, lefts in every for left in lefts),
    )


def entries(folder: Path) -> tuple[list[Path], tuple[Left, ...]]:
    """What is in a directory of ours, by name; nothing in one that is missing, or that we must not go into."""
    why = strange(folder, stat.S_ISDIR)
    if why is None:
        return [], ()
    if why:
        return [], (Left(folder, why),)
    try:
        return sorted(folder.iterdir()), ()
    except FileNotFoundError:
        return [], ()
    except OSError as error:
        return [], (Left(folder, f"cannot be read: {error.strerror}"),)


def strange(path: Path, is_kind: Callable[[int], bool] = stat.S_ISREG) -> str | None:
    """Why a path is not ours to remove; empty when it is a plain file (or what `is_kind` asks), None when gone."""
    try:
        about = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return f"cannot be looked at: {error.strerror}"
    if about.st_uid != os.geteuid():
        return "it belongs to another user"
    if stat.S_ISLNK(about.st_mode):
        return "it is a link"
    return "" if is_kind(about.st_mode) else "it is not what ocprov writes there"


def file(kind: str, path: Path, why: str) -> Found:
    """A file as something to remove, or to leave where it is no plain file of ours."""
    reason = strange(path)
    if reason:
        return (), (Left(path, reason),)
    return ((Item(kind, path, size(path), why),), ()) if reason == "" else NOTHING


def size(path: Path) -> int:
    """The bytes of a file; 0 when it is gone."""
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def age(path: Path, now: float) -> float:
    """Seconds since a file was written last; 0 when it is gone, or written in the future."""
    try:
        return max(now - path.lstat().st_mtime, 0)
    except OSError:
        return 0
