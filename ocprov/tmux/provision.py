"""Make live what is declared: observe, plan and apply under the session's lock, and look at the outcome."""

from collections.abc import Iterator
from contextlib import contextmanager

from ocprov.core import batch, desired, observed
from ocprov.core.change import CreateWindow, RunAgain
from ocprov.core.describe import describe
from ocprov.core.kept import Kept
from ocprov.core.match import came_back
from ocprov.core.names import printable
from ocprov.core.plan import Plan, Wish, plan
from ocprov.core.value import dataclass
from ocprov.errors import ConflictError, OcprovError, TmuxError
from ocprov.lock import held
from ocprov.state import private_dir
from ocprov.tmux import before_script, returning, waiting
from ocprov.tmux.apply import Manner, apply, let_start, start
from ocprov.tmux.client import Server, version
from ocprov.tmux.files import Files, files
from ocprov.tmux.observe import Sessions, find_declared, observe
from ocprov.tmux.ready import require_layouts
from ocprov.tmux.returning import NotYetError

_TRIES = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done (`done`) and what is left to say (`left`), each a plan; `live` is the session as it is now."""

    done: Plan
    left: Plan
    live: observed.Session


@dataclass(frozen=True, slots=True)
class _Job:
    """What is to be made live, where, how far and how; `patient` is to leave it, NotYetError, to a restore.

    `built` is whether it was built just now, and what differs counts as part of that.
    """

    server: Server
    own: Files
    wanted: Kept
    wish: Wish
    manner: Manner
    patient: bool = False
    built: bool = False

    def plan(self, sessions: Sessions | None) -> Plan:
        """The plan as of now; OcprovError where this tmux must not be asked for it."""
        known = sessions[0].version if sessions else ""
        require_layouts(self.wanted.session, lambda: known or version(self.server))
        return _plan(self.own, self.wanted.session, sessions, self.wish)


@contextmanager
def locked(server: Server, session: str, manner: Manner) -> Iterator[Files]:
    """Hold a session's lock; BusyError when another ocprov keeps it for longer than the wait."""
    own = files(server, session)
    private_dir(own.lock.parent)
    with held(
        own.lock, wait=manner.wait, blocked=lambda: manner.tell(f"waiting for another ocprov at {session}")
    ):
        own.remember(())  # a log that cannot be written is a refusal, and so comes before anything is touched
        yield own


def difference(server: Server, session: desired.Session, wish: Wish) -> Plan:
    """The plan as of now, without the lock; ConflictError when a session of that name is not ours."""
    return _plan(files(server, session.name), session, observe(server), wish)


def require_no_conflict(server: Server, session: desired.Session, manner: Manner) -> None:
    """ConflictError when `up` would find what is not ours in its way, and no restore is still bringing it back."""
    let_start(server, manner)
    sessions = observe(server)
    try:
        _plan(files(server, session.name), session, sessions, Wish())
    except ConflictError:
        if not returning.restores(server, sessions):
            raise


def up(server: Server, wanted: Kept, wish: Wish, manner: Manner, *, built: bool = False) -> Outcome:
    """Make the session as declared; a second run changes nothing. `built` is whether a batch has just built it.

    A restore that is under way is waited for, and what came back is taken over.
    ConflictError when a session of that name is not ours, TmuxError when tmux would not do it.
    """
    let_start(server, manner)
    try:
        with locked(server, wanted.session.name, manner) as own:
            return _up(_Job(server, own, wanted, wish, manner, patient=True, built=built))
    except NotYetError:
        try:
            returning.wait(server, wanted.session, manner)
            with locked(server, wanted.session.name, manner) as own:
                return _up(_Job(server, own, wanted, wish, manner))
        finally:
            returning.over(server)


def reconcile(server: Server, wanted: Kept, manner: Manner) -> Outcome | None:
    """After a restore: take over what came back, and bring back what did not; None where there is no such session.

    What failed stays at its prompt. TmuxError when tmux would not do it.
    """
    returning.settle(server, wanted.session, restored=True)
    wish = Wish(only=wanted.windows, restored=True)
    with locked(server, wanted.session.name, manner) as own:
        job = _Job(server, own, wanted, wish, manner)
        sessions = observe(server, restored=True)
        first = job.plan(sessions)
        return None if first.live is None else _make(job, first, sessions)


def _up(job: _Job) -> Outcome:
    sessions = observe(job.server)
    if job.patient and waiting.session(sessions):
        raise NotYetError
    try:
        first = job.plan(sessions)
    except ConflictError as conflict:
        if job.patient and returning.restores(job.server, sessions):
            raise NotYetError from conflict  # half of it is there, without the names of its windows
        raise
    session = first.session
    if job.patient and first.changes and returning.returns(job.server, sessions, session, first.live):
        raise NotYetError
    if first.creates and session.before_script:
        if job.patient and sessions is None and waiting.session(start(job.server, first, job.manner)):
            raise NotYetError
        before_script.run(session, job.manner.tell)
    return _make(job, first, sessions)


