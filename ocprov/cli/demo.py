"""`ocprov demo`: the monitoring session on generated sample data."""

from datetime import datetime

import click

from ocprov import sample
from ocprov.cli import show_plan
from ocprov.cli.app import App
from ocprov.cli.context import wait_option
from ocprov.cli.wanted import DEMO, demo_directory, manner, require, wanted
from ocprov.core.plan import Wish
from ocprov.lock import held
from ocprov.state import private_dir, state_dir
from ocprov.tmux import attach, here, provision
from ocprov.tmux.client import Server
from ocprov.tmux.files import files
from ocprov.tmux.observe import find, observe

SESSION = "opencode-observability-demo"


@click.command("demo")
@click.option("-d", "--detach", is_flag=True, help="do not attach or switch")
@wait_option
@click.pass_obj
def command(app: App, detach: bool, wait: float) -> None:
    """Bring the monitoring session up on generated sample data, for a first look.

    `ocprov down demo` removes all of it.
    """
    server = app.server
    one = wanted(DEMO, (), "")
    require(one)
    _write(app, server, wait)
    outcome = provision.up(server, one.kept, Wish(), manner(app, wait))
    click.echo(show_plan.summary(outcome.done, done=True))
    app.tell("ocprov down demo removes all of it")
    if not detach and here.at_terminal():
        attach.attach(server, outcome.live)
    else:
        app.tell(f"attach with: {attach.how(server, SESSION)}")


def _write(app: App, server: Server, wait: float) -> None:
    """Sample data up to now, unless windows read it already."""
    lock = private_dir(state_dir() / "lock") / "demo.lock"
    with held(lock, wait=wait, blocked=lambda: app.tell("waiting for another ocprov demo")):
        if find(observe(server), SESSION) is None or not demo_directory().exists():
            app.tell(f"sample data, not yours: {demo_directory()}")
            sample.write(demo_directory(), now=datetime.now().astimezone())


def remove(server: Server, app: App, wait: float) -> None:
    """Remove the sample data and the demo's own files."""
    lock = private_dir(state_dir() / "lock") / "demo.lock"
    with held(lock, wait=wait, blocked=lambda: app.tell("waiting for another ocprov demo")):
        if sample.remove(demo_directory()):
            app.tell(f"removed {demo_directory()}")
    files(server, SESSION).remove()
