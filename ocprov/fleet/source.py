"""Files of a dotfiles repository that hosts get: a directory that looks as `~/.config/ocprov` does."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.fleet.request import LARGEST

# Beside `layouts/`, nothing else of the directory is read.
SETTINGS = ("config.toml", "ocmonitor.config.toml")


def files(source: Path) -> dict[str, bytes]:
    """Contents by path below `source`, of all layouts and what they include, and of the two settings files.

    Hidden files and an editor's copies (`NAME~`) stay here. OcprovError where there is nothing, or it cannot be read.
    """
    contents: dict[str, bytes] = {}
    left = LARGEST
    for path in _paths(source):
        contents[path.relative_to(source).as_posix()] = content = _read(path, left)
        left -= len(content)
    if not contents:
        raise OcprovError(
            f"nothing of ocprov's is in {printable(str(source))}",
            f"put layouts/ or {' or '.join(SETTINGS)} there, as they are in ~/.config/ocprov",
        )
    return contents


def _paths(source: Path) -> Iterator[Path]:
    for place, directories, names in os.walk(source / "layouts", onerror=_refuse):
        directories[:] = sorted(name for name in directories if _wanted(name))
        for name in directories:
            if (Path(place) / name).is_symlink():
                raise OcprovError(
                    f"{printable(str(Path(place) / name))} is a link to a directory",
                    "put the layouts there themselves, or links to files",
                )
        yield from (Path(place) / name for name in sorted(names) if _wanted(name))
    yield from (source / name for name in SETTINGS if os.path.lexists(source / name))


def _wanted(name: str) -> bool:
    return not name.startswith(".") and not name.endswith("~")


def _refuse(error: OSError) -> None:
    """What os.walk is to do with a directory that it cannot read; without `layouts` there are none."""
    if not isinstance(error, FileNotFoundError):
        raise _unreadable(str(error.filename), error) from error


def _read(path: Path, most: int) -> bytes:
    """A file's content, of `most` bytes."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise OcprovError(f"{printable(str(path))} is not a file", "layouts and settings are plain files")
        content = path.read_bytes() if about.st_size <= most else b""
    except OSError as error:
        raise _unreadable(str(path), error) from error
    if max(about.st_size, len(content)) > most:
        raise OcprovError(
            f"with {printable(str(path))} the files are larger than {LARGEST} bytes together",
            "only layouts and settings go this way",
        )
    return content


def _unreadable(path: str, error: OSError) -> OcprovError:
    return OcprovError(
        f"cannot read {printable(path)}: {(error.strerror or '').lower()}",
        "give the directory of your dotfiles that looks as ~/.config/ocprov does",
    )
