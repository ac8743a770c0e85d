"""Sessions that tmux-resurrect is bringing back: whether, and until when, one has to wait for them."""

import time

from ocprov.core import desired, observed
from ocprov.core.match import unsettled
from ocprov.tmux import restoring, waiting
from ocprov.tmux.apply import Manner
from ocprov.tmux.client import Server
from ocprov.tmux.observe import Sessions, find_declared, observe

# Seconds: how old a session that came back may be while its shells still start, and how long they get for what was
# typed into them; longer for those that run something first.
_LATELY = 60
_CHANCE = 3.0
_CHANCE_OF_BUSY = 10.0
_EVERY = 0.1


class NotYetError(Exception):
    """A restore is under way, or just over: what is there now is not yet what there will be."""


def restores(server: Server, sessions: Sessions | None) -> bool:
    """Whether a restore is under way; looked for only where tmux-resurrect is loaded, or about to be."""
    may = sessions == () or any(session.restores for session in sessions or ())
    return may and restoring.under_way(server)


def returns(
    server: Server, sessions: Sessions | None, wanted: desired.Session, live: observed.Session | None
) -> bool:
    """Whether a restore is under way, or the session came back so lately that its shells may still start."""
    if live is not None and unsettled(wanted, live) and time.time() - live.created < _LATELY:
        return True
    return restores(server, sessions)


def wait(server: Server, wanted: desired.Session, manner: Manner) -> None:
    """Wait for the restore, without any lock: it may itself wait for an ocprov."""
    restoring.wait(server, manner.tell)
    settle(server, wanted)


def settle(server: Server, wanted: desired.Session, *, restored: bool = False) -> None:
    """Give what a restore typed its chance: until every command runs, or for a few seconds."""
    start = time.monotonic()
    while True:
        live = find_declared(observe(server, restored=restored), wanted.name)
        words = unsettled(wanted, live, restored=restored) if live is not None else ()
        if not words or time.monotonic() - start >= (_CHANCE_OF_BUSY if "busy" in words else _CHANCE):
            return
        time.sleep(_EVERY)


def over(server: Server) -> None:
    """The wait is over: end the session that kept the server alive for it, if there is one."""
    waiting.end(server, observe(server))
