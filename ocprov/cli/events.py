"""`ocprov events`: what happens on every server, in one stream."""

import sys
from pathlib import Path

import click

from ocprov.cli import complete_names
from ocprov.cli.app import App


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
) -> None:
    """Follow what happens on every server from now on, until Ctrl-C.

    Prompts and answers, tools, what conversations ask, errors, servers that come and go. When a server was not heard for
    a while, what changed meanwhile is told afterwards, marked (before).

    With --json each line is an object: time (epoch, seconds), server (its name), directory, conversation (an id, or
    empty), type, properties (as OpenCode gives them), missed (it happened while nobody listened, and properties are what
    could be found out). Types of ocprov's own: ocprov.server.up, ocprov.server.down (reason, stopped), ocprov.dropped
    (count), ocprov.unreadable (count), ocprov.conversation.interrupted.
    """
    from ocprov.cli.events_follow import Until, Wanted, follow

    if every and directories:
        raise click.UsageError("--all goes without --dir.")
    if seconds is not None and not seconds > 0:  # nan is in every range
        raise click.UsageError("--for is a number of seconds.")
    wanted = Wanted(directories, conversation, types, verbose)
    try:
        follow(app, wanted, Until(limit, seconds, not no_wait), as_json=as_json)
    except KeyboardInterrupt:
        sys.exit(130)  # how one ends this is nothing to tell
