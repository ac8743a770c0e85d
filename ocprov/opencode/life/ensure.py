"""The one server of a directory: found, or started."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.lock import held
from ocprov.opencode import password, record
from ocprov.opencode.life import adopt, options, prepare, proof, rotation, starter
from ocprov.opencode.places import Places
from ocprov.opencode.record import Record
from ocprov.opencode.spec import ServerSpec

if TYPE_CHECKING:
    from subprocess import Popen

_NAP = 0.05
_SAY_AFTER = 2.0
_PATIENCE = 2.0
# A stranger on its port makes it start up to three times; the supervisor takes its time besides.
_TRIES, _BESIDES = 3, 30.0


def ensure(
    spec: ServerSpec, *, tell: Callable[[str], None], wait: float = 60, tmux: Sequence[str] = ()
) -> Record:
    """The record of the ready server of a directory, which is started where it does not run.

    ConflictError where something is in the way (an OpenCode started by hand, a server of the same worktree, another
    machine, or it runs with other options), BusyError after `wait` seconds for another ocprov, OcprovError where it
    does not start. `tmux` are the options of a tmux client that name the server to show what waits, else the default.
    """
    place = prepare.place_of(spec)
    running = _running(place, spec)
    if running:
        return running
    if not adopt.supervised(place):
        prepare.check(spec)
    with held(place.make().start_lock, wait=wait, blocked=lambda: tell("waiting for another ocprov")):
        if not adopt.supervised(place):
            before = prepare.chosen(place)
            known = prepare.prepared(spec, tell)
            try:
                return _started(known, starter.start(known, tmux), tell)
            except OcprovError:
                if adopt.supervised(place):  # by one that a killed ocprov had started a moment before
                    return _awaited(place, spec)
                prepare.take_back(place, before)
                raise
        return _awaited(place, spec)


def _running(place: Places, spec: ServerSpec) -> Record | None:
    """The record where it is ready and answers."""
    known = prepare.known_here(place)
    if known is None or not (adopt.runs(known) and adopt.supervised(place)):
        return None
    options.refuse_other(spec, known)
    answers = known.state == "ready" and proof.answers(known, password.read(place), _PATIENCE)
    return known if answers else None


def _awaited(place: Places, spec: ServerSpec) -> Record:
    """Wait for what another process starts, or starts again."""
    deadline = time.monotonic() + spec.startup_timeout
    while adopt.supervised(place):
        known = _running(place, spec)
        if known:
            return known
        if time.monotonic() > deadline:
            raise _unready(record.read(place))
        time.sleep(_NAP)
    raise _failure(place, "its supervisor ended")


def _started(known: Record, child: "Popen[bytes]", tell: Callable[[str], None]) -> Record:
    """Wait until the supervisor `child` has made it ready."""
    threading.Thread(target=child.wait, daemon=True).start()  # so that it leaves no zombie here
    began, said = time.monotonic(), False
    place, patience = known.places, known.options.startup_timeout * _TRIES + _BESIDES
    while child.returncode is None and time.monotonic() - began < patience:
        now = record.read(place)
        if now and now.state == "ready":  # `known` was not, so it is the supervisor's word
            return now
        if not said and time.monotonic() - began > _SAY_AFTER:
            said = True
            tell(f"starting OpenCode {known.version} in {printable(known.directory)}")
        time.sleep(_NAP)
    if child.returncode is None:
        child.terminate()
        raise _failure(place, "its supervisor is stuck, and was told to end")
    raise _failure(place, "its supervisor ended")


def _unready(known: Record | None) -> OcprovError:
    state = f"is {known.state}" if known and known.state != "ready" else "runs, and does not answer"
    reason = f": {known.reason}" if known and known.reason else ""
    name = known.name if known else ""
    return OcprovError(
        f"the server {name} {state}{reason}",
        f"it is started again when it hangs for a minute; or: ocprov server stop --force {name}",
    )


def _failure(place: Places, otherwise: str) -> OcprovError:
    known = record.read(place)
    if known and known.state == "failed" and known.reason:
        return OcprovError(known.reason, f"the whole log: ocprov server logs {place.name}")
    if known and not adopt.supervised(place):
        record.write(known)  # as it is: a disk that is full is why nothing was told
    said = rotation.end(place.supervisor_log)
    return OcprovError(
        f"the server {place.name} did not start: {otherwise}{f'; it said: {said}' if said else ''}",
        f"its log: {place.supervisor_log}",
    )
