"""Send the batch of a plan, and look at what came of it."""

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from ocprov.core import batch, build
from ocprov.core.build import Command
from ocprov.core.plan import Plan
from ocprov.core.value import dataclass
from ocprov.errors import TmuxError
from ocprov.lock import busy, held
from ocprov.state import state_dir
from ocprov.tmux import restoring, waiting
from ocprov.tmux.client import PATIENCE, Answer, Server, refuse_old, run, version
from ocprov.tmux.files import Files
from ocprov.tmux.here import inside
from ocprov.tmux.observe import Sessions, find, observe, read


@dataclass(frozen=True, slots=True)
class Manner:
    """How to go about it: seconds to wait for a lock, whom to tell, the size of a detached session.

    `show` gets every tmux command that changes something.
    """

    wait: float
    tell: Callable[[str], None]
    show: Callable[[str], None] = lambda _: None
    width: int = 200
    height: int = 50


def apply(
    server: Server, own: Files, plan: Plan, sessions: Sessions | None, manner: Manner
) -> tuple[str, Sessions | None]:
    """Send the batch, its launchers are written; what tmux complained of, and the sessions after it.

    A server that this starts and that is about to restore sessions gets another one instead, see `waiting`.
    A session that could not be made whole is taken away again. TmuxError when tmux did not answer.
    """
    commands = batch.commands(plan, build.Terms(own.launcher, manner.width, manner.height))
    if not commands:
        return "", sessions
    stale = find(sessions, build.building(plan.session))
    if stale is not None:
        # What a build left that was killed half-way: the name is one that only ocprov makes, under this lock.
        commands = (("kill-session", "-t", stale.id), *commands)
    try:
        answer = (_start if sessions is None else _send)(server, plan, commands, manner)
    except BaseException:  # also of Ctrl-C: no half of a session stays
        _undo(server, plan)
        raise
    if answer.out:
        # The reading of the outcome is the last command, so the batch went through: whatever a hook of the
        # user's made of the exit code. A hook may also have printed among the lines.
        with suppress(TmuxError):
            return answer.err, read(answer)
    _undo(server, plan)
    return answer.err, observe(server)


def start(server: Server, plan: Plan, manner: Manner) -> Sessions | None:
    """Start a server that is about to restore sessions, see `waiting`; any other ends again at once."""
    answer = _start(server, plan, (), manner)
    return read(answer) if answer.out else observe(server)


def let_start(server: Server, manner: Manner) -> None:
    """Let another ocprov start this server, and its restore begin: a client of ours now would make it be skipped.

    Called by that server's own tmux.conf there is nothing to wait for, and everybody waits for us.
    """
    if os.path.realpath(inside()) != os.path.realpath(server.socket) and busy(server_lock(server)):
        with _starting(server, manner):
            pass
        restoring.wait(server, manner.tell)


def _starting(server: Server, manner: Manner) -> AbstractContextManager[None]:
    return held(
        server_lock(server),
        wait=manner.wait,
        blocked=lambda: manner.tell("waiting for another ocprov to start tmux"),
    )


def server_lock(server: Server) -> Path:
    """What is held while a server starts."""
    return state_dir() / "lock" / server.label / "server.lock"


def _start(server: Server, plan: Plan, commands: tuple[Command, ...], manner: Manner) -> Answer:
    """Send the batch to a server that this very client starts."""
    with _starting(server, manner):
        answer = _send(server, plan, commands, manner, starts=True)
        deadline = time.monotonic() + 2
        while "server exited unexpectedly" in answer.err and time.monotonic() < deadline:
            # A server that is just ending still has the socket; tmux itself gives up there.
            time.sleep(0.05)
            answer = _send(server, plan, commands, manner, starts=True)
        if not answer.out:
            refuse_old(version(server))  # the batch does nothing where tmux is too old
        return answer


def _send(
    server: Server, plan: Plan, commands: tuple[Command, ...], manner: Manner, *, starts: bool = False
) -> Answer:
    # By stdin, whatever the size: arguments have a limit of 16 kB, and those of the client that starts a server
    # stay readable for all in its list of processes.
    for command in commands:
        manner.show(batch.shown(command))
    pauses = sum(
        typed.sleep_before + typed.sleep_after for pane in plan.session.panes for typed in pane.typed
    )
    return run(
        server,
        [*(("start-server", ";") if starts else ()), "source-file", "-"],
        stdin=waiting.instead(batch.line(commands)) if starts else batch.line(commands),
        cwd=plan.session.directory,
        # Where a tmux.conf loads tmux-continuum with run-shell, and not -b, its restore comes before our commands.
        patience=PATIENCE + pauses + (restoring.CAP if starts else 0),
        slow=lambda: manner.tell(f"working on {plan.session.name}"),
        starts=starts,
    )


def _undo(server: Server, plan: Plan) -> None:
    """Take away what a failed build left; a session in place stays as it is."""
    half = find(observe(server), build.building(plan.session))
    if half is not None:
        run(server, ["kill-session", "-t", half.id])
