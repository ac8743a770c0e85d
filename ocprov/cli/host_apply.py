"""`ocprov host apply`: make this machine as a request says."""

import click

from ocprov.cli import hosting
from ocprov.cli.app import App


@click.command("apply")
@click.pass_obj
@click.pass_context
def command(ctx: click.Context, app: App) -> None:
    """Make this machine as the request on standard input says: files, ocmonitor's config, sessions.

    All of it is looked at first, and nothing is touched where something stands against it. The report says what was
    changed. It exits with 4 for a conflict, 75 for what another ocprov is at work on, 1 for a failure.
    """
    ctx.exit(hosting.apply(app, hosting.asked()))
