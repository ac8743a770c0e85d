"""`ocprov ls --host`: which layouts are live on several machines."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ocprov.cli import over_hosts
from ocprov.cli.output import envelope
from ocprov.cli.show_hosts import Row, Rows, entries, lines, text
from ocprov.core.names import printable
from ocprov.fleet import reply
from ocprov.fleet.reply import Reply


def ls(hosts: tuple[str, ...], inventory: Path | None, *, as_json: bool) -> int:
    """Ask and print; the exit code."""
    replies = over_hosts.ask("ls", (), hosts, inventory)
    if as_json:
        click.echo(envelope("ls", reply.data(replies)))
    else:
        click.echo("\n".join(lines(replies, rows, over_hosts.columns())))
    return 0 if any(one.ok for one in replies) else 1


def rows(one: Reply) -> Rows:
    """A line for each broken layout, then one for all: what is live, and what else there is."""
    host = printable(one.host)
    found = [layout for layout in entries(one.data, "layouts") if layout.get("shadowed") is not True]
    broken: list[Row] = [
        (host, "broken", text(layout.get("alias")), text(layout.get("problem")))
        for layout in found
        if layout.get("problem")
    ]
    others = [layout for layout in found if not layout.get("problem")]
    live = [f"{text(layout.get('alias'))} ({_live(layout)})" for layout in others if _live(layout)]
    rest = [_known(layout) for layout in others if not _live(layout)]
    also = f"also {', '.join(rest)}" if rest else ""
    return Rows(bool(broken), (*broken, (host, "ok", ", ".join(live) or "nothing is live", also)))


def _live(layout: Mapping[str, Any]) -> int:
    names = layout.get("live")
    return len(names) if isinstance(names, list) else 0


def _known(layout: Mapping[str, Any]) -> str:
    return text(layout.get("alias")) + (" (yours)" if layout.get("user") is True else "")
