"""How tmux is asked for what it has, a row a pane, and how the answer is read."""

import re
from collections.abc import Collection, Iterable
from itertools import groupby

from ocprov.core.launcher import STARTED
from ocprov.core.observed import (
    DIGEST_TAG,
    OF_TAG,
    PANE_TAG,
    SESSION_TAG,
    STATE_TAG,
    WINDOW_TAG,
    Pane,
    Session,
    Window,
    state,
    tag,
)
from ocprov.core.value import replace

_RESTORES = "?#{||:#{@resurrect-restore-script-path},#{==:#{@continuum-restore},on}},1,0"
STARTED_FIELD = f"m:*{STARTED}*,#{{pane_start_command}}"

# A session's name cannot hold a colon; ids and numbers come next, then our own tags, and last what others may have
# named as they like, with line breaks too: a line that does not start as a row does belongs to the row before it.
FIELDS = (
    "session_attached",
    "session_created",
    "base-index",
    "window_id",
    "window_index",
    "window_active",
    "pane_id",
    "pane_index",
    "pane_pid",
    "pane_dead",
    "pane_active",
    "version",
    "exit-unattached",
    _RESTORES,
    SESSION_TAG,
    WINDOW_TAG,
    PANE_TAG,
    DIGEST_TAG,
    STATE_TAG,
    OF_TAG,
    STARTED_FIELD,
)
FORMAT = "#{session_id}:#{session_name}:" + "|".join(f"#{{{field}}}" for field in FIELDS) + "|#{window_name}"
OBSERVE = ("list-panes", "-a", "-F", FORMAT)

_NAMES = ("session_id", "session_name", *FIELDS, "window_name")
_ROW = re.compile(r"\$\d+:[^:]*:\d")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.\d+)?")


def parse(lines: Iterable[str]) -> tuple[Session, ...]:
    """The sessions in the answer to `list-panes -a -F FORMAT`, in tmux's order; ValueError on a strange line."""
    rows = [_row(line) for line in _joined(lines)]
    sessions = tuple(_session(list(group)) for _, group in groupby(rows, lambda row: row["session_id"]))
    names = {name for session in sessions for name in (session.name, session.declared)}
    return tuple(_renamed(session, _was(session, names)) for session in sessions)


def _renamed(session: Session, was: str) -> Session:
    return replace(session, was=was) if was else session


def _was(session: Session, names: Collection[str]) -> str:
    """What a session was called that somebody renamed before it was saved: what half of its panes tell.

    Panes that ocprov started were never saved, so they are in a session of somebody's where they were moved or shared.
    """
    if session.tag is not None or any(pane.started for pane in session.panes):
        return ""
    told = [pane.of for pane in session.panes]
    half = (name for name in sorted(set(told)) if name and told.count(name) * 2 >= len(told))
    return next((name for name in half if name not in names), "")


def _joined(lines: Iterable[str]) -> list[str]:
    joined: list[str] = []
    for line in lines:
        if _ROW.match(line):
            joined.append(line)
        elif joined and line:
            joined[-1] += "\n" + line
    return joined


def _row(line: str) -> dict[str, str]:
    session_id, session_name, rest = line.split(":", 2)
    values = rest.split("|", len(FIELDS))
    if len(values) != len(FIELDS) + 1:
        raise ValueError(line)
    return dict(zip(_NAMES, (session_id, session_name, *values), strict=True))


def _session(rows: list[dict[str, str]]) -> Session:
    first = rows[0]
    # A hook of the user's may have split a new window so that the mark meant for ours is on another pane; ours has
    # marked itself by now, and told its state.
    told = {row[PANE_TAG] for row in rows if row[STATE_TAG]}
    rows = [{**row, PANE_TAG: ""} if row[PANE_TAG] in told and not row[STATE_TAG] else row for row in rows]
    windows = groupby(rows, lambda row: (row["window_id"], row["window_index"]))
    return Session(
        id=first["session_id"],
        name=first["session_name"],
        attached=int(first["session_attached"]),
        created=int(first["session_created"]),
        base_index=int(first["base-index"] or 0),
        version=first["version"],
        exit_unattached=first["exit-unattached"] in ("1", "on"),
        restores=first[_RESTORES] == "1",
        tag=tag(first[SESSION_TAG]),
        windows=tuple(_window(list(group)) for _, group in windows),
    )


def _window(rows: list[dict[str, str]]) -> Window:
    first = rows[0]
    return Window(
        id=first["window_id"],
        index=int(first["window_index"]),
        name=first["window_name"],
        active=first["window_active"] == "1",
        digest=first[WINDOW_TAG].partition(" ")[0],
        panes=tuple(_pane(row) for row in rows),
        options=tuple(first[WINDOW_TAG].split(" ")[1:]),
    )


def _pane(row: dict[str, str]) -> Pane:
    return Pane(
        id=row["pane_id"],
        index=int(row["pane_index"]),
        pid=int(row["pane_pid"] or 0),
        key=row[PANE_TAG] if _KEY.fullmatch(row[PANE_TAG]) else "",
        digest=row[DIGEST_TAG],
        state=state(row[STATE_TAG]),
        dead=row["pane_dead"] == "1",
        active=row["pane_active"] == "1",
        of=row[OF_TAG] if _KEY.fullmatch(row[OF_TAG]) else "",
        started=row[STARTED_FIELD] == "1",
    )
