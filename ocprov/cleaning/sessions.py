"""Launchers and logs of sessions that are nowhere."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from ocprov.cleaning.item import (
    DAY,
    NOTHING,
    Area,
    Found,
    How,
    Item,
    Left,
    age,
    entries,
    file,
    joined,
    size,
    strange,
)
from ocprov.cleaning.whereabouts import LIVE, SAVED, Whereabouts
from ocprov.core.names import why_not_session
from ocprov.core.value import dataclass
from ocprov.state import state_dir
from ocprov.tmux.client import Server
from ocprov.tmux.files import Files

_LABEL = re.compile(r"[A-Za-z0-9_-]+-[0-9a-f]{6}")
_KEY = r"(?:[A-Za-z0-9][A-Za-z0-9_-]*(?:\.\d+)?|\.up)"
_LAUNCHER = re.compile(rf"{_KEY}|\.{_KEY}\.new")
_LOG = re.compile(r"(.+)\.log(?:\.1)?")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the state directory knows: for each session, as (label, name), where it has files that no link leads to.

    And what is there that ocprov never wrote.
    """

    sessions: Mapping[tuple[str, str], frozenset[str]]
    left: tuple[Left, ...]


def areas(given: Server, days: int, now: float) -> tuple[Whereabouts, list[Area]]:
    """An area a session that has files, each under the session's lock, and one for what is strange there."""
    known = _known()
    places = Whereabouts(dict.fromkeys(label for label, _ in known.sessions), given)
    return places, [
        *(_area(places, Files(*of), kinds, days, now) for of, kinds in known.sessions.items()),
        Area("", None, lambda: ((), known.left)),
    ]


def _area(places: Whereabouts, own: Files, kinds: frozenset[str], days: int, now: float) -> Area:
    return Area(own.session, own.lock, partial(_find, places, own, kinds, partial(_old_logs, own, days, now)))


def _known() -> _Known:
    found: dict[tuple[str, str], frozenset[str]] = {}
    left: list[Left] = []
    for kind in ("run", "log"):
        folders, odd = entries(state_dir() / kind)
        left += odd
        for folder in folders:
            if kind == "log" and folder.name.startswith("crash-"):
                continue
            inside, odd = entries(folder) if _LABEL.fullmatch(folder.name) else ([], _not_ours([folder]))
            names = {path: _session(path, kind) for path in inside}
            for name in filter(None, names.values()):
                of = (folder.name, name)
                found[of] = found.get(of, frozenset()) | {kind}
            left += (*odd, *_not_ours(path for path, name in names.items() if not name))
    return _Known(found, tuple(left))


def _not_ours(paths: Iterable[Path]) -> tuple[Left, ...]:
    return tuple(Left(path, "ocprov did not write it") for path in paths)


def _session(path: Path, kind: str) -> str:
    """The session that a file or directory is of; empty when it has no name of ours."""
    match = _LOG.fullmatch(path.name)
    name = path.name if kind == "run" else match[1] if match else ""
    return "" if why_not_session(name) else name


def _find(places: Whereabouts, own: Files, kinds: frozenset[str], old_logs: Callable[[], Found]) -> Found:
    """What of a session's can go; a session that is live is not told of, one that cannot be judged is."""
    logs = old_logs() if "log" in kinds else NOTHING
    launchers = "run" in kinds and strange(own.run) is not None
    if not launchers and logs == NOTHING:
        return NOTHING
    still = places.still(own.server, own.session)
    if still == LIVE:
        return NOTHING
    if still:
        return (), (Left(own.run if launchers else own.log, still, needed=still == SAVED),)
    return joined((_launchers(own.run) if launchers else NOTHING, logs))


def _old_logs(own: Files, days: int, now: float) -> Found:
    both = (own.log, own.log.with_name(f"{own.log.name}.1"))
    why = f"not written to for {days} days"
    return joined(file("log", path, why) for path in both if age(path, now) >= days * DAY)


def _launchers(run: Path) -> Found:
    """A session's directory of launchers; it stays where anything else is in it."""
    inside, left = entries(run)
    if left or strange(run) is None:
        return (), left
    odd = tuple(
        Left(path, strange(path) or "ocprov did not write it")
        for path in inside
        if strange(path) or not _LAUNCHER.fullmatch(path.name)
    )
    # What the last up was told goes last: what is left by a kill is completed by whoever comes next.
    plain = sorted((path for path in inside if path not in [one.path for one in odd]), reverse=True)
    if not plain and odd:
        return (), odd
    total = sum(map(size, plain))
    how: How = "files" if odd else "folder"
    return (Item("launchers", run, total, "its session is nowhere", how, tuple(plain)),), odd
