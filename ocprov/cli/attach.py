"""`ocprov attach`: attach to a session, or switch to it."""

from pathlib import Path

import click

from ocprov.cli import complete_names
from ocprov.cli.app import App
from ocprov.cli.going import go
from ocprov.cli.hosts_options import host_option, inventory_option
from ocprov.tmux import live


@click.command("attach")
@click.argument("layout", shell_complete=complete_names.sessions)
@host_option(multiple=False)
@inventory_option("where --host is one of a pyinfra inventory")
@click.pass_obj
def command(app: App, layout: str, host: str | None, inventory: Path | None) -> None:
    """Attach to the live session of LAYOUT (or of that full name); inside tmux, switch to it.

    With --host to one of that machine's, over ssh, which asks for what it needs.
    """
    if host is not None:
        from ocprov.cli.attach_host import attach

        attach(host, inventory, layout)
    if inventory is not None:
        raise click.UsageError("--inventory goes with --host.")
    server = app.server
    go(app, server, live.one(server, layout))
