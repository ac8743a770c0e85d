"""`ocprov status --host`: the sessions of several machines, who waits on them, and what it costs."""

import time
from pathlib import Path

import click

from ocprov.cli import over_hosts, show_status_hosts
from ocprov.cli.output import envelope
from ocprov.fleet import reply


def status(
    layouts: tuple[str, ...],
    hosts: tuple[str, ...],
    inventory: Path | None,
    *,
    costs: bool,
    exit_code: bool,
    as_json: bool,
) -> int:
    """Ask and print; the exit code."""
    words = ["--waits", *(["--costs"] if costs else []), *over_hosts.names(layouts)]
    replies = over_hosts.ask("status", words, hosts, inventory, costs=costs)
    if as_json:
        click.echo(envelope("status", reply.data(replies)))
    else:
        click.echo(show_status_hosts.shown(replies, int(time.time()), over_hosts.columns()))
    code = over_hosts.exit_code(replies, as_wanted=show_status_hosts.as_wanted(replies))
    return code if exit_code or code == 1 else 0
