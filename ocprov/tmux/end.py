"""End a session of ours, and nothing else."""

from dataclasses import dataclass

from ocprov.core.names import printable
from ocprov.core.observed import SESSION_TAG
from ocprov.errors import TmuxError
from ocprov.tmux.client import Server, run
from ocprov.tmux.observe import find, observe
from ocprov.tmux.provision import Terms, locked


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that was ended; `kept` counts the panes in it that were not ours and live on."""

    name: str
    panes: int
    kept: int


def end(server: Server, name: str, terms: Terms) -> Ended:
    """End the panes of ours in a session; a session where something foreign runs stays, without our marks."""
    with locked(server, name, terms) as own:
        session = find(observe(server), name)
        if session is None or not session.ours:
            return Ended(name, 0, 0)
        mine = [pane.id for pane in session.panes if pane.key]
        kept = len(session.panes) - len(mine)
        if kept:
            arguments = ["set-option", "-u", "-t", f"{session.id}:", SESSION_TAG]
            for pane in mine:
                arguments += [";", "kill-pane", "-t", pane]
        else:
            arguments = ["kill-session", "-t", session.id]
        answer = run(server, arguments)
        left = find(observe(server), name)
        if left is not None and left.ours:
            raise TmuxError(f"cannot end {name}: {printable(answer.err)}", f"tmux kill-session -t ={name}")
        own.remember([f"down: {len(mine)} panes ended, {kept} of others kept"])
        return Ended(name, len(mine), kept)
