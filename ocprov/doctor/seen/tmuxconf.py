"""Gathers where ocprov's lines for tmux.conf are, and whether the server has them."""

import stat
from pathlib import Path

from ocprov.doctor.seen.around import Around
from ocprov.doctor.tmuxconf import Lines
from ocprov.persistence import bindings, block, conf, include
from ocprov.tmux import options


def lines(around: Around) -> Lines:
    """All of it; OcprovError where the server does not tell its options."""
    texts = {str(path): _text(path) for path in include.standard()}
    return Lines(
        str(include.path()),
        include.path().is_file(),
        tuple(path for path, text in texts.items() if text is not None and block.marked(text)),
        _loaded(around),
        next((path for path, text in texts.items() if text is None), ""),
    )


def _loaded(around: Around) -> bool | None:
    if around.server is None or not around.answers:
        return None
    return any(options.values(around.server, (conf.RECONCILE, bindings.FREE)).values())


def _text(path: Path) -> bytes | None:
    """What a tmux.conf holds, with that beside it which some keep for what a user adds; None where it cannot be read."""
    found = b""
    for each in (path, path.with_name(f"{path.name}.local")):
        try:
            found += each.read_bytes() if stat.S_ISREG(each.stat().st_mode) else b""
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return None  # the checks of the conf files tell why
    return found
