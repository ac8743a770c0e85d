"""`ocprov events`: what happens on every server, in one stream."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.cli import complete_names
from ocprov.cli.app import App
from ocprov.cli.hosts_options import hosts_options

if TYPE_CHECKING:
    from ocprov.cli.events_print import Until, Wanted


@click.command("events")
@click.option(
    "--dir",
    "directories",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="of this directory's server; may be repeated",
    shell_complete=complete_names.server_directories,
)
@click.option("--all", "every", is_flag=True, help="of all servers, later ones too  [default]")
@click.option("--conversation", default="", metavar="ID", help="of one conversation alone")
@click.option(
    "--type",
    "types",
    multiple=True,
    metavar="TYPE",
    help="events of that type alone, such as session.status or 'permission.*'; may be repeated",
)
@click.option("--json", "as_json", is_flag=True, help="all that servers tell, an object a line")
@click.option("-v", "--verbose", is_flag=True, help="also what says little: pieces of answers, plugins, …")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="end after N events")
@click.option("--for", "seconds", type=click.FloatRange(0, min_open=True), metavar="SECONDS", help="end then")
@click.option("--no-wait", is_flag=True, help="fail where no server runs")
@hosts_options
@click.pass_obj
def command(
    app: App,
    directories: tuple[Path, ...],
    every: bool,
    conversation: str,
    types: tuple[str, ...],
    as_json: bool,
    verbose: bool,
    limit: int | None,
    seconds: float | None,
    no_wait: bool,
    hosts: tuple[str, ...],
    inventory: Path | None,
) -> None:
    """Follow what happens on every server from now on, until Ctrl-C.

    Prompts and answers, tools, what conversations ask, errors, servers that come and go. When a server was not heard for
    a while, what changed meanwhile is told afterwards, marked (before).

    With --json each line is an object: time (epoch, seconds), server (its name), directory, conversation (an id, or
    empty), type, properties (as OpenCode gives them), missed (it happened while nobody listened, and properties are what
    could be found out). Types of ocprov's own: ocprov.server.up, ocprov.server.down (reason, stopped), ocprov.dropped
    (count), ocprov.unreadable (count), ocprov.conversation.interrupted.

    With --host or --inventory the servers of those machines are followed, not this one's, through ssh; --dir is a
    directory there, from the home on. A host that goes away is tried again until the end. Events have a host then, and
    there are two types more: ocprov.host.up (servers: how many run) and ocprov.host.down (reason).
    """
    from ocprov.cli.events_print import Until, Wanted

    if every and directories:
        raise click.UsageError("--all goes without --dir.")
    if seconds is not None and not seconds > 0:  # nan is in every range
        raise click.UsageError("--for is a number of seconds.")
    wanted = Wanted(directories, conversation, types, verbose)
    until = Until(limit, seconds, not no_wait)
    try:
        if hosts or inventory:
            _follow_hosts(app, hosts, inventory, wanted, until, as_json=as_json)
        else:
            from ocprov.cli.events_follow import follow

            follow(app, wanted, until, as_json=as_json)
    except KeyboardInterrupt:
        sys.exit(130)  # how one ends this is nothing to tell


def _follow_hosts(
    app: App,
    hosts: tuple[str, ...],
    inventory: Path | None,
    wanted: "Wanted",
    until: "Until",
    *,
    as_json: bool,
) -> None:
    from ocprov.cli.events_hosts import follow
    from ocprov.fleet.targets import targets

    follow(app, targets(hosts, inventory), wanted, until, as_json=as_json)
