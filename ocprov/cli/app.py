"""The options of `ocprov` itself, and the talk to a person that they allow."""

import os

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

    @property
    def words(self) -> tuple[str, ...]:
        """The options that name the tmux server, for an ocprov that is started in another directory."""
        if self.socket_path:
            return "-S", os.path.abspath(self.socket_path)  # noqa: PTH100 # pathlib is slow to import
        return ("-L", self.socket_name) if self.socket_name else ()

    def tell(self, text: str) -> None:
        """Talk: a line on stderr, unless `-q`."""
        if not self.quiet:
            echo(f"ocprov: {text}", err=True)

    def whisper(self, text: str) -> None:
        """A line on stderr with `-v`."""
        if self.verbose:
            echo(text, err=True)
