"""The plan cache: what a layout declared the last time, and all that was looked at for it.

One file a layout and what it was told, owner's only, since it may hold secrets of an `environment`. What cannot be
trusted or read is as if it were not there, and written anew. The short way reads it: no import but these.
"""

import marshal
import os
import stat
import sys

from ocprov.questions import blake2b, changed
from ocprov.replace import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Entry = dict[str, Any]
    Key = tuple[object, ...]

MOST = 128
_LARGEST = 16 * 1024 * 1024
_SCHEMA = 1
# marshal's format is that of the running Python, and its reader trusts what it reads: hence the checksum before it.
_MAGIC = f"ocprov plan {_SCHEMA} {sys.implementation.cache_tag} ".encode()
_SUM = 16
_HEX = frozenset("0123456789abcdef")
_BASES = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")


def folder() -> str:
    """Where the cache is; an empty string where there is no place for one."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    home = os.environ.get("HOME", "")
    if not base.startswith("/"):
        base = f"{home}/.cache" if home.startswith("/") else ""
    return f"{base}/ocprov/plans" if base else ""


def key(layout: str, settings: "tuple[str, ...]", place: str, given: bool) -> "Key":
    """What an entry is for; `place` is empty where the directory makes no difference."""
    return (layout, settings, place, given, *(os.environ.get(name) for name in _BASES))


def find(layout: str, settings: "tuple[str, ...]", place: str, given: bool) -> "Entry | None":
    """The entry for a layout called in (or, if `given`, with) the directory `place`, when all that it rests on holds."""
    entry, why = look(layout, settings, place, given)
    return None if why else entry


def look(layout: str, settings: "tuple[str, ...]", place: str, given: bool) -> "tuple[Entry, str]":
    """The same, and why it cannot be used, in words; empty when it can."""
    found, why = {}, "there is none"
    for where in (place,) if given else ("", place):
        entry = read(key(layout, settings, where, given))
        reason = changed(entry["inputs"]) if entry else why
        if entry and not reason:
            return entry, ""
        if entry:
            found, why = entry, f"{reason} changed"
    return found, why


def read(of: "Key") -> "Entry":
    """The entry of a key as it was written, whether it still holds or not; empty where there is none to be trusted."""
    entry = _entry(_path(of))
    return entry if entry and entry["key"] == of else {}


def entries() -> "tuple[list[Entry], int]":
    """Every entry to be trusted, the last written first, and how many files cannot be trusted."""
    try:
        with os.scandir(folder()) as there:
            files = sorted(there, key=_written, reverse=True)
    except OSError:
        return [], 0
    found = [_entry(file.path) for file in files]
    return [entry for entry in found if entry], sum(not entry for entry in found)


def _entry(path: str) -> "Entry":
    data = _data(path)
    total, body = data[len(_MAGIC) :][:_SUM], data[len(_MAGIC) + _SUM :]
    if not data.startswith(_MAGIC) or _sum(body) != total:
        return {}
    entry: Entry = marshal.loads(body)  # noqa: S302 # ours, and unchanged since, by owner, mode and checksum
    return entry


def write(entry: "Entry") -> None:
    """Keep an entry, whole or not at all; a cache that cannot be written is no failure."""
    where = folder()
    body = marshal.dumps(entry)
    if not where or len(body) > _LARGEST:
        return
    try:
        _make(where)
        replace(_path(entry["key"]), _MAGIC + _sum(body) + body)
        _prune(where)
    except OSError:
        return


def _make(where: str) -> None:
    """Make the folder, each missing part for its owner only; OSError where it leads to another place, or is not ours."""
    parts = where.split("/")
    for length in range(2, len(parts) + 1):
        part = "/".join(parts[:length])
        if not os.path.isdir(part):
            os.mkdir(part, 0o700)
    about = os.lstat(where)
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid():
        raise NotADirectoryError(where)


def file_name(of: "Key") -> str:
    """The name of an entry's file."""
    return _sum(repr(of).encode("utf-8", "surrogatepass")).hex()


def _path(of: "Key") -> str:
    return f"{folder()}/{file_name(of)}"


def _sum(data: bytes) -> bytes:
    return blake2b(data, digest_size=_SUM).digest()


def _data(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError):
        return b""
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_size > _LARGEST:
            return b""
        if about.st_uid != os.geteuid() or stat.S_IMODE(about.st_mode) & 0o077:
            return b""
        with open(descriptor, "rb", closefd=False) as file:
            return file.read()
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def _prune(where: str) -> None:
    """The oldest go, and what a killed write left."""
    with os.scandir(where) as found:
        files = sorted(found, key=_written, reverse=True)
    for file in [file for file in files if _ours(file.name)][MOST:]:
        os.unlink(file.path)


def _ours(name: str) -> bool:
    """Whether only ocprov gives a file that name; of a write that was killed too."""
    digits = name.removeprefix(".").removesuffix(".new")
    return len(digits) == _SUM * 2 and _HEX.issuperset(digits)


def _written(file: "os.DirEntry[str]") -> int:
    return file.stat(follow_symlinks=False).st_mtime_ns
