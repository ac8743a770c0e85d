"""Make live what is declared: observe, plan and apply under the session's lock, and look at the outcome."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from ocprov.core import batch, build, desired, observed
from ocprov.core.build import Command
from ocprov.core.change import CreateWindow
from ocprov.core.describe import describe
from ocprov.core.names import printable
from ocprov.core.plan import Plan, Wish, plan
from ocprov.errors import ConflictError, OcprovError, TmuxError
from ocprov.lock import held
from ocprov.state import private_dir, state_dir
from ocprov.tmux import before_script
from ocprov.tmux.client import Answer, Server, require_version, run
from ocprov.tmux.files import Files, files
from ocprov.tmux.observe import Sessions, find, observe, read

_TRIES = 4
_CONF_KILLS = {
    "exit-unattached": "the tmux.conf has exit-unattached on, which ends a server that nobody is attached to",
    "window-size": "a tmux.conf with `set -g window-size manual` ends tmux 3.3 at a detached session",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """How to go about it: seconds to wait for the lock, whom to tell, the size of a detached session.

    `show` gets every tmux command that changes something.
    """

    wait: float
    tell: Callable[[str], None]
    show: Callable[[str], None] = lambda _: None
    width: int = 200
    height: int = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done (`done`) and what is left to say (`left`), each a plan; `live` is the session as it is now."""

    done: Plan
    left: Plan
    live: observed.Session


@contextmanager
def locked(server: Server, session: str, terms: Terms) -> Iterator[Files]:
    """Hold a session's lock; BusyError when another ocprov keeps it for longer than the wait."""
    own = files(server, session)
    private_dir(own.lock.parent)
    with held(
        own.lock, wait=terms.wait, blocked=lambda: terms.tell(f"waiting for another ocprov at {session}")
    ):
        yield own


def difference(server: Server, session: desired.Session, wish: Wish) -> Plan:
    """The plan as of now, without the lock; ConflictError when a session of that name is not ours."""
    written = files(server, session.name).declared(session.panes)
    return _plan(session, observe(server), written, wish)


def up(server: Server, session: desired.Session, wish: Wish, terms: Terms) -> Outcome:
    """Make the session as declared; a second run changes nothing.

    ConflictError when a session of that name is not ours, TmuxError when tmux would not do it.
    """
    with locked(server, session.name, terms) as own:
        sessions = observe(server)
        written = own.declared(session.panes)
        first = current = _plan(session, sessions, written, wish)
        if current.creates:
            before_script.run(session, terms.tell)
        said: list[str] = []
        while current.changes and len(said) < _TRIES and len(set(said)) == len(said):
            complaint, sessions = _apply(server, own, current, sessions, terms)
            said.append(complaint)
            written |= {pane.key: pane.digest for pane in batch.launchers(current)}
            # What fails at once when it is run again is for status to tell, not for a second try.
            current = _plan(session, sessions, written, wish).without_runs()
        complaint = said[-1] if said else ""
        live = find(sessions, session.name)
        _record(own, first, current, complaint)
        if live is None or current.changes:
            raise _not_done(current, complaint)
        return Outcome(first, current, live)


def restart(server: Server, session: desired.Session, wish: Wish, terms: Terms) -> Outcome:
    """Run commands of a live session again; OcprovError when it, or one of the windows asked for, is not there."""
    with locked(server, session.name, terms) as own:
        sessions = observe(server)
        whole = _plan(session, sessions, own.declared(session.panes), wish)
        missing = wish.only and any(isinstance(change, CreateWindow) for change in whole.changes)
        if whole.live is None or missing:
            what = session.name if whole.live is None else "a window"
            raise OcprovError(f"{what} is not there to restart", f"ocprov up {session.layout}")
        runs = whole.only_runs()
        complaint, sessions = _apply(server, own, runs, sessions, terms)
        live = find(sessions, session.name)
        _record(own, runs, runs.without_runs(), complaint)
        if live is None or complaint:
            raise _not_done(runs, complaint)
        return Outcome(runs, runs.without_runs(), live)


