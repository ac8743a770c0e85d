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
    answer = run(server, ["switch-client", "-t", f"={session.name}:"])
    if answer.code:
        raise TmuxError(f"cannot switch: {printable(answer.err)}", f"try: {how(server, session.name)}")


def _become(server: Server, session: Session) -> NoReturn:
    if not here.at_terminal():
        raise TmuxError("there is no terminal to attach", f"in a terminal: {how(server, session.name)}")
    here.attach(server.flags, session.name)