def _make(job: _Job, first: Plan, sessions: Sessions | None) -> Outcome:
    """Carry a plan out, and look again, until nothing is left to do or tmux says the same once more."""
    current, name = first, first.session.name
    said: list[str] = []
    while current.changes and len(said) < _TRIES and len(set(said)) == len(said):
        job.own.write(batch.launchers(current), job.wanted.path)
        complaint, sessions = apply(job.server, job.own, current, sessions, job.manner)
        said.append(complaint)
        if job.patient and waiting.session(sessions):
            raise NotYetError
        # What fails at once when it is run again is for status to tell, not for a second try.
        current = job.plan(sessions).without_runs()
    complaint = said[-1] if said else ""
    live = find_declared(sessions, name)
    done = first if not job.built else plan(first.session, None, {}, job.wish)
    if done.changes or job.wish.restored:  # nobody sees what a hook prints
        job.own.remember(record(done, current, complaint))
    if live is not None and live.exit_unattached and not live.attached:
        # The server ends as soon as our client has gone: look once more.
        live = find_declared(observe(job.server), name)
    if live is None or current.changes:
        raise _not_done(current, complaint, live)
    job.own.keep(job.wanted)
    return Outcome(done, current, live)


def restart(server: Server, wanted: Kept, wish: Wish, manner: Manner) -> Outcome:
    """Run commands of a live session again; OcprovError when it, or one of the windows asked for, is not there."""
    with locked(server, wanted.session.name, manner) as own:
        job = _Job(server, own, wanted, wish, manner)
        sessions = observe(server)
        whole = job.plan(sessions)
        missing = wish.only and any(isinstance(change, CreateWindow) for change in whole.changes)
        if whole.live is None or missing:
            what = wanted.session.name if whole.live is None else "a window"
            raise OcprovError(f"{what} is not there to restart", f"ocprov up {wanted.session.layout}")
        runs = whole.only_runs()
        own.write(batch.launchers(runs), wanted.path)
        complaint, sessions = apply(server, own, runs, sessions, manner)
        live = find_declared(sessions, wanted.session.name)
        own.remember(record(runs, runs.without_runs(), complaint))
        if live is None or not _ran(runs, whole.live, live):
            raise _not_done(runs, complaint, live)
        return Outcome(runs, runs.without_runs(), live)


def _ran(runs: Plan, before: observed.Session, now: observed.Session) -> bool:
    """Whether every pane that was to run again has another process than before."""
    was = {pane.id: pane.pid for pane in before.panes}
    there = {pane.id: pane.pid for pane in now.panes}
    return all(
        there.get(run.pane_id, was[run.pane_id]) != was[run.pane_id]
        for run in runs.changes
        if isinstance(run, RunAgain)
    )


def _plan(own: Files, session: desired.Session, sessions: Sessions | None, wish: Wish) -> Plan:
    live = find_declared(sessions, session.name)
    if live is not None and not live.ours and not (came_back(session, live) and own.kept()):
        raise ConflictError(
            f"a session called {session.name} is there and not ocprov's",
            f"rename it: tmux rename-session -t '={session.name}' other-name",
        )
    if live is not None and live.tag is not None and live.tag.layout != session.layout:
        raise ConflictError(
            f"{live.name} is the session of the layout {live.tag.layout}",
            f"end it: ocprov down {live.tag.layout}; or give one of the two another session_name",
        )
    return plan(session, live, own.declared(session.panes), wish)


def _not_done(left: Plan, complaint: str, live: observed.Session | None) -> TmuxError:
    name = left.session.name
    if live is None and (not complaint or "server" in complaint):
        # Both end tmux at a session that nobody is attached to; the second is a fault of tmux 3.3.
        hint = "look for either in your tmux.conf: exit-unattached on, window-size manual"
        return TmuxError(
            f"tmux ended while {name} was built: {printable(complaint) or 'without a word'}", hint
        )
    undone = "; ".join(" ".join(map(str, describe(change).values())) for change in left.changes)
    return TmuxError(
        f"tmux would not make {name} as declared: {printable(complaint or undone)}",
        f"see what it is asked: ocprov plan --commands {left.session.layout}; a hook in your tmux.conf may interfere",
    )


def record(first: Plan, left: Plan, complaint: str = "") -> list[str]:
    """The lines for the log about a plan that was carried out."""
    lines = [f"{first.session.name}: {len(first.changes)} changes, {len(left.changes)} left"]
    lines += [f"  {' '.join(map(str, describe(change).values()))}" for change in first.changes]
    return [*lines, f"  tmux said: {printable(complaint)}"] if complaint else lines
