"""Events in words for a person, a line each; most events say nothing that a person wants to read."""

from collections.abc import Callable
from time import localtime, strftime

from ocprov.core.names import printable
from ocprov.opencode.api import reading
from ocprov.opencode.heard import event as events
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.recent import Recent
from ocprov.opencode.heard.telling_messages import Messages
from ocprov.opencode.heard.telling_requests import Requests

Way = Callable[[Event], str]

_LONGEST = 400


class Teller:
    """What was told so far: the second event that says the same is not told, and an answer's parts are one line."""

    def __init__(self) -> None:
        self._conversations = _Conversations()
        self._ways: dict[str, Way] = {
            **_SERVER,
            **self._conversations.ways(),
            **Messages(self._conversations.born).ways(),
            **Requests().ways(),
        }

    def line(self, event: Event) -> str:
        """What happened, printable, or empty for what only machines want to know."""
        tell = self._ways.get(event.type)
        return printable(" ".join(tell(event)[:_LONGEST].split())) if tell else ""

    def tells(self, kind: str) -> bool:
        """Whether there are words for events of that type."""
        return kind in self._ways

    def title(self, conversation: str) -> str | None:
        """Its title, where an event had it."""
        return self._conversations.titles.get(conversation)


class _Conversations:
    def __init__(self) -> None:
        self.titles: Recent[str] = Recent()
        self.born: Recent[float] = Recent()
        self._states: Recent[str] = Recent()
        self._reverted: Recent[str] = Recent()

    def ways(self) -> dict[str, Way]:
        return {
            "session.created": self._created,
            "session.updated": self._updated,
            "session.deleted": self._deleted,
            "session.status": self._status,
            "session.idle": self._idle,
            "session.error": self._error,
            "session.compacted": lambda _: "compacted",
            "command.executed": self._command,
            events.INTERRUPTED: self._interrupted,
        }

    def _created(self, event: Event) -> str:
        info = reading.info(reading.table(event.properties.get("info")))
        self.titles.note(event.conversation, info.title)
        self.born.note(event.conversation, info.created)
        return "created by another conversation" if info.parent else "created"

    def _updated(self, event: Event) -> str:
        info = reading.info(reading.table(event.properties.get("info")))
        title = self.titles.note(event.conversation, info.title)
        reverted = self._reverted.note(event.conversation, info.reverted) or ""
        if info.reverted != reverted:
            return f"reverted to before {info.reverted}" if info.reverted else "no longer reverted"
        return f"renamed, was: {title}" if title and title != info.title else ""

    def _deleted(self, event: Event) -> str:
        self._states.pop(event.conversation, None)
        return "deleted"

    def _status(self, event: Event) -> str:
        status = reading.status(reading.table(event.properties.get("status")))
        if status is None or status.type == "busy":
            return self._stands(event, status.type if status else "idle")
        when = f", again at {strftime('%H:%M:%S', localtime(status.next))}" if status.next else ""
        return self._stands(event, f"retry {status.attempt}: {status.message}{when}")

    def _idle(self, event: Event) -> str:
        return self._stands(event, "idle")

    def _stands(self, event: Event, state: str) -> str:
        return state if self._states.note(event.conversation, state) != state else ""

    def _error(self, event: Event) -> str:
        problem = reading.problem(reading.table(event.properties.get("error")))
        return "aborted" if problem.aborted else f"error: {problem.name}: {problem.message}".rstrip(": ")

    def _interrupted(self, event: Event) -> str:
        where = f" on {event.host}" if event.host else ""
        return f"interrupted: go on with ocprov chat resume {event.conversation}{where}"

    def _command(self, event: Event) -> str:
        name, given = (reading.text(event.properties.get(key)) for key in ("name", "arguments"))
        return f"command: /{name} {given}"


def _down(event: Event) -> str:
    told = event.properties
    return "server stopped" if told.get("stopped") else f"server down: {reading.text(told.get('reason'))}"


def _host_up(event: Event) -> str:
    number = int(reading.number(event.properties.get("servers")))
    return f"host up: {number} server{'' if number == 1 else 's'}" if number else "host up: no server runs"


def _dropped(event: Event) -> str:
    told = event.properties
    by = ", ".join(f"{number} {weight}" for weight, number in reading.table(told.get("by")).items())
    return f"{told.get('count')} events were left out, as they came faster than they were read ({by})"


def _unreadable(event: Event) -> str:
    return f"lines of its events that could not be read: {event.properties.get('count')}"


_SERVER: dict[str, Way] = {
    "server.instance.disposed": lambda _: "server unloads its directory",
    "global.disposed": lambda _: "server unloads everything",
    events.UP: lambda _: "server up",
    events.DOWN: _down,
    events.HOST_UP: _host_up,
    events.HOST_DOWN: lambda event: f"host down: {reading.text(event.properties.get('reason'))}",
    events.DROPPED: _dropped,
    events.UNREADABLE: _unreadable,
}
