"""`ocprov render`: print a layout as plain tmuxp YAML."""

import json

import click

from ocprov.cli import complete_names
from ocprov.cli.app import App
from ocprov.cli.context import layout_options
from ocprov.cli.wanted import wanted_layout
from ocprov.core import batch, build
from ocprov.core.plan import Wish, plan
from ocprov.tmux.files import files


@click.command("render")
@click.argument("layout", shell_complete=complete_names.layouts)
@layout_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["yaml", "json", "tmux"]),
    default="yaml",
    show_default=True,
    help="what to print",
)
@click.pass_obj
def command(app: App, layout: str, settings: tuple[str, ...], directory: str, form: str) -> None:
    """Print LAYOUT rendered: plain YAML that `tmuxp load` takes, the same as JSON, or the tmux commands that build it."""
    loaded = wanted_layout(layout, settings, directory)
    if form == "yaml":
        click.echo(loaded.rendered.text.strip("\n"))
    elif form == "json":
        click.echo(json.dumps(loaded.workspace, indent=2))
    else:
        session = loaded.desired
        terms = build.Terms(files(app.server, session.name).launcher)
        for made in batch.commands(plan(session, None, {}, Wish()), terms):
            if made != batch.OBSERVE:
                click.echo(batch.shown(made))
