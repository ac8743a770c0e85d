"""Gathers what is so of the directories that ocprov uses, and of the locks in them."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ocprov import cache, lock, state
from ocprov.doctor.folders import Folder, Folders
from ocprov.doctor.locks import Held
from ocprov.doctor.place import Place, at

_BASES = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
_PRIVATE = ("run", "lock", "log")
_ANYBODY = 0o077
# Below the state directory there are a few files a session; something is wrong long before there are so many.
_MOST = 5000


def folders() -> Folders:
    """The directories, and those of the files in the state directory that others may read."""
    relative = tuple(name for name in _BASES if os.environ.get(name) and not os.environ[name].startswith("/"))
    return Folders(at(state.home()), tuple(_all()), os.geteuid(), tuple(loose(state.state_dir())), relative)


def _all() -> Iterator[Folder]:
    mounts = _mounts()
    for what, path, private in (
        ("state", state.state_dir(), True),
        ("config", state.config_dir(), False),
        ("data", state.data_dir(), False),
        ("cache", Path(cache.folder() or "/nonexistent"), True),
    ):
        yield _folder(what, path, private, mounts)


def _folder(what: str, path: Path, private: bool, mounts: list[tuple[str, str]]) -> Folder:
    place = at(path)
    if place.kind == "link" and path.is_dir():  # a dotfiles manager's; what it leads to counts
        place = at(path.resolve())
    there = _first_there(path)
    writable = os.access(there, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids)
    return Folder(what, place, private, writable, _free(there), _system(there, mounts), str(there))


def _first_there(path: Path) -> Path:
    return next(
        folder for folder in (path, *path.parents) if at(folder).kind not in ("nothing", "unreadable")
    )


def _free(path: Path) -> int | None:
    try:
        about = os.statvfs(path)
    except OSError:
        return None
    return about.f_bavail * about.f_frsize if about.f_blocks else None


def _mounts() -> list[tuple[str, str]]:
    """Where which kind of file system is, as far as this system tells it in a file."""
    try:
        lines = Path("/proc/self/mounts").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return []
    return [(row[1].replace("\\040", " "), row[2]) for row in map(str.split, lines) if len(row) > 2]


def _system(path: Path, mounts: Iterable[tuple[str, str]]) -> str:
    real = os.path.realpath(path)
    over = [(len(where), kind) for where, kind in mounts if Path(real).is_relative_to(where)]
    return max(over)[1] if over else ""


def loose(folder: Path) -> Iterator[Place]:
    """What of ours below the state directory others may look into; links are not followed."""
    me, count = os.geteuid(), 0
    for top in (folder / name for name in _PRIVATE):
        if at(top).kind != "directory":  # os.walk follows no link but this one
            continue
        for root, names, files in os.walk(top):
            for path in (root, *(f"{root}/{file}" for file in files)):
                place = at(path)
                if place.kind in ("directory", "file") and place.owner == me and place.mode & _ANYBODY:
                    yield place
            count += len(names) + len(files)
            if count > _MOST:
                return


def locks() -> tuple[Held, ...]:
    """The locks that are held now; OSError where that cannot be told."""
    folder = state.state_dir()
    there = os.walk(folder / "lock", onerror=_unless_missing)
    walked = (Path(root, name) for root, _, names in there for name in sorted(names))
    files = [folder / "deploy.lock", *(path for path in walked if path.suffix == ".lock")]
    return tuple(_held(path) for path in files if lock.busy(path))


def _unless_missing(error: OSError) -> None:
    """Without this os.walk would find nothing where it may not look."""
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise error


def _held(path: Path) -> Held:
    text, since = "", time.time()
    with suppress(OSError):  # it may be gone by now
        text, since = path.read_text("ascii", "replace").strip()[:20], path.stat().st_mtime
    return Held(path.stem, str(path), int(text) if text.isdecimal() else 0, max(0, int(time.time() - since)))
