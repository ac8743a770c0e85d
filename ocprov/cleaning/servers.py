"""What OpenCode's servers left that do not run: temporary files, old logs, the state of directories that are gone.

Nothing of a server that runs goes, supervised or not, and never conversations: those of an isolated server are removed
by `ocprov server stop --delete` alone.
"""

import os
import re
import stat
from functools import partial
from pathlib import Path

from ocprov.cleaning.item import (
    DAY,
    NOTHING,
    Area,
    Found,
    Item,
    Left,
    age,
    entries,
    file,
    joined,
    size,
    strange,
)
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.lock import busy
from ocprov.opencode import places, process, record
from ocprov.opencode.life import found
from ocprov.opencode.places import Places
from ocprov.opencode.record import Record

_LOG = re.compile(r"(server|supervisor)\.log(\.\d+)?")
_ATTACHED = re.compile(r"attach-(\d+)")


def areas(days: int, now: float) -> list[Area]:
    """One for each server, with the lock that it is started under."""
    return [Area(one.name, one.start_lock, partial(_find, one, days, now)) for one in places.every()]


def _find(place: Places, days: int, now: float) -> Found:
    inside, left = entries(place.root)
    if left or not inside:
        return (), left
    attached = joined(_tree(one, "what attached to it is gone") for one in inside if _abandoned(one))
    try:
        known = record.read(place)
    except OcprovError as error:
        return joined([attached, ((), (Left(place.record, error.message),))])
    if _runs(place, known):
        return attached
    if known and age(place.record, now) >= days * DAY and not os.path.lexists(known.directory):
        return _whole(place, known)
    why = f"not written to for {days} days"
    logs = (one for one in inside if _LOG.fullmatch(one.name) and age(one, now) >= days * DAY)
    return joined(
        [attached, _tree(place.tmp, "its server does not run"), *(file("log", one, why) for one in logs)]
    )


def _runs(place: Places, known: Record | None) -> bool:
    """Whatever cannot be told counts as running."""
    if busy(place.lock) or (known and (process.runs(known.server) or process.runs(known.supervisor))):
        return True
    return found.ours(place) is not None


def _whole(place: Places, known: Record) -> Found:
    if known.options.isolation != "shared" or place.xdg.exists():
        why = f"it has conversations of its own; without them: ocprov server stop {place.name} --delete"
        return (), (Left(place.root, why, needed=True),)
    return _tree(place.root, f"{printable(known.directory)} is gone", "server")


def _abandoned(path: Path) -> bool:
    match = _ATTACHED.fullmatch(path.name)
    return match is not None and not process.of(int(match[1])).started


def _tree(path: Path, why: str, kind: str = "temporary files") -> Found:
    """A directory with all that is in it; links in it are not followed."""
    reason = strange(path, stat.S_ISDIR)
    if reason is None:
        return NOTHING
    if reason:
        return (), (Left(path, reason),)
    inside = (Path(folder, name) for folder, _, names in os.walk(path) for name in names)
    return (Item(kind, path, sum(map(size, inside)), why, "tree"),), ()
