"""`ocprov restart`: run a window's command again."""

import click

from ocprov.cli import demo, show_plan
from ocprov.cli.context import App, json_option, layout_options, load_layout
from ocprov.cli.output import envelope
from ocprov.cli.up import known, require, terms
from ocprov.core.plan import Wish
from ocprov.tmux import live, provision
from ocprov.tmux.files import files


@click.command("restart")
@click.argument("layout")
@click.argument("windows", nargs=-1, metavar="[WINDOW]…")
@layout_options
@click.option(
    "--wait", default=60.0, show_default=True, metavar="SECONDS", help="how long to wait for another ocprov"
)
@json_option
@click.pass_obj
def command(
    app: App,
    layout: str,
    windows: tuple[str, ...],
    settings: tuple[str, ...],
    directory: str,
    wait: float,
    as_json: bool,
) -> None:
    """End the commands of LAYOUT, or only of WINDOW, and run them again as declared now; nothing else moves.

    Without --set and --dir, those of the last `up` hold.
    """
    server = app.server
    if not settings and not directory:
        live_one = live.one(live.ours(server), layout)
        layout = live_one.tag.layout if live_one.tag else layout
        settings, directory = files(server, live_one.name).settings()
    loaded = demo.layout(settings) if layout == "demo" else load_layout(layout, settings, directory)
    require(loaded)
    wish = Wish(again=True, only=known(loaded, windows))
    outcome = provision.restart(server, loaded.desired, wish, terms(app, wait))
    if as_json:
        click.echo(envelope("restart", show_plan.data(outcome.done)))
        return
    for line in (show_plan.summary(outcome.done, done=True), *show_plan.lines(outcome.done)):
        click.echo(line)
