"""What can be picked, as values, and how each is put in words; pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from ocprov.core.names import PREFIXES, printable
from ocprov.core.status import PaneStatus, SessionStatus, WindowStatus
from ocprov.core.value import dataclass
from ocprov.picker.text import cut, width

TYPE_CHECKING = False  # typing takes longer to import than the rest of this
if TYPE_CHECKING:
    from typing import Literal

    Kind = Literal["session", "layout", "other"]
else:
    Kind = str

# The word of several windows is the first of these that one of them has.
WORST = ("failed", "missing", "lost", "dead", "taken", "exited", "waiting", "stopped", "shell", "running")
_LONGEST_LABEL = 40
_LONGEST_STATE = 30


@dataclass(frozen=True, slots=True)
class Line:
    """A window in a preview: its index, or none, its name, the word for its state."""

    index: str
    name: str
    word: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to pick: a session of ocprov's, a layout that is not live, or another session.

    `id` is the session's id, or `layout:ALIAS`; `name` the session's name or the layout's alias, as it is, and
    `created` when the session was, in seconds of the epoch. All else is to be shown, and safe to be.
    """

    id: str
    kind: Kind
    name: str
    label: str
    state: str
    word: str
    note: str
    about: tuple[str, ...] = ()
    windows: tuple[Line, ...] = ()
    created: int = 0

    @property
    def live(self) -> bool:
        """Whether it is a session."""
        return self.kind != "layout"


@dataclass(frozen=True, slots=True)
class Look:
    """How to show entries: the colour of each word; `plain` is without any."""

    colors: Mapping[str, str]
    plain: bool = False


def label(name: str, alias: str) -> str:
    """A short name for a session of ours: of `opencode-development-primary` the layout and the rest."""
    prefix = next((prefix for prefix in PREFIXES if name.startswith(prefix)), "")
    rest = name.removeprefix(prefix)
    return printable(rest if rest == alias or not prefix or not alias else f"{alias} {rest}")


def summary(status: SessionStatus) -> tuple[str, str]:
    """The states of a session's windows in short, and the word that matters most: `1 failed, 5 running`, `failed`."""
    words = [word for word in map(window_word, status.windows) if word != "foreign"]
    if not words:
        return f"{len(status.windows)} foreign", "foreign"
    found = Counter(words)
    order = [word for word in WORST if word in found]
    return ", ".join(f"{found[word]} {word}" for word in order), order[0]


def window_word(window: WindowStatus) -> str:
    """One word for a window: the worst of its panes'."""
    if not window.panes:
        return "missing"
    words = {pane_word(pane) for pane in window.panes}
    return next((word for word in WORST if word in words), "foreign")


def pane_word(pane: PaneStatus) -> str:
    """One word for a pane; an end with another code than 0 is `failed`."""
    if pane.condition is None:
        return "foreign"
    failed = pane.condition.word == "exited" and pane.condition.code
    return "failed" if failed else pane.condition.word


def columns(entries: Sequence[Entry]) -> list[tuple[str, str, str]]:
    """Label, state and note of each entry, the first two of them as wide as in all others."""
    labels = min(max((width(entry.label) for entry in entries), default=1), _LONGEST_LABEL)
    states = min(max((width(entry.state) for entry in entries), default=1), _LONGEST_STATE)
    return [(cut(entry.label, labels), cut(entry.state, states), entry.note) for entry in entries]
