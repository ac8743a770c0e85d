"""What a tmux server's global options say."""

from ocprov.core.names import printable
from ocprov.errors import TmuxError
from ocprov.tmux.client import Server, run


def value(server: Server, name: str) -> str:
    """A global option's value, an empty string where it is not set; TmuxError when no server answers."""
    answer = run(server, ["show-options", "-gqv", name])
    if answer.code:
        raise TmuxError(f"cannot read the options of tmux: {printable(answer.err)}", "is it running? tmux ls")
    return answer.out.removesuffix("\n")
