"""`ocprov up`: make live what layouts declare."""

from collections.abc import Iterator, Sequence

import click

from ocprov.cli import show_plan
from ocprov.cli.context import App, json_option, layout_options, wait_option
from ocprov.cli.output import envelope
from ocprov.cli.wanted import DEMO, Wanted, manner, require, wanted
from ocprov.core.names import project
from ocprov.core.plan import Wish
from ocprov.errors import OcprovError
from ocprov.state import home
from ocprov.tmux import attach, provision
from ocprov.tmux.client import Server
from ocprov.tmux.provision import Outcome


@click.command("up")
@click.argument("layouts", nargs=-1, metavar="LAYOUT[:WINDOW,…]…")
@click.option("--all", "every", is_flag=True, help="every layout whose programs are installed")
@layout_options
@click.option("-d", "--detach", is_flag=True, help="do not attach or switch")
@click.option("--restart-changed", is_flag=True, help="run commands again whose declaration changed")
@click.option("--prune", is_flag=True, help="end panes of ocprov's that are declared no longer")
@click.option("-n", "--dry-run", is_flag=True, help="only show what would be done")
@wait_option
@json_option
@click.pass_obj
def command(
    app: App,
    layouts: tuple[str, ...],
    every: bool,
    settings: tuple[str, ...],
    directory: str,
    detach: bool,
    restart_changed: bool,
    prune: bool,
    dry_run: bool,
    wait: float,
    as_json: bool,
) -> None:
    """Make live what LAYOUT declares; a second run changes nothing.

    With windows named behind a colon, only those: ocprov up monitoring:workspace
    """
    named = [wanted(name, settings, directory) for name in _names(layouts, every)]
    if every:
        named = list(_installed(app, named))
    for one in named:
        require(one.loaded)
    server = app.server
    wish = Wish(restart_changed, prune)
    if dry_run:
        _show_plans(server, named, wish, as_json=as_json)
        return
    _find_conflicts(app, server, named, wait)
    outcomes = []
    for one in named:
        outcomes.append(_up(app, server, one, wish, wait))
        if not as_json:
            _show(outcomes[-1])
    if as_json:
        entries = [show_plan.done(outcome.done, outcome.left) for outcome in outcomes]
        click.echo(envelope("up", {"sessions": entries, "dry_run": False}))
    else:
        _attach(app, server, outcomes, detach=detach)


def _attach(app: App, server: Server, outcomes: Sequence[Outcome], *, detach: bool) -> None:
    if not detach and attach.at_terminal() and len(outcomes) == 1:
        attach.attach(server, outcomes[0].live)
        return
    for outcome in outcomes:
        app.tell(f"attach with: {attach.how(server, outcome.live.name)}")


def _find_conflicts(app: App, server: Server, named: Sequence[Wanted], wait: float) -> None:
    """Of several layouts, the conflict of one is found before another is touched."""
    if len(named) > 1:
        for one in named:
            provision.require_no_conflict(server, one.session, manner(app, wait))


def _up(app: App, server: Server, one: Wanted, wish: Wish, wait: float) -> Outcome:
    _warn(app, one)
    outcome = provision.up(server, one.kept, wish.only_in(one.windows), manner(app, wait))
    for notice in one.session.notices if outcome.done.changes else ():
        app.tell(notice)
    return outcome


def _warn(app: App, one: Wanted) -> None:
    directory = one.told.directory
    if directory in ("/", "/tmp", str(home())) and project(directory) in one.session.name:  # noqa: S108 # only named
        app.tell(f"the project directory is {directory}; --dir names another one")


def _names(layouts: Sequence[str], every: bool) -> Sequence[str]:
    from ocprov.layout.source import sources

    if every and layouts:
        raise click.UsageError("--all and a LAYOUT exclude each other.")
    if every:
        return [source.alias for source in sources() if not source.shadowed]
    if not layouts:
        raise click.UsageError(
            "Missing argument 'LAYOUT'. `ocprov ls` lists them; `ocprov up monitoring` is a start."
        )
    if DEMO in layouts:
        raise OcprovError("the demo comes up with its sample data", "ocprov demo")
    return layouts


def _installed(app: App, named: Sequence[Wanted]) -> Iterator[Wanted]:
    for one in named:
        if one.loaded.missing:
            program, how = one.loaded.missing[0]
            app.tell(f"without {one.session.layout}, which needs {program}: {how}")
        else:
            yield one


def _show(outcome: Outcome) -> None:
    click.echo(show_plan.summary(outcome.done, done=True))
    if not outcome.done.creates:
        for line in show_plan.lines(outcome.done):
            click.echo(line)


def _show_plans(server: Server, named: Sequence[Wanted], wish: Wish, *, as_json: bool) -> None:
    plans = [provision.difference(server, one.session, wish.only_in(one.windows)) for one in named]
    if as_json:
        click.echo(envelope("up", {"sessions": [show_plan.data(plan) for plan in plans], "dry_run": True}))
        return
    for plan in plans:
        for line in (show_plan.summary(plan, done=False), *show_plan.lines(plan)):
            click.echo(line)
