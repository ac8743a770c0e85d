"""What an OpenCode server tells as it happens: one line of its stream of all events (1.18), as a value."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

from ocprov.opencode.api import reading

# Of ocprov's own: a server is followed, is not any more, and what a slow reader or a bad line cost.
UP = "ocprov.server.up"
DOWN = "ocprov.server.down"
DROPPED = "ocprov.dropped"
UNREADABLE = "ocprov.unreadable"
INTERRUPTED = "ocprov.conversation.interrupted"
HOST_UP = "ocprov.host.up"
HOST_DOWN = "ocprov.host.down"

Weight = Literal["state", "noise", "delta"]


@dataclass(frozen=True, slots=True)
class Event:
    """What happened on a server, told by OpenCode (`session.status`) or by ocprov (`ocprov.…`).

    `time` (epoch, seconds) is when it was heard; `server` the server's name; `directory` its directory; `conversation`
    is empty for what concerns none; `properties` are as OpenCode gave them. `missed`: it happened while nobody listened,
    and was made up from what the server told afterwards, with the properties that this allows. `size` in bytes. `host`
    is the machine of the server, empty for this one.
    """

    type: str
    time: float
    server: str = ""
    directory: str = ""
    conversation: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    missed: bool = False
    id: str = ""
    size: int = 0
    host: str = ""

    def document(self) -> dict[str, Any]:
        """As JSON has it; without the host."""
        return {
            "time": self.time,
            "server": self.server,
            "directory": self.directory,
            "conversation": self.conversation,
            "type": self.type,
            "properties": dict(self.properties),
            "missed": self.missed,
        }


class Nothing(Enum):
    """A line that is no event."""

    EMPTY = "between events, or a field that is not `data`"
    TWIN = "an event that was told before, for another server to repeat"
    BEAT = "the stream lives"
    ELSEWHERE = "an event of another directory"
    UNREADABLE = "not what OpenCode writes"


_BEATS = ("server.connected", "server.heartbeat")
_TWIN = "sync"
# Of an event stream, beside `data`; OpenCode writes none of them.
_FIELDS = (b":", b"event:", b"id:", b"retry:")

# Events of no directory: of the server as a whole.
_WHOLE = ("", "global")

# Where the conversation's id is: OpenCode 1.18 repeats it at the top; older and newer ones do not always.
_IDS: dict[str, Callable[[Mapping[str, Any]], object]] = {
    "session.": lambda told: reading.table(told.get("info")).get("id"),
    "message.part.": lambda told: reading.table(told.get("part")).get("sessionID"),
    "message.": lambda told: reading.table(told.get("info")).get("sessionID"),
}

_STATE = (
    "session.created",
    "session.updated",
    "session.deleted",
    "session.status",
    "session.idle",
    "session.error",
    "session.compacted",
    "message.updated",
    "message.removed",
    "permission.",
    "question.",
    "command.executed",
    "server.instance.disposed",
    "global.disposed",
    "ocprov.",
)


def read(line: bytes, at: float, *, server: str = "", directory: str = "", host: str = "") -> Event | Nothing:
    """One line of `/global/event` that was heard `at` (epoch); events of other directories are none."""
    if not line.startswith(b"data:"):
        return Nothing.EMPTY if not line or line.startswith(_FIELDS) else Nothing.UNREADABLE
    try:
        told = json.loads(line[5:], parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError):
        return Nothing.UNREADABLE
    outer = reading.table(told)
    payload = reading.table(outer.get("payload"))
    kind = reading.text(payload.get("type"))
    nothing = _nothing(kind, reading.text(outer.get("directory")), directory)
    if nothing is not None:
        return nothing
    properties = payload.get("properties")
    if not isinstance(properties, dict):
        return Nothing.UNREADABLE
    return Event(
        kind,
        at,
        server,
        directory,
        conversation(kind, properties),
        properties,
        id=reading.text(payload.get("id")),
        size=len(line),
        host=host,
    )


def conversation(kind: str, properties: Mapping[str, Any]) -> str:
    """The id of the conversation that an event of type `kind` concerns; empty for none."""
    found = reading.text(properties.get("sessionID"))
    if found:
        return found
    where = next((ask for start, ask in _IDS.items() if kind.startswith(start)), None)
    return reading.text(where(properties)) if where else ""


def weight(kind: str) -> Weight:
    """How much is lost when an event of that type is: a piece of text that comes whole later, noise, or a state."""
    if kind.endswith(".delta"):
        return "delta"
    return "state" if kind.startswith(_STATE) else "noise"


def made(event: Event) -> int:
    """When OpenCode made an event, in its own count of milliseconds (`moment`); -1 where its id does not tell."""
    try:
        return int(event.id.removeprefix("evt_")[:12], 16) >> 12
    except ValueError:
        return -1


def moment(at: float) -> int:
    """The time `at` (epoch, seconds) as OpenCode counts it in ids: the milliseconds' low 36 bits."""
    return int(at * 1000) & ((1 << 36) - 1)


def _finite(text: str) -> float:
    """ValueError for what Python's JSON has and no other: it would be printed again."""
    if not math.isfinite(found := float(text)):
        raise ValueError(text)
    return found


def _nothing(kind: str, told: str, directory: str) -> Nothing | None:
    if kind in _BEATS:
        return Nothing.BEAT
    if kind == _TWIN:
        return Nothing.TWIN
    if not kind:
        return Nothing.UNREADABLE
    return Nothing.ELSEWHERE if told not in _WHOLE and told != directory else None
