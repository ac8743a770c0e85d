"""Bring a person to a session."""

import os
import shlex
from typing import NoReturn

from ocprov.core.names import printable
from ocprov.core.observed import Session
from ocprov.errors import TmuxError
from ocprov.tmux import here
from ocprov.tmux.client import Server, run


def how(server: Server, session: str) -> str:
    """The line that attaches to a session."""
    flags = () if server.flags == ("-L", "default") else server.flags
    return shlex.join(("tmux", *flags, "attach", "-t", session))


def attach(server: Server, session: Session) -> None:
    """Switch this tmux's client to the session, or become a client that is attached to it."""
    if not here.inside():
        _become(server, session)
    if os.path.realpath(here.inside()) != os.path.realpath(server.socket):
        raise TmuxError(
            f"{session.name} is on another tmux server than this terminal",
            f"detach first, then: {how(server, session.name)}",
        )
    answer = run(server, ["switch-client", *_client(server), "-t", f"{_target(session)}:"])
    if answer.code:
        raise TmuxError(f"cannot switch: {printable(answer.err)}", f"try: {how(server, session.name)}")


def _target(session: Session) -> str:
    """Exactly this session; tmux takes a name that begins with `$` for an id, with `=` before it too."""
    return session.id if session.name.startswith("$") else f"={session.name}"


def _client(server: Server) -> tuple[str, ...]:
    """Which client shows our popup, as that has no pane to tell it by: of its session's the one used last."""
    session = os.environ["TMUX"].rsplit(",", 1)[-1]
    if os.environ.get("TMUX_PANE") or not session.isdigit():
        return ()
    answer = run(server, ["list-clients", "-t", f"${session}", "-F", "#{client_activity} #{client_name}"])
    clients = [line.split(" ", 1) for line in answer.out.splitlines() if answer.code == 0]
    return ("-c", max(clients, key=lambda client: int(client[0]))[1]) if clients else ()


def _become(server: Server, session: Session) -> NoReturn:
    if not here.at_terminal():
        raise TmuxError("there is no terminal to attach", f"in a terminal: {how(server, session.name)}")
    here.attach(server.flags, _target(session))
