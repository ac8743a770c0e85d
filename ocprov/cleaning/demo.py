"""The demo's sample data, where no demo is live."""

import os
import re
import stat
from functools import partial
from pathlib import Path

from ocprov.cleaning.item import NOTHING, Area, Found, How, Item, Left, age, entries, joined, size, strange
from ocprov.cleaning.whereabouts import LIVE, SAVED, Whereabouts
from ocprov.core.value import dataclass
from ocprov.sample.store import MARKER
from ocprov.state import state_dir

# `demo` writes the data first, and then brings its session up.
_FRESH = 300
_JUST_NOW = "it was written just now"


@dataclass(frozen=True, slots=True)
class Demo:
    """Where the sample data is, and the session that reads it."""

    directory: Path
    session: str


def area(demo: Demo, places: Whereabouts, now: float) -> Area:
    """The sample data, under the lock that `demo` writes it with."""
    return Area("demo", state_dir() / "lock/demo.lock", partial(_find, demo, places, now))


def _find(demo: Demo, places: Whereabouts, now: float) -> Found:
    siblings = [_tree("leftover", path, "of a killed run", "tree") for path in _siblings(demo.directory)]
    return joined([_sample(demo, places, now), *siblings])


def _sample(demo: Demo, places: Whereabouts, now: float) -> Found:
    directory = demo.directory
    if strange(directory) is None:
        return NOTHING
    why = _why_not(demo, places, now)
    if why == LIVE:
        return NOTHING
    if why:
        return (), (Left(directory, why, needed=why in (SAVED, _JUST_NOW)),)
    return _tree("demo data", directory, "no demo is live", "sample")


def _why_not(demo: Demo, places: Whereabouts, now: float) -> str:
    """Why the data stays; empty when it can go."""
    directory = demo.directory
    if strange(directory, stat.S_ISDIR) == "" and strange(directory / MARKER) != "":
        return f"it has no {MARKER}, so ocprov did not make it"
    if age(directory / MARKER, now) < _FRESH:
        return _JUST_NOW
    stills = (places.still(label, demo.session) for label in _labels(demo.session))
    reads = ("a program reads it" for line in places.arguments if str(directory) in line)
    return next((still for still in stills if still), "") or next(reads, "")


def _labels(session: str) -> list[str]:
    """Of the tmux servers that a demo was on."""
    return [
        folder.name for folder in entries(state_dir() / "run")[0] if strange(folder / session) is not None
    ]


def _siblings(directory: Path) -> list[Path]:
    """What a killed `demo` or `down demo` left beside the data."""
    name = re.compile(rf"\.{re.escape(directory.name)}\.ocprov-sample-[0-9a-f]{{8}}")
    try:
        return sorted(path for path in directory.parent.iterdir() if name.fullmatch(path.name))
    except OSError:
        return []


def _tree(kind: str, path: Path, why: str, how: How) -> Found:
    """A directory with all that is in it; links in it are not followed."""
    reason = strange(path, stat.S_ISDIR)
    if reason:
        return (), (Left(path, reason),)
    if reason is None:
        return NOTHING
    inside = (Path(folder, name) for folder, _, names in os.walk(path) for name in names)
    return (Item(kind, path, sum(map(size, inside)), why, how),), ()
