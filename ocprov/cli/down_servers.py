"""The OpenCode servers of sessions that are about to be ended: which they are, whether they are busy, and their end."""

from collections.abc import Iterator, Sequence
from os.path import realpath
from typing import TYPE_CHECKING

from ocprov.cli.waiting import told
from ocprov.core.names import PREFIXES, printable
from ocprov.core.observed import Session
from ocprov.errors import OcprovError
from ocprov.tmux.client import Server
from ocprov.tmux.files import files

if TYPE_CHECKING:
    from ocprov.cli.app import App
    from ocprov.opencode.record import Record

_DEVELOPMENT = PREFIXES[1]
_RUN = "ocprov server run"


def of(server: Server, sessions: Sequence[Session]) -> "tuple[Record, ...]":
    """The servers that the sessions run, or that run for them: those of the directories of their server windows."""
    kept = [files(server, one.declared).kept() for one in sessions if one.declared.startswith(_DEVELOPMENT)]
    panes = [pane for one in kept if one for pane in one.session.panes]
    directories = {realpath(pane.directory) for pane in panes if any(_RUN in line for line in pane.commands)}
    if not directories:
        return ()
    from ocprov.opencode import process, record

    every = (one for one in record.every() if isinstance(one, record.Record) and one.directory in directories)
    return tuple(one for one in every if process.runs(one.supervisor) or process.runs(one.server))


def busy(servers: "Sequence[Record]") -> tuple[str, ...]:
    """Why a server is not to be ended unasked, in words: it is busy, or does not tell."""
    return tuple(_busy(servers))


def stop(app: "App", servers: "Sequence[Record]", wait: float, *, force: bool) -> list[dict[str, object]]:
    """End these servers, as JSON tells them; ConflictError without `force` where one is busy by now."""
    try:
        return [_stopped(app, one, wait, force=force) for one in servers]
    finally:
        if servers:
            told(app)()


def _busy(servers: "Sequence[Record]") -> Iterator[str]:
    from ocprov.opencode import process  # late, as below: few sessions have a server
    from ocprov.opencode.life import busy  # late, as below: few sessions have a server

    for one in servers:
        if process.runs(one.server):
            try:
                busy.refuse(one)
            except OcprovError as error:
                yield error.message


def _stopped(app: "App", one: "Record", wait: float, *, force: bool) -> dict[str, object]:
    from ocprov.opencode.life.stop import stop

    def blocked() -> None:
        app.tell(f"waiting for another ocprov with server {one.name}")

    app.tell(f"stopping server {one.name} of {printable(one.directory)}")
    done = stop(one.places, force=force, wait=wait, blocked=blocked)
    return {"name": done.name, "directory": done.directory, "pid": done.pid}
