"""What the live view of `status` shows, as values and fragments; pure, times and states come from outside."""

import time
from collections.abc import Mapping, Sequence

from prompt_toolkit.formatted_text import StyleAndTextTuples

from ocprov.cli.output import COLORS, ago, counted
from ocprov.cli.show_status import words
from ocprov.core.names import printable
from ocprov.core.status import PaneStatus, SessionStatus, WindowStatus
from ocprov.core.value import dataclass
from ocprov.picker.entry import WORST, window_word
from ocprov.picker.text import cut, width

Fragments = StyleAndTextTuples

_BAR = 12
_NOTHING = "no session of ocprov's is live; ocprov up monitoring makes one"


@dataclass(frozen=True, slots=True)
class Frame:
    """One look: the sessions, at work on which of them an ocprov is, how long waits are that began; `now` in seconds.

    `waits` is by pane id. `error` is why the last look failed.
    """

    sessions: tuple[SessionStatus, ...]
    now: float
    busy: frozenset[str] = frozenset()
    waits: Mapping[str, int] | None = None
    error: str = ""

    @property
    def moves(self) -> bool:
        """Whether a bar is to be drawn anew before the next look."""
        return bool(self.busy or self.waits)


@dataclass(frozen=True, slots=True)
class Row:
    """A line that can be selected: a session, or a pane of a window; a missing window has no pane."""

    session: SessionStatus
    window: WindowStatus | None = None
    pane: PaneStatus | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is the same by in the next frame."""
        window, pane = self.window, self.pane
        return (self.session.name, window.key or window.name if window else "", pane.id if pane else "")


def rows(frame: Frame) -> list[Row]:
    """A row for each session, each window and each further pane of one."""
    found: list[Row] = []
    for session in frame.sessions:
        found.append(Row(session))
        for window in session.windows:
            found += [Row(session, window, pane) for pane in window.panes] or [Row(session, window)]
    return found


def top(frame: Frame) -> Fragments:
    """The line above all: how many of what, what calls for `up`, and when that was."""
    found = [window_word(window) for session in frame.sessions for window in session.windows]
    counts = [(word, found.count(word)) for word in (*WORST[::-1], "foreign") if word in found]
    parts: Fragments = [("class:title", f" {counted(len(frame.sessions), 'session')}")]
    for word, count in counts:
        parts += [("", "  "), (style(word), f"{count} {word}")]
    calls = sum(not window.as_wanted for session in frame.sessions for window in session.windows)
    if calls:
        parts += [("", "  "), ("class:calls", f" !{calls} ")]
    return [*parts, ("class:faint", f"  {time.strftime('%H:%M:%S', time.localtime(frame.now))}")]


def table(frame: Frame, lines: Sequence[Row], selected: int) -> Fragments:
    """The rows as styles and texts, columns aligned."""
    if not lines:
        return [("", f" {_NOTHING}")]
    longest = max((width(_name(row)) for row in lines if row.window), default=0)
    parts: Fragments = []
    for place, row in enumerate(lines):
        here = "class:selected " if place == selected else ""
        parts.append((f"{here}class:title", "> " if here else "  "))
        cells = _window(frame, row, longest) if row.window else _session(frame, row.session)
        parts += [(f"{here}{look}" if at < 2 else look, text) for at, (look, text, *_) in enumerate(cells)]
        parts.append(("", "\n"))
    return parts[:-1]


def _session(frame: Frame, session: SessionStatus) -> Fragments:
    facts = [session.layout or "restored", counted(len(session.windows), "window")]
    facts += [f"up {ago(int(frame.now) - session.created)}"]
    facts += ["attached"] if session.attached else []
    more = ", ".join(facts) if session.live else "not running; u brings it up"
    if session.name in frame.busy:
        doing = "ocprov is at work" if session.live else "is being built"
        more = f"{sweep(frame.now)}  {doing}"
    return [("class:title", printable(session.name)), ("", ""), ("class:faint", f"  {more}")]


def _window(frame: Frame, row: Row, longest: int) -> Fragments:
    window, pane = row.window, row.pane
    first = window is not None and (not window.panes or pane is window.panes[0])
    index = "-" if window is None or window.index is None else str(window.index)
    mark = "*" if window is not None and window.active else " "
    place = f"{index:>4}{mark}" if first else " " * 5
    word, more = words(pane, int(frame.now)) if pane else ("missing", "u brings it back")
    return [
        ("", f"{place} "),
        ("", cut(_name(row), longest)),
        ("", "  "),
        (style(word), word.ljust(8)),
        ("class:faint", f"  {_waits(frame, pane) or more}"),
    ]


def _name(row: Row) -> str:
    window, pane = row.window, row.pane
    if window is None:
        return ""
    place = window.panes.index(pane) if pane else 0
    return f"  pane {place + 1}" if place else printable(window.name)


def _waits(frame: Frame, pane: PaneStatus | None) -> str:
    """A bar of the pause before a restart, where it is known how long that is."""
    condition = pane.condition if pane else None
    whole = (frame.waits or {}).get(pane.id, 0) if pane else 0
    if condition is None or condition.since is None or condition.word != "waiting" or not whole:
        return ""
    gone = min(max(frame.now - condition.since, 0), whole)
    return f"{bar(gone / whole)}  again in {whole - int(gone)} s, ended with {condition.code}"


def why_not_restart(row: Row | None) -> str:
    """Why there is nothing in a row to run again, or an empty string."""
    if row is None or row.window is None:
        return "select a window to run it again"
    if not row.window.panes:
        return "that window is missing; u brings it back"
    return "" if row.window.key else "that window is not ocprov's"


def bar(part: float) -> str:
    """How much is done, from 0 to 1."""
    done = round(part * _BAR)
    return "█" * done + "░" * (_BAR - done)


def sweep(now: float) -> str:
    """Something is done, nobody knows how much: a mark that goes to and fro."""
    room = _BAR - 3
    at = abs(int(now * 4) % (2 * room) - room)
    return "░" * at + "███" + "░" * (room - at)


def style(word: str) -> str:
    """The style of a state's word."""
    return f"class:{COLORS[word]}" if word in COLORS else ""
