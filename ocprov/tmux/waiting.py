"""The session that keeps a server alive while tmux-continuum restores: ours to make, and ours to end."""

from ocprov.core import batch, guard
from ocprov.core.build import Command
from ocprov.core.observed import Session
from ocprov.tmux.client import Server, run
from ocprov.tmux.observe import Sessions, find

# tmux-resurrect takes a session for one of another name that begins with it, so no likely name is a beginning of this.
NAME = "_ocprov_waits_for_a_restore"

# Longer than any wait for a restore, and short: should ocprov be killed, it ends by itself.
_SECONDS = 120
_SAYS = f"ocprov waits here until your sessions are restored; this one ends by itself within {_SECONDS} s."
_START: tuple[Command, ...] = (
    (
        *("new-session", "-d", "-s", NAME, "-n", NAME),
        *("/bin/sh", "-c", f'printf "%s\\n" "$0"; exec sleep {_SECONDS}', _SAYS),
    ),
    # Where the user has it on, the session would be gone at once.
    ("set-option", "-t", f"={NAME}:", "destroy-unattached", "off"),
)


def instead(commands: str) -> str:
    """Lines for a tmux that starts with them: `commands`, where tmux-continuum is about to restore just this session.

    For a tmux that is too old they do nothing.
    """
    # Evaluated when tmux reads these lines, which is after its tmux.conf.
    return guard.choice(
        (guard.OLD, "\n"),  # tmux takes no branch without a line
        (guard.CONTINUUM, batch.line((*_START, batch.OBSERVE))),
        otherwise=commands,
    )


def session(sessions: Sessions | None) -> Session | None:
    """The session that waits, if there is one."""
    return find(sessions, NAME)


def end(server: Server, sessions: Sessions | None) -> None:
    """End it, unless somebody looks at it."""
    there = session(sessions)
    if there is not None and not there.attached:
        run(server, ["kill-session", "-t", there.id])
