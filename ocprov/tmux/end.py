"""End a session of ours, and nothing else."""

from ocprov.core import attention
from ocprov.core.names import printable
from ocprov.core.observed import SESSION_TAG
from ocprov.core.quoting import line
from ocprov.core.value import dataclass
from ocprov.errors import TmuxError
from ocprov.tmux.apply import Manner
from ocprov.tmux.client import Server, run
from ocprov.tmux.observe import find, observe
from ocprov.tmux.provision import locked


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that was ended; `kept` counts the panes in it that were not ours and live on."""

    name: str
    panes: int
    kept: int


def end(server: Server, name: str, manner: Manner) -> Ended:
    """End the panes of ours in a session; a session where something foreign runs stays, without our marks.

    TmuxError when a pane of ours is still there afterwards.
    """
    there = find(observe(server), name)
    with locked(server, there.declared if there else name, manner) as own:
        session = find(observe(server), name)
        if session is None or not session.ours:
            return Ended(name, 0, 0)
        mine = [pane.id for pane in session.panes if pane.key]
        kept = len(session.panes) - len(mine)
        # A line a command: a pane that ends by itself meanwhile hinders no other. By pane, as a session that is
        # grouped with another one would leave its windows to that.
        lines = [f"kill-pane -t {pane}" for pane in mine]
        if kept:
            lines.insert(0, f"set-option -u -t '{session.id}:' {SESSION_TAG}")
        answer = run(server, ["source-file", "-"], stdin="\n".join((*lines, line(attention.COMPOSE))))
        left = {pane.id for session in observe(server) or () for pane in session.panes}
        own.forget()
        own.remember([f"down: {len(mine)} panes ended, {kept} of others kept"])
        if left & set(mine):
            raise TmuxError(f"cannot end {name}: {printable(answer.err)}", f"tmux kill-session -t '={name}'")
        return Ended(name, len(mine), kept)
