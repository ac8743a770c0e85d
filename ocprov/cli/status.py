"""`ocprov status`: show every session, window and command."""

import time
from pathlib import Path

import click

from ocprov.cli import complete_names, show_status, status_more
from ocprov.cli.app import App
from ocprov.cli.context import json_option
from ocprov.cli.hosts_options import hosts_options
from ocprov.core.status import SessionStatus
from ocprov.errors import NOT_AS_WANTED
from ocprov.tmux import live
from ocprov.tmux.client import Server


@click.command("status")
@click.argument("layouts", nargs=-1, metavar="[LAYOUT]…", shell_complete=complete_names.sessions_and_layouts)
@click.option(
    "--watch", is_flag=True, help="a live view with keys; where no terminal is, it prints again and again"
)
@click.option(
    "--interval",
    type=click.FloatRange(0.2, 3600),
    metavar="SECONDS",
    allow_from_autoenv=False,  # the variable of that name is the setting's
    help="between two looks of --watch  [default: status.interval of config.toml, or 2]",
)
@click.option("--waits", is_flag=True, help="also which conversations wait for an answer; of hosts always")
@click.option(
    "--costs", is_flag=True, help="also what OpenCode cost today and this month, which takes longer"
)
@hosts_options
@click.option(
    "--exit-code", is_flag=True, help="exit 3 when something calls for up, or a host did not answer"
)
@json_option
@click.pass_obj
@click.pass_context
def command(
    ctx: click.Context,
    app: App,
    layouts: tuple[str, ...],
    watch: bool,
    interval: float | None,
    waits: bool,
    costs: bool,
    hosts: tuple[str, ...],
    inventory: Path | None,
    exit_code: bool,
    as_json: bool,
) -> None:
    """Show sessions of ocprov's, their windows and commands; all that are live, or those of LAYOUT.

    With --watch and --json it prints one document a line. With --host or --inventory those machines are asked over ssh,
    all at once, and what calls for somebody comes first; exit 1 when none answered.
    """
    if interval is not None and not watch:
        raise click.UsageError("--interval goes with --watch.")
    if watch and (waits or costs or hosts or inventory):
        raise click.UsageError("--watch goes without --waits, --costs, --host and --inventory.")
    if hosts or inventory:
        from ocprov.cli.status_hosts import status

        ctx.exit(status(layouts, hosts, inventory, costs=costs, exit_code=exit_code, as_json=as_json))
    if watch:
        from ocprov.cli.watch_status import watch as watching

        found = watching(app, layouts, interval, as_json=as_json)
    else:
        found = statuses(app.server, layouts)
        more = status_more.more(waits=waits, costs=costs)
        click.echo(show_status.answer(found, int(time.time()), as_json=as_json, more=more))
    if exit_code and not all(session.as_wanted for session in found):
        ctx.exit(NOT_AS_WANTED)


def statuses(server: Server, layouts: tuple[str, ...]) -> list[SessionStatus]:
    """The status of each live session that is meant, and of each layout that is not live."""
    found: list[SessionStatus] = []
    for layout, there in live.statuses(server, layouts):
        found += there if there or not layout else [_not_live(layout)]
    return found


def _not_live(layout: str) -> SessionStatus:
    from ocprov.cli.wanted import wanted

    session = wanted(layout, (), "").session
    return SessionStatus(name=session.name, layout=session.layout, live=False)
