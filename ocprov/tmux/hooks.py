"""A session's hooks: `on_start` once in its life, `on_attach` when ocprov brings a person there, `on_stop` before its end.

They run outside the session's lock, so that they may call ocprov themselves.
"""

import os

from ocprov.core.desired import NO_HOOKS
from ocprov.core.kept import Kept
from ocprov.core.names import printable
from ocprov.core.observed import HOOKS_TAG
from ocprov.errors import TmuxError
from ocprov.lock import held
from ocprov.tmux import client, outside
from ocprov.tmux.apply import Manner
from ocprov.tmux.client import Server
from ocprov.tmux.files import files

_STARTED = "started"
_THERE = "there"
# Tells a hook, and an ocprov that it calls, whose it is.
SESSION = "OCPROV_SESSION"
# The lines may hold a secret, and every user can read the arguments of a process, but not its environment.
_TEXT = "OCPROV_HOOK"
_SCRIPT = f'ocprov_hook=${_TEXT}; unset {_TEXT}; eval "$ocprov_hook"'
_LONGEST = 120
_SHORTER = "is it long? put it in a file of its own, and run that"


def start(server: Server, kept: Kept, manner: Manner) -> None:
    """Run `on_start` of a session that is up, unless it ran already in this life of it.

    Killed half-way, or failed, it is run again by the next `up`. OcprovError when it fails.
    """
    session = kept.session
    if session.hooks == NO_HOOKS or os.environ.get(SESSION) == session.name:
        return
    lock = files(server, session.name).lock.with_suffix(".hooks.lock")
    with held(lock, wait=manner.wait, blocked=lambda: manner.tell(f"waiting for on_start of {session.name}")):
        if _mark(server, session.name) == _STARTED:
            return
        _set_mark(server, session.name, _THERE)
        _run("on_start", session.hooks.on_start, server, kept, manner)
        _set_mark(server, session.name, _STARTED)


def attaching(server: Server, declared: str, manner: Manner) -> None:
    """Run `on_attach` of a session that a person is brought to; OcprovError when it fails."""
    kept = _known(server, declared, "on_attach", manner)
    if kept:
        _run("on_attach", kept.session.hooks.on_attach, server, kept, manner)


def stopping(server: Server, declared: str, manner: Manner) -> None:
    """Run `on_stop` of a session that is about to be ended; OcprovError when it fails."""
    kept = _known(server, declared, "on_stop", manner)
    if kept:
        _run("on_stop", kept.session.hooks.on_stop, server, kept, manner)


def _known(server: Server, declared: str, hook: str, manner: Manner) -> Kept | None:
    """What is kept of a session; where that was lost, and it had hooks, a person is told that none runs."""
    kept = files(server, declared).kept()
    if kept is None and _mark(server, declared):
        manner.tell(f"what the last up of {declared} was told is lost: an {hook} of it does not run")
    return kept


def _run(name: str, lines: tuple[str, ...], server: Server, kept: Kept, manner: Manner) -> None:
    """Run lines as one script, in the session's directory, with the PATH of its launchers."""
    session = kept.session
    if not lines or os.environ.get(SESSION) == session.name:
        return
    shown = _shown(lines)
    manner.tell(f"running {name} of {session.name}: {shown}")
    more = {
        "PATH": kept.path,
        SESSION: session.name,
        "OCPROV_LAYOUT": session.layout,
        "OCPROV_SOCKET_PATH": str(server.socket),
        _TEXT: "\n".join(lines),
    }
    command = ("/bin/sh", "-ec", _SCRIPT, name)
    outside.run(f"{name} of {session.name}", command, shown, session.directory, more=more, hint=_SHORTER)


def _shown(lines: tuple[str, ...]) -> str:
    text = printable("; ".join(lines))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _mark(server: Server, name: str) -> str:
    return client.run(server, ["show-options", "-qv", "-t", f"={name}:", HOOKS_TAG]).out.strip()


def _set_mark(server: Server, name: str, mark: str) -> None:
    answer = client.run(server, ["set-option", "-t", f"={name}:", HOOKS_TAG, mark])
    if answer.code:
        raise TmuxError(
            f"cannot note that on_start of {name} ran: {printable(answer.err)}", "ocprov status tells more"
        )
