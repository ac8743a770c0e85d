"""The file of what was said already: owner's only, put in place whole."""

import os
import stat
from pathlib import Path

from ocprov import state
from ocprov.errors import OcprovError
from ocprov.replace import replace
from ocprov.watch import memory
from ocprov.watch.memory import Memory

_LARGEST = 1024 * 1024


def path() -> Path:
    """Where it is; its directory is made."""
    return state.private_dir(state.state_dir()) / "alert.json"


def lock() -> Path:
    """The lock of whoever says something."""
    return state.private_dir(state.state_dir() / "lock") / "alert.lock"


def read() -> tuple[Memory, str]:
    """The memory, and why it is lost where that is so, else an empty string."""
    try:
        return memory.parse(_text(path())), ""
    except FileNotFoundError:
        return memory.EMPTY, ""
    except (OSError, ValueError) as error:
        return memory.EMPTY, (error.strerror if isinstance(error, OSError) else None) or str(error)


def write(told: Memory) -> None:
    """Keep it; OcprovError when that cannot be, as before anything is said it is tried."""
    file = path()
    try:
        replace(str(file), memory.text(told).encode())
    except OSError as error:
        raise OcprovError(
            f"cannot remember what was said in {file}: {error.strerror}",
            f"nothing is said that would be said again and again; ls -ld {file.parent} {file}; df -h {file.parent}",
        ) from error


def _text(file: Path) -> str:
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_uid != os.geteuid():
            raise ValueError("it is not a plain file of yours")
        if about.st_size > _LARGEST:
            raise ValueError("it is larger than 1 MiB")
        return os.read(descriptor, _LARGEST).decode()
    finally:
        os.close(descriptor)
