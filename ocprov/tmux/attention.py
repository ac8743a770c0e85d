"""Set one source of what the status line shows."""

import os

from ocprov.core import attention
from ocprov.core.names import printable
from ocprov.core.quoting import line
from ocprov.errors import TmuxError
from ocprov.tmux.client import Server, run
from ocprov.tmux.observe import NO_SERVER


def set_source(server: Server, option: str, text: str) -> bool:
    """Set `attention.COST` or `attention.WAITING` to a short text, empty for nothing, and compose what is shown.

    Whether that was done: a server that does not run is not started. TmuxError when one that runs refuses.
    """
    if not os.path.lexists(server.socket):
        return False
    told = ("set-option", "-g", "--", option, attention.shown(text))
    answer = run(server, ["-N", "source-file", "-"], stdin=line((told, *attention.COMPOSE)))
    if answer.code == 0:
        return True
    if any(words in answer.err for words in NO_SERVER):
        return False
    raise TmuxError(
        f"cannot set {option}: {printable(answer.err)}", f"look at it: ls -l {printable(str(server.socket))}"
    )
