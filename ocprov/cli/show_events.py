"""Events as lines: pure, but for what was shown before."""

import json
from datetime import datetime

import click

from ocprov.cli.output import cut, wide
from ocprov.core.names import printable
from ocprov.opencode.heard import event as events
from ocprov.opencode.heard.event import Event

_COLORS = ("cyan", "green", "magenta", "blue", "yellow", "bright_cyan", "bright_green", "bright_magenta")
# Columns of a title, less of them in a narrow window; and of a server's name, at most.
_TITLE, _SHORT_TITLE, _NARROW = 24, 16, 100
_SERVER, _WITH_HOST, _LEAST_HOST = 16, 22, 11


class Screen:
    """Lines for a person: a server's name where there are several, in its colour; cut to `width` where that is not 0.

    With several `hosts` theirs before it.
    """

    def __init__(self, servers: int = 1, hosts: int = 0) -> None:
        self._colors: dict[tuple[str, str], str] = {}
        self._hosted = hosts > 1
        self._several = servers > 1 or self._hosted
        self._wide = 0  # the longest name so far
        self._day = datetime.now().date()

    def lines(self, event: Event, title: str, text: str, width: int) -> list[str]:
        """The line of an event, and before it the day's where that is another one."""
        at = datetime.fromtimestamp(event.time)
        label = self._label(event)
        color = self._color(event, label)
        clock = f"{at:%H:%M:%S}"
        name = f"  {fit(label, self._wide)}" if self._several and label else ""
        most = _SHORT_TITLE if 0 < width < _NARROW else _TITLE
        about = f"  {cut(printable(title), most)}:" if title else ""
        said = f" {'(before) ' if event.missed else ''}{text}"
        room = width - len(clock) - wide(name) - wide(about)
        said = cut(said, max(room, _SHORT_TITLE)) if width else said
        line = click.style(clock, dim=True) + (click.style(name, fg=color) if name else "")
        line += click.style(about, bold=True) + _painted(event.type, f"{'' if about else ' '}{said}")
        return [*self._days(at), line]

    def _label(self, event: Event) -> str:
        server = short(event.server)
        if not self._hosted:
            return server
        host = printable(event.host)
        if not server or not host:
            return host or server
        # A long host leaves room for what it is one of: names of one fleet often differ at their beginning alone.
        return f"{cut(host, max(_WITH_HOST - 1 - wide(server), _LEAST_HOST))}:{server}"

    def _color(self, event: Event, label: str) -> str | None:
        who = event.host, event.server
        if event.server and who not in self._colors:
            self._colors[who] = _COLORS[len(self._colors) % len(_COLORS)]
            self._several = self._several or len(self._colors) > 1
        if label:
            most = _WITH_HOST if self._hosted else _SERVER
            self._wide = min(max(self._wide, wide(label)), most)
        return self._colors.get(who)

    def _days(self, at: datetime) -> list[str]:
        if at.date() == self._day:
            return []
        self._day = at.date()
        return [click.style(f"{at:%A, %Y-%m-%d}", dim=True)]


def data(event: Event, *, hosted: bool = False) -> str:
    """An event as one line of JSON, `hosted` with its host."""
    told = event.document()
    return json.dumps({"time": event.time, "host": event.host} | told if hosted else told)


def plain(event: Event) -> str:
    """What there is to say of an event that has no words: its type, and its short properties."""
    told = (
        f"{name}={value}" for name, value in event.properties.items() if isinstance(value, str | int | float)
    )
    left = [one for one in told if not one.startswith(("sessionID=", "messageID=", "partID="))]
    return printable(" ".join([event.type, *left])[:400])


def short(server: str) -> str:
    """A server's name without what tells it from another one of the same name."""
    return server.rpartition("-")[0] or server


def fit(text: str, width: int) -> str:
    """Cut or filled up to the width."""
    shown = cut(text, width)
    return shown + " " * (width - wide(shown))


def _painted(kind: str, text: str) -> str:
    if kind in ("permission.asked", "question.asked"):
        return click.style(text, fg="yellow", bold=True)
    if kind in ("session.error", events.DOWN, events.HOST_DOWN, events.DROPPED, events.INTERRUPTED):
        return click.style(text, fg="red")
    return text
