"""`ocprov chat ls`: conversations, those that changed last first."""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.cli import complete_names, show_chat
from ocprov.cli.app import App
from ocprov.cli.chatting import run
from ocprov.cli.context import json_option
from ocprov.cli.output import counted, envelope
from ocprov.cli.prompt_text import utf8
from ocprov.cli.watching import width
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.opencode.heard.standing import STATES
from ocprov.settings.read import read

if TYPE_CHECKING:
    from ocprov.opencode.record import Record
    from ocprov.opencode.talk.listing import Listing, Unheard, Wanted


@click.command("ls")
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="those of this directory's server alone",
    shell_complete=complete_names.server_directories,
)
@click.option("--all", "every", is_flag=True, help="those of every server that runs  [default]")
@click.option(
    "--limit", type=click.IntRange(1, 1000), metavar="N", help="how many are shown  [default: chat.page]"
)
@click.option("--cursor", default="", metavar="CURSOR", help="the next page, as the page before tells it")
@click.option("--search", default="", metavar="TEXT", help="those with TEXT in their title")
@click.option("--children", is_flag=True, help="those of sub-agents too")
@click.option(
    "--state", "states", multiple=True, type=click.Choice(STATES), help="those alone; may be repeated"
)
@json_option
@click.pass_obj
def command(
    app: App,
    directory: Path | None,
    every: bool,
    limit: int | None,
    cursor: str,
    search: str,
    children: bool,
    states: tuple[str, ...],
    as_json: bool,
) -> None:
    """List conversations a page at a time: id, state, last activity, cost, directory, title.

    Exit code 1 when a server that should have been asked did not answer: the list is not whole then.
    """
    if directory and every:
        raise click.UsageError("--dir and --all do not go together.")
    from ocprov.opencode.talk.listing import Wanted, page

    _refuse_wrong(cursor)
    settings = read()
    wanted = Wanted(
        limit or settings.whole("chat.page"),
        cursor,
        utf8("--search", search),
        children,
        tuple(one for one in STATES if one in states),
        settings.number("chat.stuck") * 60,
    )
    servers, stopped, lost = _servers(directory)
    found = run(page(servers, wanted))
    found = replace(found, unheard=(*lost, *found.unheard))
    _refuse_silence(found)
    click.echo(envelope("chat ls", data(found, stopped)) if as_json else _shown(found, wanted))
    _tell(app, found, wanted)
    if stopped and not cursor:
        app.tell(f"not running, so not asked: {', '.join(stopped)}")
    if found.unheard:
        sys.exit(1)


def _refuse_wrong(cursor: str) -> None:
    from ocprov.opencode.talk.listing import place

    try:
        place(cursor)
    except ValueError as error:
        raise click.UsageError(f"--cursor {printable(cursor)}: not what a page told.") from error


def _servers(directory: Path | None) -> "tuple[Sequence[Record], Sequence[str], Sequence[Unheard]]":
    """Those that are asked, the names of those that do not run, and those of which nothing can be read."""
    from ocprov.opencode import record, spec
    from ocprov.opencode.talk import owner
    from ocprov.opencode.talk.listing import Unheard

    if directory is not None:
        return [run(owner.of(spec.real(directory)))], [], []
    known = owner.readable()
    asked = owner.expected(known)
    lost = [
        Unheard(one.name, "", OcprovError(one.why, "ocprov doctor"))
        for one in record.every()
        if not isinstance(one, record.Record)
    ]
    if not asked and not lost:
        raise OcprovError("no server runs that could be asked for its conversations", "ocprov server ensure")
    return asked, [one.name for one in known if one not in asked], lost


def _refuse_silence(found: "Listing") -> None:
    """Nobody who answers is not the same as nothing to list."""
    if not found.heard and len(found.unheard) == 1:
        raise found.unheard[0].error
    if not found.heard:
        names = ", ".join(one.name for one in found.unheard)
        raise OcprovError(f"none of the servers answers: {names}", "see how they are: ocprov server ls")


def _shown(found: "Listing", wanted: "Wanted") -> str:
    columns = width() if sys.stdout.isatty() else None
    if found.rows:
        return "\n".join(show_chat.lines(found, time.time(), os.environ.get("HOME", ""), columns))
    if found.unheard:
        return "none on the servers that answered"
    some = bool(wanted.search or wanted.states or wanted.cursor)
    return "no such conversation" if some else "no conversations yet; ocprov chat new begins one"


def _tell(app: App, found: "Listing", wanted: "Wanted") -> None:
    from ocprov.opencode.talk.listing import MOST

    for one in found.unheard:
        where = f" ({printable(one.directory)})" if one.directory else ""
        app.tell(f"{one.name}{where} did not answer: {one.error.message}")
    if found.cursor:
        short = wanted.states and len(found.rows) < wanted.limit
        looked = f"looked at {counted(MOST, 'conversation')}; " if short else ""
        app.tell(f"{looked}more: add --cursor {found.cursor}")


def data(found: "Listing", stopped: Sequence[str]) -> dict[str, object]:
    """A page as plain values."""
    return {
        "conversations": [show_chat.data(row.info, row.standing, row.server.name) for row in found.rows],
        "cursor": found.cursor,
        "not_running": list(stopped),
        "unreachable": [
            {"server": one.name, "directory": one.directory, "why": one.error.message}
            for one in found.unheard
        ],
    }
