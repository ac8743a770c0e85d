"""Where a layout of the user's goes, and putting it there: whole, private, and never over another one."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from ocprov.authoring.naming import DEVELOPMENT
from ocprov.configfile import atomic
from ocprov.core.names import printable, why_not_session
from ocprov.errors import ConflictError, LayoutError, OcprovError
from ocprov.layout import files
from ocprov.layout.header import ALIAS
from ocprov.layout.source import sources
from ocprov.questions import LARGEST
from ocprov.state import private_dir

# `ocprov up demo` is the demo, whatever layouts there are.
_TAKEN = ("demo",)
_MODE = 0o600


def new(name: str) -> Path:
    """Where a new layout of that name goes.

    Raises LayoutError when no layout can be called so, ConflictError when one of the user's is already.
    """
    hint = "use letters, digits, - and _, at most 79 of them"
    if not ALIAS.fullmatch(name) or why_not_session(f"{DEVELOPMENT}{name}"):
        raise LayoutError(f'"{printable(name)}" is no name for a layout', hint)
    if name in _TAKEN:
        raise LayoutError(f'"{name}" is always the demo of ocprov', "choose another name")
    path = files.user_root() / f"{name}.yaml.j2"
    there = next((source.path for source in sources() if source.user and source.alias == name), path)
    if os.path.lexists(there):
        hint = f"ocprov edit {name}, or choose another name"
        raise ConflictError(f"there is a layout {name} of yours: {files.shown(there)}", hint)
    return path


def wins(name: str) -> bool:
    """Whether a layout of the user's of that name wins over a shipped one."""
    return any(not source.user and source.alias == name for source in sources())


def save(path: Path, text: bytes) -> None:
    """Put a new layout at `path`; ConflictError when something got there first."""
    private_dir(path.parent)
    temporary = path.with_name(f"{atomic.TEMPORARY}{os.getpid()}-{os.urandom(4).hex()}")
    with atomic.understood(path):
        try:
            atomic.write_new(temporary, text, _MODE)
            path.hardlink_to(temporary)  # which, unlike a rename, replaces nothing
            atomic.sync(path.parent)
        except FileExistsError as error:
            raise ConflictError(
                f"{files.shown(path)} is there already", f"ocprov edit {files.stem(path)}"
            ) from error
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()


def write(path: Path, text: bytes) -> None:
    """A new private file; OcprovError where it cannot be written."""
    with atomic.understood(path):
        atomic.write_new(path, text, _MODE)


def replace(path: Path, text: bytes, *, before: bytes) -> None:
    """Replace what `path` leads to, which held `before`; a link of a dotfiles manager stays the link it is."""
    real = path.resolve()
    with atomic.understood(real):
        mode = stat.S_IMODE(real.stat().st_mode)
        if atomic.read(real) != before:
            raise ConflictError(
                f"{files.shown(path)} was changed by another program meanwhile",
                f"ocprov edit {files.stem(path)}",
            )
    atomic.replace(real, text, mode=mode, expected=before)


def read(path: Path) -> bytes:
    """The bytes of a layout of the user's, right or wrong; OcprovError where it cannot be edited."""
    name = files.shown(path)
    look = f"look at it: ls -lL {name}"
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise OcprovError(f"{name} is not a file", look)
        if status.st_size > LARGEST:
            raise OcprovError(
                f"{name} is larger than 1 MiB", "a layout is a few kilobytes: is it the right file?"
            )
        if not os.access(path, os.W_OK):
            raise OcprovError(f"{name} is not yours to write", look)
        return path.read_bytes()
    except OSError as error:
        raise OcprovError(f"cannot read {name}: {(error.strerror or '').lower()}", look) from error
