"""A status for people and for programs; pure, the time of day comes from outside."""

from collections.abc import Mapping, Sequence

from ocprov.cli.output import ago, counted, envelope, table
from ocprov.cli.terminal import style
from ocprov.core.names import printable
from ocprov.core.status import PaneStatus, SessionStatus, WindowStatus


def answer(
    sessions: Sequence[SessionStatus], now: int, *, as_json: bool, more: Mapping[str, object] | None = None
) -> str:
    """What `status` prints; `more` is of `status_more`."""
    if as_json:
        return envelope("status", {**data(sessions), **(more or {})})
    shown = lines(sessions, now) or ["no session of ocprov's is live; ocprov up monitoring makes one"]
    if more:
        from ocprov.cli import show_status_more  # late: few ask

        shown += show_status_more.lines(more)
    return "\n".join(shown)


def lines(sessions: Sequence[SessionStatus], now: int) -> list[str]:
    """A block a session: its name, then one line a window or further pane."""
    return [line for session in sessions for line in _block(session, now)]


def data(sessions: Sequence[SessionStatus]) -> dict[str, object]:
    """The same as plain values; times are seconds of the epoch."""
    return {"sessions": [_session(session) for session in sessions]}


def _block(session: SessionStatus, now: int) -> list[str]:
    name = style(session.name, bold=True)
    if not session.live:
        return [f"{name}  not running; ocprov up {session.layout}"]
    facts = [
        session.layout or "restored",
        counted(len(session.windows), "window"),
        f"up {ago(now - session.created)}",
    ]
    if session.attached:
        facts.append("attached")
    rows = [row for window in session.windows for row in _rows(window, now)]
    return [f"{name}  {', '.join(facts)}", *table(rows, paint=2)]


def _rows(window: WindowStatus, now: int) -> list[tuple[str, ...]]:
    index = "-" if window.index is None else str(window.index)
    mark = "*" if window.active else " "
    if not window.panes:
        return [(f"  {index.rjust(2)}{mark}", printable(window.name), "missing", "ocprov up brings it back")]
    rows: list[tuple[str, ...]] = []
    for place, pane in enumerate(window.panes):
        name = printable(window.name) if place == 0 else f"  pane {place + 1}"
        rows.append((f"  {index.rjust(2)}{mark}" if place == 0 else "", name, *words(pane, now)))
    return rows


def words(pane: PaneStatus, now: int) -> tuple[str, str]:
    """A pane's state in one word, and more about it."""
    condition = pane.condition
    if condition is None:
        return "foreign", "not ocprov's"
    since = ago(now - condition.since) if condition.since is not None else ""
    if condition.word == "exited":
        return ("failed" if condition.code else "exited"), f"with {condition.code}, {since} ago"
    if condition.word == "shell" and condition.code:
        return "shell", f"after its command ended with {condition.code}, {since} ago"
    if condition.word == "waiting":
        return "waiting", f"for its restart, ended with {condition.code}"
    return condition.word, _EXPLAINED.get(condition.word, "{since}").format(since=since)


_EXPLAINED = {
    "stopped": "by hand, {since} ago",
    "lost": "its launcher was killed; ocprov up runs it again",
    "taken": "its launcher is gone and something else runs here",
    "dead": "its process is over; ocprov up runs it again",
}


def _session(session: SessionStatus) -> dict[str, object]:
    return {
        "name": session.name,
        "layout": session.layout,
        "live": session.live,
        "as_wanted": session.as_wanted,
        "attached": session.attached,
        "created": session.created if session.live else None,
        "windows": [_window(window) for window in session.windows],
    }


def _window(window: WindowStatus) -> dict[str, object]:
    return {
        "index": window.index,
        "name": window.name,
        "key": window.key or None,
        "active": window.active,
        "state": window.state,
        "panes": [_pane(pane) for pane in window.panes],
    }


def _pane(pane: PaneStatus) -> dict[str, object]:
    condition = pane.condition
    return {
        "id": pane.id,
        "key": pane.key or None,
        "pid": pane.pid,
        "state": condition.word if condition else "foreign",
        "code": condition.code if condition else None,
        "since": condition.since if condition else None,
    }
