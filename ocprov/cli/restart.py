"""`ocprov restart`: run a window's command again."""

from collections.abc import Sequence

import click

from ocprov.cli import complete_names, show_plan
from ocprov.cli.app import App
from ocprov.cli.context import json_option, layout_options, wait_option
from ocprov.cli.output import envelope
from ocprov.cli.wanted import Wanted, known, manner, require, wanted
from ocprov.core.observed import Session
from ocprov.core.plan import Wish
from ocprov.errors import OcprovError
from ocprov.tmux import live, provision
from ocprov.tmux.client import Server
from ocprov.tmux.files import files


@click.command("restart")
@click.argument("layout", shell_complete=complete_names.sessions)
@click.argument("windows", nargs=-1, metavar="[WINDOW]…", shell_complete=complete_names.windows)
@layout_options
@wait_option
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

    What the last `up` was told by --set and --dir still holds, unless it is told otherwise. A plain shell is only
    opened anew when its window is named.
    """
    server = app.server
    one = as_told(server, live.one(server, layout), layout, settings, directory)
    wish = Wish(again=True, only=known(one.session, windows))
    outcome = provision.restart(server, one.kept, wish, manner(app, wait))
    if as_json:
        click.echo(envelope("restart", show_plan.done(outcome.done, outcome.left)))
        return
    for line in (show_plan.summary(outcome.done, done=True), *show_plan.lines(outcome.done)):
        click.echo(line)


def as_told(
    server: Server, there: Session, layout: str, settings: Sequence[str] = (), directory: str = ""
) -> Wanted:
    """What `there` is declared as now, told what its last `up` was, and what is said here; `layout` names it else.

    OcprovError where that is another session, or something that it needs is missing.
    """
    last = files(server, there.name).kept()
    told = last.told if last else None
    before = told.settings if told else ()
    one = wanted(
        told.layout if told else layout,
        (*before, *settings),
        directory or (told.directory if told else ""),
        given=bool(directory) or (told is not None and told.given),
    )
    if one.session.name != there.name:
        raise OcprovError(
            f"{layout} now declares {one.session.name}, and {there.name} is live",
            f"ocprov up {one.told.layout}",
        )
    require(one)
    return one
