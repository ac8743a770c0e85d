"""`ocprov attach`: attach to a session, or switch to it."""

import click

from ocprov.cli.app import App
from ocprov.cli.going import go
from ocprov.tmux import live


@click.command("attach")
@click.argument("layout")
@click.pass_obj
def command(app: App, layout: str) -> None:
    """Attach to the live session of LAYOUT (or of that full name); inside tmux, switch to it."""
    server = app.server
    go(app, server, live.one(server, layout))
