"""Logs of servers: their last lines, what is added, the line that explains a failure; whatever their size."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ocprov.core.names import printable
from ocprov.opencode.life.rotation import KEPT
from ocprov.opencode.places import Places

_LEAST = 1 << 16
# From its end: more of a log is not read.
_MOST = 1 << 24
_LONGEST = 1 << 16
_NAP = 0.25
_REF = re.compile(r"err_\w+", re.ASCII)


def find(place: Places, ref: str) -> str:
    """The newest line of the server's logs with that `err_…`, printable; empty where there is none."""
    if not _REF.fullmatch(ref):
        return ""
    word = re.compile(rb"\b%s\b" % ref.encode())
    lines = (line for path in (place.log, *older(place.log)) for line in reversed(_end(path, _MOST)))
    return next((_shown(line) for line in lines if word.search(line)), "")


def older(log: Path) -> tuple[Path, ...]:
    """What was put away of a log, the newest first."""
    return tuple(log.with_name(f"{log.name}.{number}") for number in range(1, KEPT + 1))


def last(log: Path, count: int) -> list[str]:
    """The last lines of a log, printable, those put away included; OSError where one cannot be read."""
    found: list[bytes] = []
    for path in (log, *older(log)):
        if len(found) >= count:
            break
        size = _LEAST
        while len(lines := _end(path, size)) < count and size < min(_MOST, _size(path)):
            size *= 8
        found = lines + found
    return [_shown(line) for line in found[-count:]] if count else []


def follow(log: Path) -> Iterator[str]:
    """What is added from this call on, without end: also to a log that is begun anew, cut, or not there yet.

    OSError where it cannot be read.
    """
    file = _opened(log)
    if file:
        file.seek(0, os.SEEK_END)
    return _followed(log, file)


def _followed(log: Path, file: BinaryIO | None) -> Iterator[str]:
    rest = b""
    try:
        while True:
            chunk = file.read(_LEAST) if file else b""
            *lines, rest = (rest + chunk).split(b"\n")
            yield from map(_shown, lines)
            if len(rest) >= _LONGEST:
                yield _shown(rest)
                rest = b""
            if not chunk:
                time.sleep(_NAP)
                file, rest = _current(log, file, rest)
    finally:
        if file:
            file.close()


def _current(log: Path, file: BinaryIO | None, rest: bytes) -> tuple[BinaryIO | None, bytes]:
    """The log as it is now, once all of `file` was read."""
    now = _opened(log)
    # Asked behind that, or what was said in between, before it was begun anew, is lost.
    if file and file.tell() < os.fstat(file.fileno()).st_size:
        if now:
            now.close()
        return file, rest
    if file and now and os.path.sameopenfile(file.fileno(), now.fileno()):
        now.close()
        if file.tell() > os.fstat(file.fileno()).st_size:  # it was cut
            file.seek(0)
            return file, b""
        return file, rest
    if file and now:
        file.close()
    return (now, b"") if now else (file, rest)


def _opened(log: Path) -> BinaryIO | None:
    try:
        return log.open("rb")
    except FileNotFoundError:
        return None


def _end(path: Path, size: int) -> list[bytes]:
    """The lines in its last bytes, the first one only when it is whole; none where there is no such file."""
    file = _opened(path)
    if file is None:
        return []
    with file:
        start = max(0, file.seek(0, os.SEEK_END) - size)
        file.seek(start)
        lines = file.read(size).split(b"\n")
    lines = lines[1:] if start and len(lines) > 1 else lines
    return lines if lines[-1] else lines[:-1]


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _shown(line: bytes) -> str:
    return printable(line[:_LONGEST].rstrip(b"\r").decode(errors="replace").expandtabs())
