"""Gathers where ocprov's lines for tmux.conf are, and whether the server has them."""

import stat
from pathlib import Path

from ocprov.doctor.seen.around import Around
from ocprov.doctor.tmuxconf import Lines
from ocprov.persistence import bindings, block, conf, include
from ocprov.tmux import options


def lines(around: Around) -> Lines:
    """All of it; OcprovError where the server does not tell its options."""
    return Lines(
        str(include.path()),
        include.path().is_file(),
        tuple(str(path) for path in include.standard() if block.marked(_text(path))),
        _loaded(around),
    )


def _loaded(around: Around) -> bool | None:
    if around.server is None or not around.answers:
        return None
    return any(options.values(around.server, (conf.RECONCILE, bindings.FREE)).values())


def _text(path: Path) -> bytes:
    """What a tmux.conf holds, with that beside it which some keep for what a user adds; nothing where it cannot be read."""
    found = b""
    for each in (path, path.with_name(f"{path.name}.local")):
        try:
            found += each.read_bytes() if stat.S_ISREG(each.stat().st_mode) else b""
        except OSError:
            continue  # the checks of the conf files tell of it
    return found
