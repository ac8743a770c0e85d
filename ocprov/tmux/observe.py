"""Read what a tmux server has: one client, one answer."""

import os
from collections.abc import Mapping

from ocprov.core import observed, rows
from ocprov.core.names import PREFIXES, printable
from ocprov.core.value import replace
from ocprov.errors import TmuxError
from ocprov.tmux import here, processes
from ocprov.tmux.client import Answer, Server, refuse_old, run

Sessions = tuple[observed.Session, ...]

# How old a shell may be, in seconds, that a restore of just now can have started.
_YOUNG = 120
NO_SERVER = (
    "no server running",
    "No such file or directory",
    "Connection refused",
    "server exited unexpectedly",
)
# What a server without any session says: one that is just ending, or with exit-empty off.
_NO_SESSION = "no current target"


def observe(server: Server, *, restored: bool = False) -> Sessions | None:
    """Every session, or None where no server runs; TmuxError when neither can be told.

    `restored` is to look into panes without any mark too, in the sessions that are ours by name: after a restore.
    """
    if not os.path.lexists(server.socket):
        return None
    answer = run(server, rows.OBSERVE)
    if answer.code != 0:
        if any(words in answer.err for words in NO_SERVER):
            return None
        if _NO_SESSION in answer.err:
            return ()
        raise TmuxError(f"cannot read tmux: {printable(answer.err)}", f"look at it: ls -l {server.socket}")
    return read(answer, restored=restored)


def read(answer: Answer, *, restored: bool = False) -> Sessions:
    """The sessions in an answer to `rows.OBSERVE`, with what became of the launchers in them."""
    try:
        sessions = rows.parse(answer.out.split("\n"))
    except ValueError as error:
        raise TmuxError(
            f"tmux answered with a line that makes no sense: {printable(str(error))[:120]}",
            "please report it, with the output of tmux -V",
        ) from error
    if sessions:
        refuse_old(sessions[0].version)
    return with_launchers(sessions, restored=restored)


def find(sessions: Sessions | None, name: str) -> observed.Session | None:
    """The session of exactly that name."""
    return next((session for session in sessions or () if session.name == name), None)


def find_declared(sessions: Sessions | None, name: str) -> observed.Session | None:
    """The session of that name, or the one of ours that was declared with it and renamed by somebody."""
    renamed = (there for there in sessions or () if there.declared == name)
    return find(sessions, name) or next(renamed, None)


def with_launchers(sessions: Sessions, *, restored: bool) -> Sessions:
    """The sessions with each pane's `launcher` filled in; asks for the table of processes only when one is gone."""
    gone = [pane for session in sessions for pane in session.panes if _gone(session, pane)]
    bare = [pane for session in sessions for pane in session.panes if restored and _bare(session, pane)]
    if not gone and not bare:
        return sessions
    at_rest = processes.at_rest()
    became: dict[str, observed.Launcher] = {
        pane.id: "idle" if _idle(pane, at_rest.get(pane.pid)) else "busy" for pane in gone
    }
    for pane in bare:
        rest = at_rest.get(pane.pid)
        if rest is not None and rest.age < _YOUNG:
            became[pane.id] = "idle"
    return tuple(
        replace(session, windows=tuple(_window(window, became) for window in session.windows))
        for session in sessions
    )


def _idle(pane: observed.Pane, rest: processes.Rest | None) -> bool:
    """Whether nothing runs in a pane; in a shell that followed a launcher no child is the prompt's own helper."""
    return rest is not None and (rest.alone or not pane.started)


def _gone(session: observed.Session, pane: observed.Pane) -> bool:
    if pane.state is not None:
        return not here.alive(pane.state.pid)
    # A shell that ocprov did not start: it came back from a save, and what should have told its state may not run.
    untagged = session.tag is None and session.declared.startswith(PREFIXES)
    return not pane.started and (bool(pane.key) or untagged)


def _bare(session: observed.Session, pane: observed.Pane) -> bool:
    """A pane without any mark in a session that lives: somebody's, or one that a restore has just made."""
    return session.tag is not None and not pane.key and not pane.started


def _window(window: observed.Window, became: Mapping[str, observed.Launcher]) -> observed.Window:
    return replace(
        window,
        panes=tuple(replace(pane, launcher=became.get(pane.id, pane.launcher)) for pane in window.panes),
    )
