"""Where ocprov keeps its files: the XDG base directories, read in one place."""

import os
from pathlib import Path

from ocprov.errors import OcprovError


def home() -> Path:
    """The user's home directory; OcprovError when `HOME` is unset or relative."""
    value = os.environ.get("HOME", "")
    if not value.startswith("/"):
        raise OcprovError(
            "HOME is not set to an absolute directory", "export HOME=/home/you, then run it again"
        )
    return _readable(value, "HOME")


def _readable(value: str, variable: str) -> Path:
    """The path, which tmux has to be able to read in a batch of commands."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise OcprovError(
            f"{variable} is a path that is not UTF-8", f"set {variable} to another one"
        ) from error
    return Path(value)


def base(variable: str, fallback: str) -> Path:
    """An XDG base directory; a relative value is ignored, as the specification asks."""
    value = os.environ.get(variable, "")
    return _readable(value, variable) if value.startswith("/") else home() / fallback


def config_dir() -> Path:
    """What the user writes for ocprov."""
    return base("XDG_CONFIG_HOME", ".config") / "ocprov"


def data_dir() -> Path:
    """What ocprov made and the user may look at: the bootstrap's venv, the demo's sample data."""
    return base("XDG_DATA_HOME", ".local/share") / "ocprov"


def state_dir() -> Path:
    """The state directory: launchers, locks, logs, records."""
    return base("XDG_STATE_HOME", ".local/state") / "ocprov"


def private_dir(path: Path) -> Path:
    """`path`, each missing part made with mode 0700; OcprovError when it is not ours to use."""
    try:
        for missing in [part for part in (path, *path.parents) if not part.is_dir()][::-1]:
            missing.mkdir(mode=0o700, exist_ok=True)
        owner = path.stat().st_uid
    except OSError as error:
        raise OcprovError(f"cannot use {path}: {error.strerror}", f"look at it: ls -ld {path}") from error
    if owner != os.geteuid():
        raise OcprovError(
            f"{path} belongs to another user", f"remove it, or set XDG_STATE_HOME: ls -ld {path}"
        )
    return path
