"""`ocprov server ls`: every server, and how it is."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.cli.app import App
from ocprov.cli.context import json_option
from ocprov.cli.output import envelope
from ocprov.cli.server_meant import dir_option, meant
from ocprov.cli.waiting import told
from ocprov.errors import NOT_AS_WANTED

if TYPE_CHECKING:
    from ocprov.cli.show_server import Hands
    from ocprov.opencode.record import Record, Unreadable


@click.command("ls")
@dir_option
@click.option("--exit-code", is_flag=True, help="exit 3 when a server is not ready")
@json_option
@click.pass_obj
@click.pass_context
def command(ctx: click.Context, app: App, directory: Path | None, exit_code: bool, as_json: bool) -> None:
    """Every OpenCode server of ocprov's, or that of a directory, and what was started by hand beside them.

    Health: ready; starting; hung: it runs and does not answer; orphan: it runs unsupervised; foreign: another program has
    its port; dead: it ended and nobody noticed; stopped; failed; unknown.
    """
    import asyncio

    from ocprov.cli.show_server import data, lines
    from ocprov.opencode.look import seen

    found = asyncio.run(seen.look(_records(directory)))
    hands = _hands(directory)
    if any(one.health == "dead" for one in found):
        told(app)()
    if as_json:
        click.echo(envelope("server ls", {"servers": data(found, hands)}))
    elif found or hands:
        click.echo("\n".join(lines(found, hands, os.environ.get("HOME", ""))))
    else:
        app.tell(
            "no server was started" + (" there" if directory else "") + "; ocprov server ensure starts one"
        )
    if exit_code and any(one.health != "ready" for one in found):
        ctx.exit(NOT_AS_WANTED)


def _records(directory: Path | None) -> "list[Record | Unreadable]":
    from ocprov.opencode import record

    wanted = meant("", directory) if directory else None
    return [one for one in record.every() if wanted is None or one.name == wanted.name]


def _hands(directory: Path | None) -> "Hands":
    from ocprov.opencode.life import found
    from ocprov.opencode.look import footprint

    there = found.by_hand(directory.expanduser().resolve() if directory else None) or ()
    memory = footprint.every() if there else {}
    return [(one, memory.get(one.pid, 0)) for one in there]
