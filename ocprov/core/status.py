"""What `status` reports: every window of a session of ours, the missing and the foreign ones too."""

from collections.abc import Collection, Iterator

from ocprov.core.condition import Condition, condition, why_again
from ocprov.core.observed import Pane, Session, Window
from ocprov.core.value import dataclass


@dataclass(frozen=True, slots=True)
class PaneStatus:
    """One pane; `condition` is None for a pane that is not ours."""

    id: str
    key: str
    pid: int
    condition: Condition | None


@dataclass(frozen=True, slots=True)
class WindowStatus:
    """One window; a missing one has no index and no panes."""

    key: str
    name: str
    index: int | None
    active: bool
    panes: tuple[PaneStatus, ...]

    @property
    def state(self) -> str:
        """`missing`, `foreign`, or the word for the first of its panes that is ours."""
        if not self.panes:
            return "missing"
        return next((pane.condition.word for pane in self.panes if pane.condition), "foreign")

    @property
    def as_wanted(self) -> bool:
        """Whether nothing in it calls for `up`."""
        return self.state != "missing" and not any(
            pane.condition and why_again(pane.condition) for pane in self.panes
        )


@dataclass(frozen=True, slots=True)
class SessionStatus:
    """One session of ours, live, or (`windows` empty and `live` false) a layout that is not up."""

    name: str
    layout: str
    live: bool
    attached: int = 0
    created: int = 0
    windows: tuple[WindowStatus, ...] = ()

    @property
    def as_wanted(self) -> bool:
        """Whether it is up and nothing in it calls for `up`."""
        return self.live and all(window.as_wanted for window in self.windows)


def report(session: Session, launched: Collection[str]) -> SessionStatus:
    """The status of a live session; `launched` are the keys of the panes that have a launcher file."""
    windows = [_window(window, launched) for window in session.windows]
    there = {pane.key.partition(".")[0] for pane in session.panes}
    missing = [key for key in (session.tag.windows if session.tag else ()) if key not in there]
    return SessionStatus(
        name=session.name,
        layout=session.tag.layout if session.tag else "",
        live=True,
        attached=session.attached,
        created=session.created,
        windows=(*windows, *(WindowStatus(key, key, None, active=False, panes=()) for key in missing)),
    )


def _window(window: Window, launched: Collection[str]) -> WindowStatus:
    panes = tuple(_panes(window, launched))
    key = next((pane.key.partition(".")[0] for pane in window.panes if pane.key), "")
    return WindowStatus(key, window.name, window.index, window.active, panes)


def _panes(window: Window, launched: Collection[str]) -> Iterator[PaneStatus]:
    for pane in window.panes:
        yield PaneStatus(pane.id, pane.key, pane.pid, _condition(pane, launched))


def _condition(pane: Pane, launched: Collection[str]) -> Condition | None:
    if not pane.key:
        return None
    return condition(pane, launched=pane.state is not None or pane.key in launched)
