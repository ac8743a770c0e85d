"""`ocprov demo`: the monitoring session on generated sample data."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from ocprov import sample
from ocprov.cli import show_plan
from ocprov.cli.context import App
from ocprov.cli.up import require, terms
from ocprov.core.plan import Wish
from ocprov.layout.load import Loaded, load
from ocprov.lock import held
from ocprov.resources import shipped
from ocprov.state import data_dir, home, private_dir, state_dir
from ocprov.tmux import attach, provision
from ocprov.tmux.client import Server
from ocprov.tmux.files import files

SESSION = "opencode-observability-demo"


@click.command("demo")
@click.option("-d", "--detach", is_flag=True, help="do not attach or switch")
@click.pass_obj
def command(app: App, detach: bool) -> None:
    """Bring the monitoring session up on generated sample data, for a first look.

    `ocprov down demo` removes all of it.
    """
    app.tell(f"sample data, not yours: {_directory()}")
    lock = private_dir(state_dir() / "lock") / "demo.lock"
    with held(lock, wait=60, blocked=lambda: app.tell("waiting for another ocprov demo")):
        made = sample.write(_directory(), now=datetime.now().astimezone())
    settings = (f"database={made.database}", f"log={made.log}")
    loaded = layout(settings)
    require(loaded)
    server = app.server
    outcome = provision.up(server, loaded.desired, Wish(), terms(app, 60))
    files(server, SESSION).keep_settings(settings, "")
    click.echo(show_plan.summary(outcome.done, done=True))
    if not detach and attach.at_terminal():
        attach.attach(server, outcome.live)
    else:
        app.tell(f"attach with: {attach.how(server, SESSION)}")
    app.tell("ocprov down demo removes all of it")


def layout(settings: Sequence[str]) -> Loaded:
    """The demo's layout: no name finds it, as it is nothing without its sample data."""
    path = shipped("layouts") / "observability" / "_demo.yaml.j2"
    return load(path, settings=settings, directory=home())


def remove(server: Server, app: App) -> None:
    """Remove the sample data and the demo's own files."""
    if _directory().exists():
        sample.remove(_directory())
        app.tell(f"removed {_directory()}")
    files(server, SESSION).remove()


def _directory() -> Path:
    return data_dir() / "demo"
