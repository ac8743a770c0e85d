"""`ocprov up`: make live what layouts declare."""

import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ocprov.cli import show_plan
from ocprov.cli.context import App, json_option, layout_options, load_layout, project_directory, wanted
from ocprov.cli.output import envelope
from ocprov.core.plan import Plan, Wish
from ocprov.errors import OcprovError
from ocprov.tmux import attach, provision
from ocprov.tmux.files import files
from ocprov.tmux.ready import require_directories

if TYPE_CHECKING:
    from ocprov.layout.load import Loaded


@click.command("up")
@click.argument("layouts", nargs=-1, metavar="LAYOUT[:WINDOW,…]…")
@click.option("--all", "every", is_flag=True, help="every layout that ocprov ls shows")
@layout_options
@click.option("-d", "--detach", is_flag=True, help="do not attach or switch")
@click.option("--restart-changed", is_flag=True, help="run commands again whose declaration changed")
@click.option("--prune", is_flag=True, help="end panes of ocprov's that are declared no longer")
@click.option("-n", "--dry-run", is_flag=True, help="only show what would be done")
@click.option(
    "--wait", default=60.0, show_default=True, metavar="SECONDS", help="how long to wait for another ocprov"
)
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
    named = [
        (wanted(text).windows, load_layout(wanted(text).layout, settings, directory))
        for text in _names(layouts, every)
    ]
    wishes = [Wish(restart_changed, prune, only=known(loaded, windows)) for windows, loaded in named]
    for _, loaded in named:
        require(loaded)
    server = app.server
    plans: list[Plan] = []
    for (_, loaded), wish in zip(named, wishes, strict=True):
        if dry_run:
            plans.append(provision.difference(server, loaded.desired, wish))
        else:
            outcome = provision.up(server, loaded.desired, wish, terms(app, wait))
            plans.append(outcome.done)
            files(server, loaded.desired.name).keep_settings(
                settings, directory and str(project_directory(directory))
            )
        for notice in loaded.desired.notices if plans[-1].changes else ():
            app.tell(notice)
    _print(plans, as_json=as_json, done=not dry_run)
    if not (dry_run or detach or as_json) and attach.at_terminal() and len(plans) == 1:
        attach.attach(server, outcome.live)
    elif not (dry_run or as_json):
        for plan in plans:
            app.tell(f"attach with: {attach.how(server, plan.session.name)}")


def require(loaded: "Loaded") -> None:
    """OcprovError when a directory or a program that the layout needs is missing."""
    require_directories(loaded.desired)
    for program, how in loaded.missing:
        raise OcprovError(f"{loaded.desired.layout} needs {program}, which is not on PATH", how)


def terms(app: App, wait: float) -> provision.Terms:
    """How `up` and `restart` go about it: the size is the terminal's, or 200x50 where there is none."""
    width, height = shutil.get_terminal_size((200, 50)) if attach.at_terminal() else (200, 50)
    return provision.Terms(wait, app.tell, app.whisper, max(width, 40), max(height, 10))


def _names(layouts: Sequence[str], every: bool) -> Sequence[str]:
    from ocprov.layout.source import sources

    if every:
        return [source.alias for source in sources() if not source.shadowed]
    if not layouts:
        raise click.UsageError(
            "Missing argument 'LAYOUT'. `ocprov ls` lists them; `ocprov up monitoring` is a start."
        )
    return layouts


def known(loaded: "Loaded", windows: tuple[str, ...]) -> tuple[str, ...]:
    """`windows`, each a name or key of the layout's; OcprovError otherwise."""
    session = loaded.desired
    names = {name for window in session.windows for name in (window.key, window.name)}
    for window in windows:
        if window not in names:
            raise OcprovError(
                f'{session.layout} has no window "{window}"', f"it has: {', '.join(session.keys)}"
            )
    return windows


def _print(plans: list[Plan], *, as_json: bool, done: bool) -> None:
    if as_json:
        click.echo(
            envelope("up", {"sessions": [show_plan.data(plan) for plan in plans], "dry_run": not done})
        )
        return
    for plan in plans:
        click.echo(show_plan.summary(plan, done=done))
        if not (done and plan.creates):
            for line in show_plan.lines(plan):
                click.echo(line)
