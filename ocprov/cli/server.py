"""`ocprov server`: OpenCode servers, one for each directory."""

import click

from ocprov.cli.lazy import LazyGroup

COMMANDS = {
    "ensure": "the server of a directory: started where it does not run",
    "run": "supervise the server of a directory here, in the foreground",
    "ls": "every server: directory, port, conversations, memory, health",
    "stop": "end the server of a directory, or all",
    "logs": "what a server logs",
    "attach": "OpenCode's own interface on a server",
}


@click.group(cls=LazyGroup, table=COMMANDS, prefix="server_")
def command() -> None:
    """Run, find and stop OpenCode servers: one for each directory, on this machine alone."""
