"""What a build consists of, in order, as frozen values: commands for tmux, and what has to happen between them."""

from collections.abc import Mapping
from typing import Any, Literal

from ocprov.core.value import dataclass

Config = Mapping[str, Any]
HookName = Literal["on_window_create", "after_window_finished"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command acts: the session, a place for a window in it, a window, or a pane.

    Windows and panes are numbered from 0 in the order of the file. `back` is how many panes of the window are made
    after this one by the time the command runs: what finds a pane whose id is not known yet. `index` is where a
    window is to go: a number, or empty for the next free one. `current` says that this build made the window current. `own` is the window that the session came with.
    """

    window: int | None = None
    pane: int | None = None
    back: int = 0
    index: str | None = None
    current: bool = False
    own: bool = False


Words = tuple[str | Place, ...]
SESSION = Place()
OWN = Place(own=True)


@dataclass(frozen=True, slots=True)
class Run:
    """One tmux command. With `typed_into`, one that is left out when that pane is gone."""

    words: Words
    typed_into: Place | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What `on_build_event` is told, once tmux has done what comes before."""

    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """What `on_progress` is told; `pane` is added to the user's pane-base-index."""

    text: str
    pane: int | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """What goes to tmuxp's debug log, once it is done; `about` are the arguments of the text."""

    text: str
    name: str
    place: Place
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pause:
    """A wait of so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Hook:
    """A method of the plugins, called with a window."""

    name: HookName
    window: int


@dataclass(frozen=True, slots=True)
class Prompts:
    """A wait until the shells of these panes have drawn their prompts."""

    panes: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Unless:
    """What follows, up to the end of the batch, is done only where this format is false; else the facts are told."""

    condition: str


Told = Event | Progress | Log
Step = Run | Told | Pause | Hook | Prompts | Unless
