"""Which sessions tmux-resurrect could bring back: whoever is in any save, not only in the last one."""

import re
import shlex
import stat
from collections.abc import Iterable
from pathlib import Path

from ocprov.core.value import dataclass
from ocprov.persistence import include, place
from ocprov.state import base, home
from ocprov.tmux.client import Server

_LARGEST = 64 * 1024 * 1024
_SAVE = re.compile(r"tmux_resurrect_.*\.txt|last(\.broken-.*)?")
_NAMES = re.compile(
    rb"^(?:pane|window|grouped_session)\t([^\t\n]*)|^grouped_session\t[^\t\n]*\t([^\t\n]*)"
    rb"|/ocprov/run/[^/\n]+/([^/\s]+)/",
    re.MULTILINE,
)
_DIRECTORY = re.compile(r"^[^#\n]*@resurrect-dir['\"]?[ \t]+(\S[^\n]*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Saved:
    """The names of the sessions in the saves; `unknown` says why there may be more, and is empty otherwise."""

    names: frozenset[str]
    unknown: str = ""


class UnknownError(Exception):
    """It cannot be told what a save holds, or where saves are."""


def read(running: Iterable[Server]) -> Saved:
    """Every session of every save, in each directory that one of the servers, or a tmux.conf, or resurrect uses."""
    try:
        folders = dict.fromkeys((*map(place.directory, running), *_usual(), *_configured()))
        return Saved(frozenset(name for folder in folders for name in _in_folder(folder)))
    except UnknownError as error:
        return Saved(frozenset(), str(error))


def _usual() -> tuple[Path, ...]:
    return (home() / ".tmux/resurrect", base("XDG_DATA_HOME", ".local/share") / "tmux/resurrect")


def _configured() -> list[Path]:
    """The directories that conf files name, for servers that do not run and cannot be asked."""
    found = []
    for conf in _confs():
        for written in _DIRECTORY.findall(_text(conf).decode("utf-8", "surrogateescape")):
            try:
                value = shlex.split(written, comments=True)[0]
            except (ValueError, IndexError):
                value = "#"
            if "#" in value or "$(" in value:
                raise UnknownError(f"it cannot be told which @resurrect-dir {conf} means")
            found.append(place.expanded(value))
    return found


def _confs() -> set[Path]:
    standard = (Path("/etc/tmux.conf"), *include.standard())
    beside = (home() / ".tmux", base("XDG_CONFIG_HOME", ".config") / "tmux", home() / ".config/tmux")
    more = (path for folder in beside for path in folder.glob("*.conf*"))
    local = (path.with_name(f"{path.name}.local") for path in standard)
    return {path for path in (*standard, *more, *local) if path.is_file()}


def _in_folder(folder: Path) -> set[str]:
    try:
        saves = [path for path in folder.iterdir() if _SAVE.fullmatch(path.name)]
    except (FileNotFoundError, NotADirectoryError):
        return set()
    except OSError as error:
        raise UnknownError(f"the saves in {folder} cannot be read: {error.strerror}") from error
    return {name for save in saves for name in _in_save(_text(save))}


def _in_save(data: bytes) -> set[str]:
    return {one.decode("utf-8", "replace") for match in _NAMES.findall(data) for one in match if one}


def _text(path: Path) -> bytes:
    """The bytes of a file; none of one that is gone. UnknownError when it cannot be told."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode) or about.st_size > _LARGEST:
            raise UnknownError(f"{path} is no file, or too large")
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise UnknownError(f"{path} cannot be read: {error.strerror}") from error
