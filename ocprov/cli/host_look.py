"""`ocprov host look`: how this machine differs from a request."""

import click

from ocprov.cli import hosting
from ocprov.cli.app import App


@click.command("look")
@click.pass_obj
def command(app: App) -> None:
    """Say how this machine differs from the request on standard input; nothing is touched.

    Request and report are one JSON document each. It exits with 0 once the report is there, whatever that says.
    """
    hosting.look(app, hosting.asked())
