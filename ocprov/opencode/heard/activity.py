"""What the supervisors heard of their servers' conversations last, as a file beside each record."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Literal

from ocprov import lock
from ocprov.errors import OcprovError
from ocprov.opencode import places, process, record
from ocprov.opencode.api import reading
from ocprov.opencode.places import Places
from ocprov.replace import replace

SCHEMA = 1
# It is written at each heartbeat, every 10 s: what is older was written by nobody who still listens.
OLD = 60.0
_LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Wait:
    """What a conversation asks a person: a permission or a question, by its id, in a line."""

    id: str
    conversation: str
    kind: Literal["permission", "question"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """A server's conversations that work or wait, as heard; without `known` nothing is known, which is not: none.

    `last` has the time (epoch) of the last event of each busy conversation and `what` that event's type; `written` is
    when it was written.
    """

    known: bool = False
    written: float = 0.0
    last: Mapping[str, float] = field(default_factory=dict)
    what: Mapping[str, str] = field(default_factory=dict)
    waits: tuple[Wait, ...] = ()

    @property
    def waiting(self) -> frozenset[str]:
        """The conversations that wait."""
        return frozenset(one.conversation for one in self.waits)


UNKNOWN = Activity()


def read(place: Places, old: float = OLD) -> Activity:
    """What is known of a server; UNKNOWN where it was never written, is damaged, or older than `old` seconds."""
    try:
        with place.activity.open("rb") as file:
            told = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return UNKNOWN
    document = reading.table(told)
    written = reading.number(document.get("written"))
    if document.get("schema") != SCHEMA or not -old <= time.time() - written <= old:
        return UNKNOWN
    busy = reading.table(document.get("busy"))
    return Activity(
        True,
        written,
        {name: reading.number(reading.table(one).get("time")) for name, one in busy.items()},
        {name: reading.text(reading.table(one).get("type")) for name, one in busy.items()},
        tuple(map(_wait, reading.rows(document.get("waits")))),
    )


def write(place: Places, activity: Activity) -> None:
    """Keep what was heard; OSError when the disk does not take it. Only the supervisor of the server writes."""
    busy = {name: {"time": at, "type": activity.what.get(name, "")} for name, at in activity.last.items()}
    waits = [
        {"id": one.id, "conversation": one.conversation, "kind": one.kind, "text": one.text}
        for one in activity.waits
    ]
    document = {"schema": SCHEMA, "written": activity.written, "busy": busy, "waits": waits}
    replace(str(place.activity), json.dumps(document).encode())


def forget(place: Places) -> None:
    """From now on nothing is known; OSError when the file stays."""
    place.activity.unlink(missing_ok=True)


def waiting() -> int:
    """How many conversations wait, on all servers that run; by what was heard last where nobody supervises one."""
    return sum(len(_heard(one).waiting) for one in places.every() if one.activity.exists())


def asking() -> tuple[tuple[Places, Wait], ...]:
    """What they ask, each with the places of its server."""
    there = (one for one in places.every() if one.activity.exists())
    return tuple((place, wait) for place in there for wait in _heard(place).waits)


def _heard(place: Places) -> Activity:
    if lock.busy(place.lock):
        return read(place)
    try:
        known = record.read(place)
    except OcprovError:
        return UNKNOWN
    return read(place, inf) if known and process.runs(known.server) else UNKNOWN


def _wait(document: Mapping[str, object]) -> Wait:
    return Wait(
        reading.text(document.get("id")),
        reading.text(document.get("conversation")),
        "question" if document.get("kind") == "question" else "permission",
        reading.text(document.get("text")),
    )