def _plan(
    session: desired.Session, sessions: Sessions | None, launchers: Mapping[str, str], wish: Wish
) -> Plan:
    live = find(sessions, session.name)
    if live is not None and not live.ours:
        raise ConflictError(
            f"a session called {session.name} is there and not ocprov's",
            f"rename it: tmux rename-session -t ={session.name} other-name",
        )
    return plan(session, live, launchers, wish)


def _apply(
    server: Server, own: Files, current: Plan, sessions: Sessions | None, terms: Terms
) -> tuple[str, Sessions | None]:
    """Send one batch; what tmux complained of, and the sessions after it."""
    own.write(batch.launchers(current))
    commands = batch.commands(current, build.Terms(own.launcher, terms.width, terms.height))
    if not commands:
        return "", sessions
    stale = find(sessions, build.building(current.session))
    if stale is not None:
        # What a build left that was killed half-way: the name is one that only ocprov makes, under this lock.
        commands = (("kill-session", "-t", stale.id), *commands)
    if sessions is None:
        answer = _start(server, current, commands, terms)
    else:
        answer = _send(server, current, commands, terms)
    if answer.out:
        # The reading of the outcome is the last command, so the batch went through: whatever a hook of the
        # user's made of the exit code. A hook may also have printed among the lines.
        with suppress(TmuxError):
            return answer.err, read(answer)
    return answer.err, _undo(server, current, observe(server))


def _start(server: Server, current: Plan, commands: tuple[Command, ...], terms: Terms) -> Answer:
    """Send the batch to a server that this very client starts."""
    require_version(server)
    lock = state_dir() / "lock" / server.label / "server.lock"
    with held(lock, wait=terms.wait, blocked=lambda: terms.tell("waiting for another ocprov to start tmux")):
        answer = _send(server, current, commands, terms)
        deadline = time.monotonic() + 2
        while "server exited unexpectedly" in answer.err and time.monotonic() < deadline:
            # A server that is just ending still has the socket; tmux itself gives up there.
            time.sleep(0.05)
            answer = _send(server, current, commands, terms)
        return answer


def _send(server: Server, current: Plan, commands: tuple[Command, ...], terms: Terms) -> Answer:
    # By stdin, whatever the size: arguments have a limit of 16 kB, and those of the client that starts a server
    # stay readable for all in its list of processes.
    for command in commands:
        terms.show(batch.shown(command))
    windows = len(current.session.windows)
    if windows > 40:
        terms.tell(f"building {current.session.name}: {windows} windows")
    return run(
        server,
        ["start-server", ";", "source-file", "-"],
        stdin=batch.line(commands),
        cwd=current.session.directory,
    )


def _undo(server: Server, current: Plan, sessions: Sessions | None) -> Sessions | None:
    """Take away what a failed build left; a session in place stays as it is."""
    half = find(sessions, build.building(current.session))
    if half is None:
        return sessions
    run(server, ["kill-session", "-t", half.id])
    return observe(server)


def _not_done(left: Plan, complaint: str) -> TmuxError:
    if not complaint or "server exited" in complaint or "no server running" in complaint:
        hint = f"perhaps {_CONF_KILLS['exit-unattached']}; {_CONF_KILLS['window-size']}"
        return TmuxError(
            f"tmux ended while {left.session.name} was built: {complaint or 'without a word'}", hint
        )
    return TmuxError(
        f"tmux would not make {left.session.name} as declared: {printable(complaint)}",
        f"see what it was asked: ocprov plan --commands {left.session.layout}",
    )


def _record(own: Files, first: Plan, left: Plan, complaint: str) -> None:
    lines = [f"{first.session.name}: {len(first.changes)} changes, {len(left.changes)} left"]
    lines += [f"  {' '.join(map(str, describe(change).values()))}" for change in first.changes]
    if complaint:
        lines.append(f"  tmux said: {printable(complaint)}")
    own.remember(lines)
