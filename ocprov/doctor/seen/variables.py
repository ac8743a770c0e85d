"""Gathers what of OpenCode's is in the environment; values are compared, and never kept."""

import os
from pathlib import Path

from ocprov.doctor.seen.around import Around
from ocprov.doctor.variables import RISKY, USELESS, XDG, Variables
from ocprov.opencode import places


def variables(around: Around) -> Variables:
    """What is set here, and in the tmux server where one answers."""
    known = (*RISKY, *USELESS, *XDG)
    here = {name: os.environ[name] for name in known if os.environ.get(name)}
    there = around.environment or {}
    inside = tuple(name for name in XDG if name in here and _inside(here[name]))
    return Variables(
        frozenset(here),
        frozenset(name for name in known if there.get(name)),
        bool(os.environ.get("OPENCODE")),
        tuple(name for name in XDG if there.get(name) and there[name] != here.get(name)),
        inside,
    )


def _inside(value: str) -> bool:
    """An agent on a wholly isolated server has that one's state directory as its own."""
    return Path(value).is_relative_to(places.folder()) or "/ocprov/opencode/" in value
