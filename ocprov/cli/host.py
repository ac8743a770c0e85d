"""`ocprov host`: what a fleet asks of this machine."""

import click

from ocprov.cli.lazy import LazyGroup

COMMANDS = {
    "look": "say how this machine differs from a request; nothing is touched",
    "apply": "make this machine as a request says",
    "servers": "print the OpenCode servers with their passwords, into a pipe",
}


@click.group(cls=LazyGroup, table=COMMANDS, prefix="host_")
def command() -> None:
    """What a fleet's ocprov asks of this machine, over ssh: programs call it, people have `up`, `deploy` and `status`."""
