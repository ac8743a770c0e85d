"""`ocprov server stop`: end servers."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.cli import complete_names, terminal
from ocprov.cli.app import App
from ocprov.cli.context import json_option, wait_option
from ocprov.cli.output import envelope
from ocprov.cli.server_meant import dir_option, meant
from ocprov.cli.waiting import told
from ocprov.core.names import printable
from ocprov.errors import OcprovError

if TYPE_CHECKING:
    from ocprov.opencode.life.stop import Stopped
    from ocprov.opencode.places import Places

_AT_ONCE = 8


@click.command("stop")
@click.argument("names", nargs=-1, metavar="[NAME]…", shell_complete=complete_names.servers)
@dir_option
@click.option("--all", "every", is_flag=True, help="every server")
@click.option("--force", is_flag=True, help="also while a conversation is busy, or that cannot be told")
@click.option(
    "--delete", is_flag=True, help="remove its state directory: logs, password, an isolated one's data"
)
@wait_option
@json_option
@click.pass_obj
def command(
    app: App,
    names: tuple[str, ...],
    directory: Path | None,
    every: bool,
    force: bool,
    delete: bool,
    wait: float,
    as_json: bool,
) -> None:
    """End the server of this directory, of DIR, or those called NAME, and what they work on.

    The conversations stay, and so does the port for the next time.
    """
    from ocprov.opencode.life.stop import stop

    def one(place: "Places") -> "Stopped | OcprovError":
        try:
            return stop(place, force=force, delete=delete, wait=wait, blocked=lambda: _blocked(app, place))
        except OcprovError as error:
            return error

    done = _each(_wanted(names, directory, every=every), one)
    told(app)()
    stopped = [one for one in done if not isinstance(one, OcprovError)]
    failed = [one for one in done if isinstance(one, OcprovError)]
    if as_json:
        click.echo(envelope("server stop", {"servers": [_data(one) for one in stopped]}))
    else:
        for line in map(_line, stopped):
            click.echo(line)
    for error in failed[:-1]:
        click.echo(terminal.failure(error.message, error.hint), err=True)
    if failed:
        raise failed[-1]


def _wanted(names: tuple[str, ...], directory: Path | None, *, every: bool) -> "list[Places]":
    from ocprov.opencode import places

    if every + bool(names) + bool(directory) > 1:
        raise click.UsageError("NAME, --dir and --all are three ways to name servers: one of them.")
    if "" in names:  # a script's variable that is not set: not the server of wherever it runs
        raise click.UsageError("NAME is empty.")
    if every:
        return list(places.every())
    return [meant(name, None) for name in dict.fromkeys(names)] or [meant("", directory)]


def _each(
    wanted: "list[Places]", one: "Callable[[Places], Stopped | OcprovError]"
) -> "list[Stopped | OcprovError]":
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(one, wanted))


def _blocked(app: App, place: "Places") -> None:
    app.tell(f"waiting for another ocprov with {place.name}")


def _line(one: "Stopped") -> str:
    ended = f"stopped, process {one.pid}" if one.pid else "did not run"
    where = f", in {printable(one.directory)}" if one.directory else ""
    if not one.removed:
        return f"{one.name}: {ended}{where}"
    own = "its own conversations too" if one.own else "your conversations stay"
    return f"{one.name}: {ended}{where}; its state directory is removed, {own}"


def _data(one: "Stopped") -> dict[str, object]:
    return {
        "name": one.name,
        "directory": one.directory,
        "pid": one.pid,
        "removed": one.removed,
    }
