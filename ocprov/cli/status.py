"""`ocprov status`: show every session, window and command."""

import time

import click

from ocprov.cli import show_status
from ocprov.cli.app import App
from ocprov.cli.context import json_option
from ocprov.core.status import SessionStatus
from ocprov.errors import NOT_AS_WANTED
from ocprov.tmux import live
from ocprov.tmux.client import Server


@click.command("status")
@click.argument("layouts", nargs=-1, metavar="[LAYOUT]…")
@click.option("--watch", is_flag=True, help="show it anew every 2 seconds, until Ctrl-C")
@click.option("--exit-code", is_flag=True, help="exit 3 when something calls for up")
@json_option
@click.pass_obj
@click.pass_context
def command(
    ctx: click.Context, app: App, layouts: tuple[str, ...], watch: bool, exit_code: bool, as_json: bool
) -> None:
    """Show sessions of ocprov's, their windows and commands; all that are live, or those of LAYOUT."""
    while True:
        found = _statuses(app.server, layouts)
        if watch:
            click.clear()
        click.echo(show_status.answer(found, int(time.time()), as_json=as_json))
        if not watch:
            break
        time.sleep(2)
    if exit_code and not all(session.as_wanted for session in found):
        ctx.exit(NOT_AS_WANTED)


def _statuses(server: Server, layouts: tuple[str, ...]) -> list[SessionStatus]:
    found: list[SessionStatus] = []
    for layout, there in live.statuses(server, layouts):
        found += there if there or not layout else [_not_live(layout)]
    return found


def _not_live(layout: str) -> SessionStatus:
    from ocprov.cli.wanted import wanted

    session = wanted(layout, (), "").session
    return SessionStatus(name=session.name, layout=session.layout, live=False)
