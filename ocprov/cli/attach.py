"""`ocprov attach`: attach to a session, or switch to it."""

import click

from ocprov.cli import complete_names
from ocprov.cli.app import App
from ocprov.cli.going import go
from ocprov.tmux import live


@click.command("attach")
@click.argument("layout", shell_complete=complete_names.sessions)
@click.pass_obj
def command(app: App, layout: str) -> None:
    """Attach to the live session of LAYOUT (or of that full name); inside tmux, switch to it."""
    server = app.server
    go(app, server, live.one(server, layout))
