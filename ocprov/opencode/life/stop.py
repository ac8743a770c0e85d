"""Ending the server of a directory, and its supervisor."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ocprov.core.names import printable
from ocprov.errors import ConflictError, OcprovError
from ocprov.lock import held
from ocprov.opencode import process, record
from ocprov.opencode.life import adopt, found, prepare, removal
from ocprov.opencode.places import Places
from ocprov.opencode.record import Process, Record

_SERVER = 5.0


@dataclass(frozen=True, slots=True)
class Stopped:
    """What was ended: the server's process, 0 where none ran.

    `removed` when its state directory is gone too; `own` when conversations of an isolated one were in it.
    """

    name: str
    directory: str = ""
    pid: int = 0
    removed: bool = False
    own: bool = False


def stop(
    place: Places,
    *,
    force: bool = False,
    delete: bool = False,
    patience: float = 10,
    wait: float = 60,
    blocked: Callable[[], None] = lambda: None,
) -> Stopped:
    """End a server and who supervises it; `delete`: remove its state directory then.

    ConflictError, without `force`, where a conversation is busy or that cannot be told. `patience` in seconds is for
    the supervisor to end; BusyError after `wait` seconds for another ocprov.
    """
    if not place.root.is_dir():
        return Stopped(place.name)
    with held(place.start_lock, wait=wait, blocked=blocked):
        known = _known(place, force=force)
        server = _server(place, known)
        if not force and process.runs(server):
            _refuse_busy(place, known)
        _end(place, known, patience)
        shown = known or Record("")
        removed = delete or shown.options.delete_on_exit
        own = place.xdg.is_dir()  # also where its record is lost, or it was isolated before
        if removed:
            removal.remove(place)
        else:
            _written(place, known, server)
    return Stopped(place.name, shown.directory, server.pid, removed, own)


def _known(place: Places, *, force: bool) -> Record | None:
    """Its record; None where there is none, or with `force` where it cannot be read."""
    try:
        known = record.read(place)
    except OcprovError as error:
        if force:
            return None
        raise ConflictError(
            f"{error.message}; so it cannot be asked whether it is busy",
            f"ocprov server stop --force {printable(place.name)}",
        ) from error
    if known and not (force and not adopt.supervised(place)):
        prepare.refuse_elsewhere(known)
    return known


def _server(place: Places, known: Record | None) -> Process:
    """Its process, also one that was not written; none is a process that does not run."""
    if known and process.runs(known.server):
        return known.server
    server, _ = found.ours(place) or (Process(), 0)
    return server


def _refuse_busy(place: Places, known: Record | None) -> None:
    from ocprov.opencode.life import busy  # late: it needs what asks servers

    running = adopt.orphan(known) if known else None
    if running:
        busy.refuse(running)
    else:
        raise ConflictError(
            f"server {printable(place.name)} has no record: it cannot be asked whether it is busy",
            f"ocprov server stop --force {printable(place.name)}",
        )


def _end(place: Places, known: Record | None, patience: float) -> None:
    """The supervisor first, as it would start the server again; it ends its server itself."""
    if adopt.supervised(place):
        process.end(_supervisor(place, known), patience)
    # Looked for again: the supervisor may have started one meanwhile, or was killed before it had ended its own.
    process.end(_server(place, record.read(place) if known else None), _SERVER, group=True)


def _supervisor(place: Places, known: Record | None) -> Process:
    """Who holds the lock, proved by the record, or else by what runs under the id in the lock file."""
    if known and process.runs(known.supervisor):
        return known.supervisor
    holder = process.of(_holder(place.lock))
    if process.runs(holder) and "server run" in found.command(holder.pid):
        return holder
    raise ConflictError(
        f"somebody holds the lock of server {printable(place.name)}, and it cannot be told who",
        f"see who: fuser {place.lock}",
    )


def _holder(lock: Path) -> int:
    text = lock.read_text(errors="replace").strip()
    return int(text) if text.isdecimal() else 0


def _written(place: Places, known: Record | None, server: Process) -> None:
    """Write that it is stopped; a record that cannot be read is put aside."""
    if known is None:
        if place.record.exists():
            place.record.replace(place.record.with_suffix(".damaged"))
        return
    now = record.read(place)
    if now and (server.pid or now.state != "stopped"):
        try:
            record.write(replace(adopt.ended(now), state="stopped", reason="", since=time.time()))
        except OcprovError as error:
            raise OcprovError(
                f"server {now.name} is stopped, and its record does not say so: {error.message}", error.hint
            ) from error
