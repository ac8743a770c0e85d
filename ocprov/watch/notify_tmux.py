"""The notifier `tmux`: a line shown to whoever is attached; the mark in the status line is set apart from it."""

from ocprov.core import attention
from ocprov.core.names import printable
from ocprov.errors import TmuxError
from ocprov.tmux import attention as marks
from ocprov.tmux.client import Server, run
from ocprov.tmux.observe import NO_SERVER
from ocprov.watch.message import Message

_SHOWN_FOR = "15000"  # ms


def send(server: Server, message: Message) -> bool:
    """Show it to every client; False where no server runs, so that nobody can have seen it."""
    clients = run(server, ["-N", "list-clients", "-F", "#{client_name}"])
    if clients.code:
        if any(words in clients.err for words in NO_SERVER):
            return False
        raise TmuxError(f"cannot ask tmux who is attached: {printable(clients.err)}", "tmux list-clients")
    words: list[str] = []
    for client in clients.out.splitlines():
        words += ["display-message", "-c", client, "-d", _SHOWN_FOR, "--", _escaped(message.text), ";"]
    if words:
        run(server, ["-N", *words[:-1]])  # one that has just gone is no failure: there is the mark
    return True


def mark(server: Server, text: str) -> None:
    """Show the mark of costs in the status line, or none."""
    marks.set_source(server, attention.COST, text)


def _escaped(text: str) -> str:
    """`text` as tmux, which expands formats, styles and the time of day in it, shows it: without `#`."""
    return attention.shown(text).replace("%", "%%")
