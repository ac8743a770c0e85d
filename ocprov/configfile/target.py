"""The file that is deployed to: found through symbolic links, and refused where it is not a plain file of ours."""

import os
import stat
from pathlib import Path

from ocprov import state
from ocprov.configfile.atomic import read
from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError

# Private, for a URL in a config file can carry a token. A mode that its owner chose later stays.
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
    real, status = locate(target)
    if status is None:
        return Found(real, None, NEW_MODE)
    try:
        data = read(real)
    except OSError as error:
        raise unreadable(real, error) from error
    return Found(real, data, stat.S_IMODE(status.st_mode))


def locate(target: Path) -> tuple[Path, os.stat_result | None]:
    """Where `target` leads through links, and the status of the file there, None where there is none.

    Raises OcprovError when what is there, or would be made, cannot be a config file of this user.
    """
    try:
        real = target.resolve(strict=False)
        status = real.lstat()
    except FileNotFoundError:
        _refuse_absent(target, real)
        return real, None
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise OcprovError(f"cannot look at {target}: {_said(error)}", _look(target)) from error
    kind = _kind(status.st_mode)
    if kind:
        raise OcprovError(
            f"{real} is {kind}, not a file", f"move it away, then run this again: ls -ld {target}"
        )
    _refuse_foreign(real, real.parent)
    return real, status


def own(target: Path) -> Path:
    """The place of `target` itself, its directory's links followed, its own not."""
    try:
        return target.parent.resolve(strict=False) / target.name
    except (OSError, RuntimeError) as error:
        raise OcprovError(f"cannot look at {target}: {_said(error)}", _look(target)) from error


def refuse_outside(real: Path, target: Path) -> None:
    """OcprovError when a link leads out of HOME, where nobody expects ocprov to write."""
    home = Path(os.path.realpath(state.home()))
    if not real.is_relative_to(home):
        raise OcprovError(
            f"{printable(str(target))} leads out of your home, to {printable(str(real))}",
            "if that is meant: ocprov deploy --follow",
        )


def refuse_sudo() -> None:
    """OcprovError for root in the home of the user who called sudo: that one could not change what root makes."""
    home = state.home()
    try:
        owner = home.stat().st_uid
    except OSError as error:
        raise OcprovError(f"cannot look at {home}: {_said(error)}", "set HOME to your home") from error
    if os.environ.get("SUDO_UID") and owner != os.geteuid():
        raise OcprovError(f"{home} belongs to another user than sudo runs ocprov as", "run it without sudo")


def unreadable(real: Path, error: OSError) -> OcprovError:
    """The error for a file that cannot be read."""
    return OcprovError(f"cannot read {real}: {_said(error)}", _look(real))


def _refuse_absent(target: Path, real: Path) -> None:
    """Nothing there yet; but a link that promises something is no place to guess."""
    for path in (target, *target.parents):
        if path.is_symlink() and not path.exists():
            goal = path.readlink()
            raise OcprovError(
                f"{path} is a link to {goal}, which does not exist", f"make that, or: rm {path}"
            )
    _refuse_foreign(next(parent for parent in real.parents if parent.exists()))


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
