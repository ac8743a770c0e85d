"""The commands in fixes, which reach the very server that was looked at."""

import os
import shlex
from dataclasses import dataclass

from ocprov.errors import TmuxError
from ocprov.tmux import client
from ocprov.tmux.client import Server


@dataclass(frozen=True, slots=True)
class Commands:
    """Commands for one server; `flags` name it, and are empty where it needs no name."""

    flags: tuple[str, ...] = ()

    def ocprov(self, rest: str) -> str:
        """A line that runs ocprov; `rest` is the command and what follows."""
        return self._line("ocprov", rest)

    def tmux(self, rest: str) -> str:
        """A line that runs tmux; `rest` is the command and what follows."""
        return self._line("tmux", rest)

    def _line(self, program: str, rest: str) -> str:
        return " ".join((program, *map(shlex.quote, self.flags), rest))


def commands(server: Server) -> Commands:
    """The commands for `server`: without flags where it is tmux's default one, and the one that is meant here."""
    try:
        plain = {os.path.realpath(meant.socket) for meant in (client.server(), client.server("default"))}
    except TmuxError:
        return Commands(server.flags)
    return Commands(() if plain == {os.path.realpath(server.socket)} else server.flags)
