"""The options of `ocprov` itself, and the talk to a person that they allow."""

from ocprov.cli.terminal import echo
from ocprov.core.value import dataclass
from ocprov.tmux.client import Server, server

# Seconds that another ocprov is waited for.
WAIT = 60


@dataclass(frozen=True, slots=True)
class App:
    """The options of `ocprov` itself, from before the command's name."""

    socket_name: str = ""
    socket_path: str = ""
    quiet: bool = False
    verbose: bool = False

    @property
    def server(self) -> Server:
        """The tmux server that is meant."""
        return server(self.socket_name, self.socket_path)

    def tell(self, text: str) -> None:
        """Talk: a line on stderr, unless `-q`."""
        if not self.quiet:
            echo(f"ocprov: {text}", err=True)

    def whisper(self, text: str) -> None:
        """A line on stderr with `-v`."""
        if self.verbose:
            echo(text, err=True)
