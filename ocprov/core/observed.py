"""What tmux has, as frozen values, and the marks of ocprov on it."""

import re

from ocprov.core.names import PREFIXES
from ocprov.core.value import dataclass

TYPE_CHECKING = False  # typing takes longer to import than the rest of core
if TYPE_CHECKING:
    from typing import Literal

    Told = Literal["running", "waiting", "exited", "stopped", "shell", "plain"]
    Launcher = Literal["alive", "idle", "busy"]
else:
    Told = Launcher = str

TOLD: tuple[Told, ...] = ("running", "waiting", "exited", "stopped", "shell", "plain")

SESSION_TAG = "@ocprov_session"
WINDOW_TAG = "@ocprov_window"
PANE_TAG = "@ocprov_pane"
DIGEST_TAG = "@ocprov_digest"
STATE_TAG = "@ocprov_state"
OF_TAG = "@ocprov_of"
# Of a session that has hooks: whether its on_start ran.
HOOKS_TAG = "@ocprov_hooks"

# In a tag; no window's key starts with a dash.
_OPTION = "-o:"
_VARIABLE = "-e:"
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

    `of` is the session that its launcher belongs to. `started` is whether ocprov started its process, and not a
    restore or a person. `launcher` is what became of the process that told `state`: alive, or gone with its shell idle, or gone
    with something else running there.
    """

    id: str
    index: int
    pid: int
    key: str = ""
    digest: str = ""
    state: State | None = None
    launcher: Launcher = "alive"
    dead: bool = False
    active: bool = False
    of: str = ""
    started: bool = False


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
    """A session; no `tag` means that ocprov has not marked it.

    `restores` is whether its server may restore sessions by itself or by a key: tmux-resurrect is there. `was` is the
    name that a session was declared with which came back from a save under another one.
    """

    id: str
    name: str
    attached: int
    created: int
    base_index: int
    version: str
    exit_unattached: bool
    tag: Tag | None
    windows: tuple[Window, ...]
    restores: bool = False
    was: str = ""

    @property
    def panes(self) -> tuple[Pane, ...]:
        """Every pane of every window."""
        return tuple(pane for window in self.windows for pane in window.panes)

    @property
    def ours(self) -> bool:
        """Whether it carries a mark of ocprov: its own tag, or one that a launcher set again after a restore.

        A person's own session may hold a linked window or a moved pane of ours, and stays theirs.
        """
        return (
            self.tag is not None
            or (self.name.startswith(PREFIXES) and any(pane.key for pane in self.panes))
            or bool(self.was)
        )

    @property
    def declared(self) -> str:
        """The name that it was declared with, whatever it is called now."""
        return self.tag.name if self.tag is not None else self.was or self.name


def tag(text: str) -> Tag | None:
    """What `str` makes of a tag, read back; None for what ocprov did not write."""
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
    if len(words) != 4 or words[0] not in TOLD or not (words[1].isdigit() and words[3].isdigit()):
        return None
    told: Told = words[0]
    return State(told, int(words[1]), int(words[2]) if words[2].isdigit() else None, int(words[3]))
