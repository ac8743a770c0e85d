"""`ocprov plan`: show what up would do."""

import click

from ocprov.cli import complete_names, show_plan
from ocprov.cli.app import App
from ocprov.cli.context import cache_option, json_option, layout_options
from ocprov.cli.output import envelope
from ocprov.cli.projects import require_same_project
from ocprov.cli.wanted import manner, wanted
from ocprov.core import batch, build
from ocprov.core.plan import Wish
from ocprov.errors import NOT_AS_WANTED
from ocprov.tmux import provision
from ocprov.tmux.files import files


@click.command("plan")
@click.argument("layout", shell_complete=complete_names.layouts_and_windows)
@layout_options
@click.option("--restart-changed", is_flag=True, help="as with up --restart-changed")
@click.option("--prune", is_flag=True, help="as with up --prune")
@click.option("--commands", is_flag=True, help="print the tmux commands instead")
@click.option("--exit-code", is_flag=True, help="exit 3 when the session is not as declared")
@cache_option
@json_option
@click.pass_obj
@click.pass_context
def command(
    ctx: click.Context,
    app: App,
    layout: str,
    settings: tuple[str, ...],
    directory: str,
    restart_changed: bool,
    prune: bool,
    commands: bool,
    exit_code: bool,
    no_cache: bool,
    as_json: bool,
) -> None:
    """Show the difference between what LAYOUT declares and what is there; nothing is touched."""
    one = wanted(layout, settings, directory, cached=not no_cache)
    server = app.server
    require_same_project(server, one)
    plan = provision.difference(server, one.session, Wish(restart_changed, prune, only=one.windows))
    if commands:
        how = manner(app, 0)
        made = batch.commands(
            plan, build.Terms(files(server, one.session.name).launcher, how.width, how.height)
        )
        lines = [batch.shown(command) for command in made if command != batch.OBSERVE]
    else:
        lines = [show_plan.summary(plan, done=False), *show_plan.lines(plan)]
    if as_json:
        click.echo(envelope("plan", {**show_plan.data(plan), **({"commands": lines} if commands else {})}))
    else:
        for line in lines:
            click.echo(line)
    if exit_code and not plan.in_sync:
        ctx.exit(NOT_AS_WANTED)
