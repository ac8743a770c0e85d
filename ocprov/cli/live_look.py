"""One look of the live view: one tmux client, the locks, and once for each pause before a restart the processes."""

import re
import time
from collections.abc import Iterator
from contextlib import suppress

from ocprov.cli.live_frame import Frame
from ocprov.cli.status import statuses
from ocprov.core.condition import Condition
from ocprov.core.status import PaneStatus, SessionStatus
from ocprov.errors import OcprovError, TmuxError
from ocprov.lock import busy
from ocprov.state import state_dir
from ocprov.tmux import processes
from ocprov.tmux.client import Server

_SLEEP = re.compile(r"(?:\S*/)?sleep (\d+)")
_NO_SESSION = "server.lock"


class Looker:
    """Looks at the same layouts again and again, and remembers what cannot change."""

    def __init__(self, server: Server, layouts: tuple[str, ...]) -> None:
        self._server = server
        self._layouts = layouts
        self._last: tuple[SessionStatus, ...] = ()
        self._pauses: dict[tuple[str, int | None], int] = {}

    def look(self) -> Frame:
        """What there is now; where that cannot be told, what there was, and why."""
        try:
            found = tuple(statuses(self._server, self._layouts))
            return self.frame(found)
        except OcprovError as error:
            return Frame(self._last, time.time(), error=f"{error.message}; {error.hint}")

    def frame(self, found: tuple[SessionStatus, ...]) -> Frame:
        """A frame of what was found, with the sessions that are only being built."""
        at_work = frozenset(_at_work(self._server))
        new = at_work - {session.name for session in found}
        if not self._layouts:
            found = (*found, *(SessionStatus(name, "", live=False) for name in sorted(new)))
        self._last = found
        return Frame(found, time.time(), at_work, self._waits(found))

    def _waits(self, found: tuple[SessionStatus, ...]) -> dict[str, int]:
        waiting = {(pane.id, condition.since): pane for pane, condition in _waiting(found)}
        known = {key: self._pauses[key] for key in waiting if key in self._pauses}
        new = [pane for key, pane in waiting.items() if key not in known]
        pauses = {}
        with suppress(TmuxError):  # without ps there is no bar, and nothing else is lost
            pauses = _pauses(new) if new else {}
        self._pauses = known | {key: pauses[pane.id] for key, pane in waiting.items() if pane.id in pauses}
        return {pane: seconds for (pane, _), seconds in self._pauses.items()}


def _waiting(found: tuple[SessionStatus, ...]) -> Iterator[tuple[PaneStatus, Condition]]:
    for session in found:
        for window in session.windows:
            for pane in window.panes:
                if pane.condition and pane.condition.word == "waiting":
                    yield pane, pane.condition


def _pauses(panes: list[PaneStatus]) -> dict[str, int]:
    """How long each launcher sleeps before it runs its command again, by pane: its child tells."""
    table = processes.table()
    found = {}
    for process in table.values():
        sleep = _SLEEP.fullmatch(process.arguments)
        launcher = table.get(process.parent) if sleep else None
        for pane in panes:
            if sleep and launcher and pane.pid in (launcher.pid, launcher.parent):
                found[pane.id] = int(sleep[1])
    return found


def _at_work(server: Server) -> Iterator[str]:
    """The sessions whose lock, or that of whose hooks, an ocprov holds."""
    folder = state_dir() / "lock" / server.label
    try:
        locks = [path for path in folder.iterdir() if path.suffix == ".lock"]
    except OSError:
        return  # none was ever made, or none can be read
    held = (path.name for path in locks if path.name != _NO_SESSION and busy(path))
    yield from (name.partition(".")[0] for name in held)  # no session's name has a dot
