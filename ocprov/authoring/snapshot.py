"""A live session as it is now: what tmux tells of its windows and panes, and what runs in the foreground of each."""

import os
from itertools import groupby

from ocprov.authoring.foreground import Running, running
from ocprov.core.names import printable
from ocprov.core.observed import Session
from ocprov.core.value import dataclass
from ocprov.errors import TmuxError
from ocprov.tmux.client import Server, run

_FIELDS = (
    "window_id",
    "window_index",
    "window_active",
    "window_layout",
    "pane_id",
    "pane_active",
    "pane_pid",
    "session_path",
    "pane_current_path",
    "window_name",
)


@dataclass(frozen=True, slots=True)
class Pane:
    """A pane, the directory that it is in, and what runs there."""

    id: str
    directory: str
    active: bool
    running: Running


@dataclass(frozen=True, slots=True)
class Window:
    """A window; `layout` is how its panes are arranged, as tmux writes it."""

    index: int
    name: str
    active: bool
    layout: str
    panes: tuple[Pane, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A session's windows in their order, and the directory that new ones start in."""

    directory: str
    windows: tuple[Window, ...]


def take(server: Server, session: Session) -> Snapshot:
    """What a live session is like; TmuxError when tmux cannot tell, as when it has just ended."""
    # Names and directories may hold anything, line breaks too: a random word stands between, another before each
    # pane. Twice the same would be there too where a field is empty, as a dead pane's directory is.
    mark, start = os.urandom(8).hex(), os.urandom(8).hex()
    form = start + mark.join(f"#{{{field}}}" for field in _FIELDS)
    answer = run(server, ["list-panes", "-s", "-t", session.id, "-F", form])
    rows = [row.removesuffix("\n").split(mark) for row in answer.out.split(start)[1:]]
    if answer.code or not rows or any(len(row) != len(_FIELDS) for row in rows):
        raise TmuxError(
            f"cannot read the session {printable(session.name)}: {printable(answer.err)}", "tmux ls"
        )
    found = [dict(zip(_FIELDS, row, strict=True)) for row in rows]
    works = running([int(row["pane_pid"]) for row in found])
    windows = groupby(found, lambda row: (row["window_id"], row["window_index"]))
    return Snapshot(found[0]["session_path"], tuple(_window(list(group), works) for _, group in windows))


def _window(rows: list[dict[str, str]], works: dict[int, Running]) -> Window:
    first = rows[0]
    return Window(
        int(first["window_index"]),
        first["window_name"],
        first["window_active"] == "1",
        first["window_layout"],
        tuple(
            Pane(
                row["pane_id"],
                row["pane_current_path"],
                row["pane_active"] == "1",
                works[int(row["pane_pid"])],
            )
            for row in rows
        ),
    )
