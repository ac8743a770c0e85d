"""`ocprov server ensure`: the one server of a directory."""

from pathlib import Path
from typing import Any

import click

from ocprov.cli.app import App
from ocprov.cli.context import json_option, wait_option
from ocprov.cli.output import envelope
from ocprov.cli.server_options import spec_options
from ocprov.core.names import printable
from ocprov.opencode.life.ensure import ensure
from ocprov.opencode.record import Record
from ocprov.opencode.spec import ServerSpec


@click.command("ensure")
@spec_options
@click.option("--delete-on-exit", is_flag=True, help="remove its state directory when it is stopped")
@wait_option
@json_option
@click.pass_obj
def command(app: App, /, directory: Path, wait: float, as_json: bool, **asked: Any) -> None:
    """Start the server of a directory where it does not run, and say where it is.

    It runs on without this terminal, under a supervisor that starts it again when it ends or hangs.
    """
    known = ensure(ServerSpec(directory, **asked), tell=app.tell, wait=wait, tmux=app.words)
    click.echo(envelope("server ensure", data(known)) if as_json else _line(known))


def data(known: Record) -> dict[str, object]:
    """A server, for JSON."""
    return {
        "name": known.name,
        "directory": known.directory,
        "port": known.port,
        "pid": known.server.pid,
        "url": known.url,
        "state": known.state,
        "isolation": known.options.isolation,
        "version": known.version,
    }


def _line(known: Record) -> str:
    return (
        f"{known.name}: {known.state} at {known.url}, process {known.server.pid}, {known.options.isolation}, "
        f"in {printable(known.directory)}"
    )
