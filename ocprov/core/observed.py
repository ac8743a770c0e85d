"""What tmux has, as frozen values, and how to ask for it in one line a pane."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, get_args

from ocprov.core.names import PREFIXES

Told = Literal["running", "waiting", "exited", "stopped", "shell", "plain"]
Launcher = Literal["alive", "idle", "busy"]

SESSION_TAG = "@ocprov_session"
WINDOW_TAG = "@ocprov_window"
PANE_TAG = "@ocprov_pane"
DIGEST_TAG = "@ocprov_digest"
STATE_TAG = "@ocprov_state"

# In a tag; no window's key starts with a dash.
_OPTION = "-o:"
_VARIABLE = "-e:"

# A session's name cannot hold a colon; ids and numbers come next, then our own tags, and last what others may have
# named as they like, with line breaks too: a line that does not start as a row does belongs to the row before it.
_FIELDS = (
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
    SESSION_TAG,
    WINDOW_TAG,
    PANE_TAG,
    DIGEST_TAG,
    STATE_TAG,
    "s/[|]/_/:pane_current_command",
)
FORMAT = "#{session_id}:#{session_name}:" + "|".join(f"#{{{field}}}" for field in _FIELDS) + "|#{window_name}"

_ROW = re.compile(r"\$\d+:[^:]*:\d")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.\d+)?")
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]* [0-9a-f]{12}( [A-Za-z0-9@:_\[\]-]+)+")


@dataclass(frozen=True, slots=True)
class State:
    """What a launcher told: `since` in seconds of the epoch, `code` None while the command runs."""

    told: Told
    since: int
    code: int | None
    pid: int


@dataclass(frozen=True, slots=True)
class Pane:
    """A pane; no `key` means that it is not ours.

    `launcher` is what became of the process that told `state`: alive, or gone with its shell idle, or gone
    with something else running there.
    """

    id: str
    index: int
    pid: int
    key: str = ""
    digest: str = ""
    state: State | None = None
    launcher: Launcher = "alive"
    command: str = ""
    dead: bool = False
    active: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A window with its panes in tmux's order; `digest` is of the options that ocprov set, `options` their names."""

    id: str
    index: int
    name: str
    active: bool
    digest: str
    panes: tuple[Pane, ...]
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """What ocprov wrote on a session of its own: the layout, the session's digest, the declared name and windows.

    And the names of the options and variables that it set, so that one declared no longer can be taken back.
    """

    layout: str
    digest: str
    name: str
    windows: tuple[str, ...]
    options: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()

    def __str__(self) -> str:
        options = (_OPTION + name for name in self.options)
        environment = (_VARIABLE + name for name in self.environment)
        return " ".join((self.layout, self.digest, self.name, *self.windows, *options, *environment))


@dataclass(frozen=True, slots=True)
class Session:
    """A session; no `tag` means that ocprov has not marked it."""

    id: str
    name: str
    attached: int
    created: int
    base_index: int
    version: str
    exit_unattached: bool
    tag: Tag | None
    windows: tuple[Window, ...]

    @property
    def panes(self) -> tuple[Pane, ...]:
        """Every pane of every window."""
        return tuple(pane for window in self.windows for pane in window.panes)

    @property
    def ours(self) -> bool:
        """Whether it carries a mark of ocprov: its own tag, or one that a launcher set again after a restore.

        A person's own session may hold a linked window or a moved pane of ours, and stays theirs.
        """
        return self.tag is not None or (
            self.name.startswith(PREFIXES) and any(pane.key for pane in self.panes)
        )


def parse(lines: Iterable[str]) -> tuple[Session, ...]:
    """The sessions in the answer to `list-panes -a -F FORMAT`, in tmux's order; ValueError on a strange line."""
    rows = [_row(line) for line in _joined(lines)]
    return tuple(_session(list(group)) for _, group in groupby(rows, lambda row: row["session_id"]))


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
    values = rest.split("|", len(_FIELDS))
    if len(values) != len(_FIELDS) + 1:
        raise ValueError(line)
    fields = dict(zip((*_FIELDS, "window_name"), values, strict=True))
    return {**fields, "session_id": session_id, "session_name": session_name}


def _session(rows: list[dict[str, str]]) -> Session:
    first = rows[0]
    # A hook of the user's may have split a new window so that the mark meant for ours is on another pane; ours has
    # marked itself by now, and told its state.
    told = {row[PANE_TAG] for row in rows if row[STATE_TAG]}
    rows = [
        {**row, PANE_TAG: "" if row[PANE_TAG] in told and not row[STATE_TAG] else row[PANE_TAG]}
        for row in rows
    ]
    windows = groupby(rows, lambda row: (row["window_id"], row["window_index"]))
    return Session(
        id=first["session_id"],
        name=first["session_name"],
        attached=int(first["session_attached"]),
        created=int(first["session_created"]),
        base_index=int(first["base-index"] or 0),
        version=first["version"],
        exit_unattached=first["exit-unattached"] in ("1", "on"),
        tag=_tag(first[SESSION_TAG]),
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
        command=row["s/[|]/_/:pane_current_command"],
        dead=row["pane_dead"] == "1",
        active=row["pane_active"] == "1",
    )


def _tag(text: str) -> Tag | None:
    if not _TAG.fullmatch(text):
        return None
    layout, digest, name, *words = text.split(" ")
    return Tag(
        layout,
        digest,
        name,
        tuple(word for word in words if not word.startswith("-")),
        tuple(word.removeprefix(_OPTION) for word in words if word.startswith(_OPTION)),
        tuple(word.removeprefix(_VARIABLE) for word in words if word.startswith(_VARIABLE)),
    )


def state(text: str) -> State | None:
    """`STATE SINCE CODE PID` as a launcher tells it; None when it told nothing that can be read."""
    words = text.split(" ")
    if len(words) != 4 or words[0] not in get_args(Told) or not (words[1].isdigit() and words[3].isdigit()):
        return None
    told: Told = words[0]  # type: ignore[assignment] # just looked up among the literal's own values
    return State(told, int(words[1]), int(words[2]) if words[2].isdigit() else None, int(words[3]))
