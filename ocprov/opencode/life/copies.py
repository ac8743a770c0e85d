"""Copies of a user's files for an isolated server, which may change them: neither gets lost what the other has written."""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from ocprov.core.names import printable
from ocprov.errors import OcprovError

# What is made anew where it is missing, and is large.
_LEFT_OUT = ("node_modules", ".git")
_MOST = 5000
_LARGEST = 256 * 1024 * 1024

# The source, when it was changed and its size, and when the copy was made: nanoseconds of the epoch, bytes.
Copied = tuple[str, int, int, int]


def files(folder: Path) -> dict[str, Path]:
    """The files below a directory, links followed, by their names there; OcprovError where they cannot be listed."""
    found: dict[str, Path] = {}
    size = 0
    for path in _below(folder):
        found[str(path.relative_to(folder))] = path
        size += path.stat().st_size
        if len(found) > _MOST or size > _LARGEST:
            raise OcprovError(
                f"{printable(str(folder))} is more than {_MOST} files or {_LARGEST >> 20} MiB",
                "name a directory with OpenCode's configuration alone",
            )
    return found


def require(path: Path) -> None:
    """OcprovError where a file cannot be read."""
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise _unreadable(error, path) from error


def copy(wanted: Mapping[str, Path], to: Path, before: Mapping[str, Copied]) -> dict[str, Copied]:
    """Make the copies of `wanted` below `to` that are missing or older, and remove those that are no more wanted.

    `before` is what this returned last. OSError where a file cannot be read or written.
    """
    for name in before.keys() - wanted.keys():
        (to / name).unlink(missing_ok=True)
    return {
        name: _copied(path, to / name) if _stale(path, to / name, before.get(name)) else before[name]
        for name, path in wanted.items()
    }


def _stale(path: Path, target: Path, told: Copied | None) -> bool:
    if told is None or told[0] != str(path) or target.is_symlink() or not target.is_file():
        return True
    source, copy = path.stat(), target.stat()
    if told[1:3] == (source.st_mtime_ns, source.st_size):
        return False
    return copy.st_mtime_ns == told[3] or source.st_mtime_ns > copy.st_mtime_ns


def _copied(path: Path, target: Path) -> Copied:
    """Whole or not at all, for its owner alone; what a link in its place leads to is left alone."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.new")
    beside.unlink(missing_ok=True)
    source = path.stat()
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with path.open("rb") as given, os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(given, file)
    beside.chmod(0o600 | (source.st_mode & 0o100))
    beside.replace(target)
    return str(path), source.st_mtime_ns, source.st_size, target.stat().st_mtime_ns


def _below(folder: Path) -> Iterator[Path]:
    seen: set[tuple[int, int]] = set()
    for root, names, inside in os.walk(folder, followlinks=True, onerror=_raise):
        about = Path(root).stat()
        if (about.st_dev, about.st_ino) in seen:  # links in a circle
            names.clear()
            continue
        seen.add((about.st_dev, about.st_ino))
        names[:] = sorted(name for name in names if name not in _LEFT_OUT)
        yield from (path for path in (Path(root, name) for name in sorted(inside)) if path.is_file())


def _raise(error: OSError) -> None:
    raise _unreadable(error, Path(os.fsdecode(error.filename or ""))) from error


def _unreadable(error: OSError, path: Path) -> OcprovError:
    shown = printable(str(path))
    return OcprovError(
        f"cannot read {shown}: {(error.strerror or '').lower()}", f"look at it: ls -ld {shown}"
    )
