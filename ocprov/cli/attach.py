"""`ocprov attach`: attach to a session, or switch to it."""

import click

from ocprov.cli.app import App
from ocprov.tmux import attach, live


@click.command("attach")
@click.argument("layout")
@click.pass_obj
def command(app: App, layout: str) -> None:
    """Attach to the live session of LAYOUT (or of that full name); inside tmux, switch to it."""
    server = app.server
    attach.attach(server, live.one(server, layout))
