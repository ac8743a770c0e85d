"""`ocprov attach --host`: ssh takes this process's place and the terminal, and attaches there."""

import os
from pathlib import Path
from typing import NoReturn

from ocprov.cli import over_hosts
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.fleet import command, ssh
from ocprov.fleet.targets import targets
from ocprov.settings.read import read
from ocprov.tmux import here


def attach(host: str, inventory: Path | None, layout: str) -> NoReturn:
    """Attach to a session on a host; OcprovError where nobody sits at a terminal, or there is no ssh."""
    target, *others = targets([host], inventory)
    if others:
        raise OcprovError(
            f"{printable(host)} is {len(others) + 1} hosts",
            f"name one: {printable(', '.join(one.name for one in (target, *others)))}",
        )
    line = command.at_terminal([*over_hosts.socket_words(), "attach", *over_hosts.names([layout])])
    arguments = ssh.of(read()).terminal(target, line)
    if not here.at_terminal():
        raise OcprovError("attach --host needs a terminal", "run it in one; ocprov status --host needs none")
    try:
        os.execvp(arguments[0], arguments)  # noqa: S606 # as it is called by its user
    except OSError as error:
        raise ssh.missing(arguments[0], error) from error
