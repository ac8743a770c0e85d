"""Files of JSON lines that are only appended to, and may end in half a line."""

import errno
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from ocprov.core.names import printable
from ocprov.errors import ConflictError, OcprovError

_MODE = 0o600
_TAIL = 65536


def line(document: dict[str, Any]) -> str:
    """A document as one line; half a character, which UTF-8 does not have, as JSON's escape of it."""
    text = json.dumps(document, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode() + "\n"


def documents(path: Path, first: str) -> Iterator[dict[str, Any]]:
    """The whole lines of a file, none where there is none.

    ConflictError where one is not a JSON object whose first key is `first`: then it is another file than is meant.
    """
    for number, one in enumerate(_whole(path), 1):
        try:
            found = json.loads(one)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or next(iter(found), "") != first:
            raise foreign(path, f"line {number} is none of ocprov's")
        yield found


def mend(path: Path, first: str) -> None:
    """Cut off what a run that was killed wrote to its half; ConflictError where that is not what it wrote."""
    try:
        with path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            half = _half(file, size)
            if not half:
                return
            begin = f'{{"{first}": '.encode()
            if half[: len(begin)] != begin[: len(half)]:
                raise foreign(path, "its last line is none of ocprov's")
            file.truncate(size - len(half))
    except FileNotFoundError:
        return
    except OSError as error:
        raise unusable(path, error) from error


def put(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Put a file in the place of another, whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    try:
        descriptor = _opened(beside, os.O_TRUNC)
        try:
            for row in rows:
                _write(descriptor, line(row))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        beside.replace(path)
    except OSError as error:
        raise unusable(path, error) from error


class Appended:
    """A file that lines are added to, each on the disk before the next thing is done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._descriptor = _opened(path, os.O_APPEND)
        except OSError as error:
            raise unusable(path, error) from error

    def add(self, document: dict[str, Any]) -> None:
        """Add a line, or nothing of it; OcprovError when the disk does not take it."""
        size = os.fstat(self._descriptor).st_size
        try:
            _write(self._descriptor, line(document))
            os.fsync(self._descriptor)
        except OSError as error:
            with suppress(OSError):  # the half that stays is cut off by the next run
                os.ftruncate(self._descriptor, size)
            raise unusable(self._path, error) from error

    def close(self) -> None:
        """End it."""
        os.close(self._descriptor)


def unusable(path: Path, error: OSError) -> OcprovError:
    """Why a file cannot be used, for a person."""
    shown = printable(str(path))
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    hint = f"free some: df -h {printable(str(path.parent))}" if full else f"look at it: ls -ld {shown}"
    return OcprovError(f"cannot use {shown}: {(error.strerror or '').lower()}", hint)


def _opened(path: Path, how: int) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | how, _MODE)


def _write(descriptor: int, text: str) -> None:
    """All of it: a single write may take less, before a disk that is full says so."""
    rest = text.encode()
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _whole(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            for one in file:
                if one.endswith(b"\n"):
                    yield one
    except FileNotFoundError:
        return
    except OSError as error:
        raise unusable(path, error) from error


def _half(file: BinaryIO, size: int) -> bytes:
    """What comes after the last line's end."""
    found = b""
    while b"\n" not in found and len(found) < size:
        start = max(0, size - len(found) - _TAIL)
        file.seek(start)
        found = file.read(size - len(found) - start) + found
    return found.rpartition(b"\n")[2]


def foreign(path: Path, why: str) -> ConflictError:
    """What to say of a file that is another one than is meant."""
    shown = printable(str(path))
    return ConflictError(f"{shown} is not a file of results: {why}", "name another one with --out FILE")
