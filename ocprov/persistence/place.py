"""Where tmux-resurrect keeps its saves, found as its own scripts/helpers.sh does."""

import os
from pathlib import Path

from ocprov.state import base, home
from ocprov.tmux import options
from ocprov.tmux.client import Server


def directory(server: Server | None) -> Path:
    """The directory of the saves; `server` is one that runs, and None where none does."""
    told = options.value(server, "@resurrect-dir") if server else ""
    if told:
        return expanded(told)
    old = home() / ".tmux/resurrect"
    return old if old.is_dir() else base("XDG_DATA_HOME", ".local/share") / "tmux/resurrect"


def expanded(told: str) -> Path:
    """The directory that a value of `@resurrect-dir` means."""
    for mark, value in (("$HOME", str(home())), ("$HOSTNAME", os.uname().nodename), ("~", str(home()))):
        told = told.replace(mark, value)
    return Path(told)


def last(server: Server | None) -> Path:
    """The link to the save that a restore reads; it may be missing."""
    return directory(server) / "last"
