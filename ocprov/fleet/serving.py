"""What this host has of servers, told again whenever it changes."""

import os
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from pathlib import Path

from ocprov.errors import OcprovError
from ocprov.fleet import served
from ocprov.fleet.served import Served
from ocprov.opencode import password, places, process, record
from ocprov.opencode.places import Places

# Seconds between two looks, and until an empty line says that it lives.
NAP, BEAT = 0.5, 10.0


def follow(directories: Sequence[str], tell: Callable[[str], None], rest: Callable[[float], bool]) -> None:
    """Tell the line of all servers, or of those of the directories, now and after each change.

    Until `rest`, which gets seconds, says that it is enough.
    """
    looking, told, quiet = _Looking(directories), None, 0.0
    while True:
        found = looking.servers()
        if found != told or quiet >= BEAT:
            tell(served.text(found, time.time()) if found != told else "")
            told, quiet = found, 0.0
        if rest(NAP):
            return
        quiet += NAP


class _Looking:
    """Files are read when they change, not at each look: there may be many servers, most of them stopped for good."""

    def __init__(self, directories: Sequence[str]) -> None:
        self._directories = directories
        self._known: dict[Places, tuple[Hashable, Served]] = {}

    def servers(self) -> tuple[Served, ...]:
        """Those that there are, by name."""
        there = self._places()
        self._known = {place: self._read(place) for place in there}
        return tuple(_alive(one) for _, one in self._known.values() if one.record or one.problem)

    def _places(self) -> list[Places]:
        every = [one for one in places.every() if served.named(one.name)]
        if not self._directories:
            return every
        wanted = {places.of(_real(one)) for one in self._directories}
        return [one for one in every if one in wanted]

    def _read(self, place: Places) -> tuple[Hashable, Served]:
        # Before they are read: what comes after that is seen next time.
        stamp = _stamp(place.record), _stamp(place.password)
        before = self._known.get(place)
        return before if before and before[0] == stamp else (stamp, _served(place))


def _served(place: Places) -> Served:
    """What the files of a server say; neither record nor problem where there is none any more."""
    try:
        known = record.read(place)
    except OcprovError as error:
        return Served(place.name, problem=error.message)
    if known is None or known.state != "ready":
        return Served(place.name, known)
    try:
        return Served(place.name, known, password=password.read(place))
    except OcprovError as error:
        return Served(place.name, known, problem=error.message)


def _alive(one: Served) -> Served:
    """With what processes tell; the password only where somebody can be asked with it."""
    known = one.record
    if known is None or known.state == "stopped":
        return one
    runs = known.state == "ready" and process.runs(known.server)
    word = one.password if runs else ""
    return replace(one, runs=runs, supervised=process.runs(known.supervisor), password=word)


def _real(directory: str) -> Path:
    """A directory as the record of its server has it, there or not; from the home where it is relative."""
    given = Path(directory)
    part = given.relative_to("~") if given.parts[:1] == ("~",) else given
    return Path(os.path.realpath(Path.home() / part))


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_ino, found.st_mtime_ns, found.st_mode
