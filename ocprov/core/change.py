"""The kinds of change that a plan is made of, and of what it only notes."""

from ocprov.core.desired import Pane, Session, Window
from ocprov.core.value import dataclass


class Change:
    """One step of a plan."""

    __slots__ = ()


class Note:
    """Something that a plan says and does nothing about."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class CreateSession(Change):
    """Make the session with these windows, all or nothing."""

    session: Session
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class SetSession(Change):
    """Set the session's options, environment and tag as declared now, and take back what was set before."""

    session: Session
    session_id: str
    reason: str
    gone_options: tuple[str, ...] = ()
    gone_environment: tuple[str, ...] = ()
    renamed: bool = False


@dataclass(frozen=True, slots=True)
class CreateWindow(Change):
    """Make a missing window at `index`; `shift` moves the windows of ours that stand there and behind up by one."""

    window: Window
    session_id: str
    index: int
    shift: bool = False


@dataclass(frozen=True, slots=True)
class CreatePane(Change):
    """Make a missing pane in a window; the focus goes back to the pane `restore`."""

    window: Window
    pane: Pane
    window_id: str
    restore: str


@dataclass(frozen=True, slots=True)
class RunAgain(Change):
    """Run a pane's command again, in the same pane."""

    window: Window
    pane: Pane
    pane_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RenameWindow(Change):
    """Give a window of ours its declared name back."""

    window: Window
    window_id: str
    was: str


@dataclass(frozen=True, slots=True)
class SetWindow(Change):
    """Set a window's options and its layout of panes as declared now, and take back what was set before."""

    window: Window
    window_id: str
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TagPane(Change):
    """Mark a pane that was recognised without a tag."""

    pane: Pane
    pane_id: str


@dataclass(frozen=True, slots=True)
class WriteLauncher(Change):
    """Write a pane's launcher file and leave what runs alone."""

    window: Window
    pane: Pane
    reason: str


@dataclass(frozen=True, slots=True)
class KillPane(Change):
    """End a pane of ours that is declared no longer."""

    window_name: str
    key: str
    pane_id: str


@dataclass(frozen=True, slots=True)
class Changed(Note):
    """A pane that still runs what was declared before; `shell` when that is a person's shell, or should be one."""

    window: Window
    pane: Pane
    shell: bool = False


@dataclass(frozen=True, slots=True)
class Leftover(Note):
    """A pane of ours that is declared no longer."""

    window_name: str
    key: str


@dataclass(frozen=True, slots=True)
class Foreign(Note):
    """A pane that is not ours; `whole` when its window holds none of ours."""

    index: int
    window_name: str
    pane_id: str
    whole: bool
