"""The file that is deployed to: found through symbolic links, and refused where it is not a plain file of ours."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from ocprov import state
from ocprov.configfile.atomic import read
from ocprov.errors import OcprovError

NEW_MODE = 0o600


@dataclass(frozen=True, slots=True)
class Found:
    """A target: its real path, its bytes (None: absent) and its permission bits."""

    real: Path
    data: bytes | None
    mode: int


def standard() -> Path:
    """Where ocmonitor looks first; it ignores XDG_CONFIG_HOME."""
    return state.home() / ".config/ocmonitor/config.toml"


def find(target: Path) -> Found:
    """Look at `target`, through links; OcprovError when what is there cannot be a config file of this user."""
    try:
        real = target.resolve(strict=False)
        status = real.lstat()
    except FileNotFoundError:
        return _absent(target, real)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise OcprovError(f"cannot look at {target}: {_said(error)}", _look(target)) from error
    kind = _kind(status.st_mode)
    if kind:
        raise OcprovError(
            f"{real} is {kind}, not a file", f"move it away, then run this again: ls -ld {target}"
        )
    _refuse_foreign(real, real.parent)
    try:
        data = read(real)
    except OSError as error:
        raise OcprovError(f"cannot read {real}: {_said(error)}", _look(real)) from error
    return Found(real, data, stat.S_IMODE(status.st_mode))


def _absent(target: Path, real: Path) -> Found:
    """Nothing there yet; but a link that promises something is no place to guess."""
    for path in (target, *target.parents):
        if path.is_symlink() and not path.exists():
            goal = path.readlink()
            raise OcprovError(
                f"{path} is a link to {goal}, which does not exist", f"make that, or: rm {path}"
            )
    _refuse_foreign(next(parent for parent in real.parents if parent.exists()))
    return Found(real, None, NEW_MODE)


def _refuse_foreign(*paths: Path) -> None:
    """A file, or a directory, of another user: he could change what we put there, or we would litter there."""
    for path in paths:
        if path.stat().st_uid != os.geteuid():
            raise OcprovError(f"{path} belongs to another user", f"run ocprov as its owner: ls -ld {path}")


def _kind(mode: int) -> str:
    """What a thing is that cannot be deployed to; empty for a plain file."""
    kinds = {
        stat.S_IFREG: "",
        stat.S_IFDIR: "a directory",
        stat.S_IFIFO: "a FIFO",
        stat.S_IFSOCK: "a socket",
        stat.S_IFLNK: "a link in a loop",
    }
    return kinds.get(stat.S_IFMT(mode), "a device")


def _said(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _look(path: Path) -> str:
    return f"look at it: ls -ld {path}"
