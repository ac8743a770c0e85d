"""What a tmux server's global options say."""

import os
import shlex
from collections.abc import Sequence

from ocprov.core.names import printable
from ocprov.errors import TmuxError
from ocprov.tmux.client import Server, run


def value(server: Server, name: str) -> str:
    """A global option's value, an empty string where it is not set; TmuxError when no server answers."""
    return values(server, (name,))[name]


def values(server: Server, names: Sequence[str]) -> dict[str, str]:
    """Global options by their names, as `value` gives them, read by one client."""
    # A value may have any line in it, so a random one ends each. `list-commands` prints it without a session too;
    # it would start a server: hence -N.
    mark = os.urandom(8).hex()
    reads = (
        ("show-options", "-gqv", name, ";", "list-commands", "-F", mark, "kill-server") for name in names
    )
    answer = run(server, ["-N", *(word for read in reads for word in (*read, ";"))][:-1])
    if answer.code:
        ls = shlex.join(("tmux", *server.flags, "ls"))
        raise TmuxError(f"cannot read the options of tmux: {printable(answer.err)}", f"is it running? {ls}")
    told = answer.out.split(f"{mark}\n")[:-1]
    return {name: text.removesuffix("\n") for name, text in zip(names, told, strict=True)}
