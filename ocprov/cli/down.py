"""`ocprov down`: end sessions of ocprov's."""

import sys
from collections.abc import Sequence

import click

from ocprov.cli import complete_names, demo, down_servers
from ocprov.cli.app import App
from ocprov.cli.bring_up import raise_first
from ocprov.cli.context import json_option, wait_option
from ocprov.cli.output import counted, envelope
from ocprov.cli.projects import PROJECT, meant, require_trust
from ocprov.cli.wanted import DEMO, manner
from ocprov.core.names import PREFIXES
from ocprov.core.observed import Session
from ocprov.errors import ConflictError, OcprovError
from ocprov.tmux import live
from ocprov.tmux.client import Server
from ocprov.tmux.end import Ended, end


@click.command("down")
@click.argument("layouts", nargs=-1, required=True, metavar="LAYOUT…", shell_complete=complete_names.sessions)
@click.option("-y", "--yes", is_flag=True, help="do not ask, unless a conversation is busy")
@click.option("-f", "--force", is_flag=True, help="also while a conversation is busy, or that cannot be told")
@wait_option
@json_option
@click.pass_obj
def command(app: App, layouts: tuple[str, ...], yes: bool, force: bool, wait: float, as_json: bool) -> None:
    """End the live sessions of LAYOUT and what runs in them; windows that are not ocprov's stay.

    The OpenCode server of a development session is stopped with it. `ocprov down demo` also removes the sample data.
    """
    server = app.server
    sessions = live.ours(server)
    named = {layout: _named(server, sessions, layout) for layout in layouts}
    for layout, found in named.items():
        if not found:
            _require_known(layout)
            app.tell(f"no session of {layout} is live")
    every = list(dict.fromkeys(session for found in named.values() for session in found))
    names = [one.name for one in every]
    servers = down_servers.of(server, every)
    busy = () if force or not servers else down_servers.busy(servers)
    if every and not (yes and not busy) and not _agreed(names, busy):
        app.tell("nothing was ended")
        sys.exit(1)
    failed = _stop(app, server, [one.declared for one in every], wait)
    stopped = down_servers.stop(app, servers, wait, force=force or bool(busy))
    ended = [end(server, name, manner(app, wait)) for name in names]
    if DEMO in layouts or demo.SESSION in layouts:
        demo.remove(server, app, wait)
    if as_json:
        click.echo(envelope("down", {"sessions": [_data(session) for session in ended], "servers": stopped}))
    else:
        _show(ended, stopped)
    raise_first(failed)


def _named(server: Server, sessions: tuple[Session, ...], layout: str) -> Sequence[Session]:
    found = live.named(server, sessions, layout)
    return meant(server, found) if layout == PROJECT and found else found


def _stop(app: App, server: Server, names: list[str], wait: float) -> list[OcprovError]:
    """Run each session's `on_stop`; the failures, which keep no session alive."""
    from ocprov.tmux import hooks  # late: few layouts have any

    failed = []
    for name in names:
        try:
            require_trust(server, name, hooks=True)
            hooks.stopping(server, name, manner(app, wait))
        except OcprovError as error:
            failed.append(error)
    return failed


def _show(ended: list[Ended], stopped: list[dict[str, object]]) -> None:
    for one in stopped:
        click.echo(f"server {one['name']}: stopped, process {one['pid']}")
    for session in ended:
        kept = (
            f"; {counted(session.kept, 'pane')} not ocprov's: the session stays with it, and up needs it renamed"
            if session.kept
            else ""
        )
        click.echo(f"{session.name}: ended, {counted(session.panes, 'pane')}{kept}")


def _require_known(layout: str) -> None:
    from ocprov.layout import project
    from ocprov.layout.source import find

    if layout not in (DEMO, project.ALIAS) and not layout.startswith(PREFIXES):
        find(layout)


def _agreed(names: list[str], busy: Sequence[str]) -> bool:
    why = "; ".join(busy)
    if not sys.stdin.isatty():
        if busy:
            raise ConflictError(why, "wait until it is not, or end it all the same: add --force")
        raise OcprovError(
            f"this would end {', '.join(names)}, and nobody is there to ask", "say so with --yes"
        )
    if busy:
        click.echo(why, err=True)
    return click.confirm(f"End {', '.join(names)} and what runs there?", err=True)


def _data(session: Ended) -> dict[str, object]:
    return {"name": session.name, "panes": session.panes, "kept": session.kept}
