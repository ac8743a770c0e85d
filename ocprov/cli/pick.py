"""`ocprov pick`: pick a session, with a preview of its screen, and go there."""

import os
import sys

import click

from ocprov.cli import terminal
from ocprov.cli.app import App
from ocprov.cli.bring_up import Request, bring_up
from ocprov.cli.going import go
from ocprov.cli.output import COLORS
from ocprov.cli.wanted import project_directory
from ocprov.cli.watching import ended_properly
from ocprov.core.observed import Session
from ocprov.errors import OcprovError, TmuxError
from ocprov.picker import choose
from ocprov.picker.entry import Entry, Look
from ocprov.picker.fzf import Pick
from ocprov.picker.gather import gather
from ocprov.settings import read
from ocprov.tmux import attach, here
from ocprov.tmux.client import Server
from ocprov.tmux.observe import observe

CANCELLED = 130


@click.command("pick")
@click.argument("text", nargs=-1)
@click.option("--print", "only_print", is_flag=True, help="print the name picked, and go nowhere")
@click.pass_obj
@click.pass_context
def command(ctx: click.Context, app: App, text: tuple[str, ...], only_print: bool) -> None:
    """Pick a live session, or a layout to bring up, and go there; TEXT is what to filter by at first.

    fzf picks where there is one, else a picker of ocprov's own; pick.program in config.toml decides. Leaving it
    without a choice exits with 130.
    """
    try:
        picked = _picked(app, " ".join(text), only_print=only_print)
        if picked is None:
            ctx.exit(CANCELLED)
        if only_print:
            click.echo(picked.name)
        else:
            _go(app, picked)
    except OcprovError as error:
        if not _in_popup():
            raise
        _keep_open(error, plain=ctx.find_root().color is False)
        ctx.exit(error.exit_code)


def _picked(app: App, query: str, *, only_print: bool) -> Entry | None:
    program = read.read().text("pick.program")
    server = app.server
    _require_terminal(only_print=only_print)
    if not only_print:
        _require_same_server(server)
    entries = gather(server, str(project_directory("")))
    ctx = click.get_current_context().find_root()
    look = Look(COLORS, plain=ctx.color is False)
    with ended_properly():  # the terminal is left as it was
        return choose.choose(program, Pick(server, entries, look, query))


def _require_terminal(*, only_print: bool) -> None:
    """OcprovError where nobody could pick, or where tmux could not take over afterwards."""
    streams = (sys.stdin, sys.stderr) if only_print else (sys.stdin, sys.stdout, sys.stderr)
    if not all(stream is not None and stream.isatty() for stream in streams):
        raise OcprovError("there is no terminal to pick in", "what there is: ocprov ls; ocprov status")
    if os.environ.get("TERM", "dumb") in ("dumb", "unknown"):
        raise OcprovError(
            "this terminal (TERM) can show no picker", "what there is: ocprov ls; ocprov status"
        )


def _require_same_server(server: Server) -> None:
    """TmuxError in another tmux than the one to pick from: it could not be attached to within that."""
    if here.inside() and os.path.realpath(here.inside()) != os.path.realpath(server.socket):
        flags = " ".join(server.flags)
        raise TmuxError(
            "this terminal is in another tmux server than the sessions to pick from",
            f"detach first, then: ocprov {flags} pick; or only a name: ocprov {flags} pick --print",
        )


def _go(app: App, picked: Entry) -> None:
    if not picked.live:
        bring_up(app, Request((picked.name,)))
        return
    server = app.server
    there = _there(server, picked)
    if picked.kind == "session":
        go(app, server, there)
    else:  # a person's own has no hooks of ours
        attach.attach(server, there)


def _there(server: Server, picked: Entry) -> Session:
    """The session as it is now: it may have got another name, or ended, while somebody was choosing."""
    same = (picked.id, picked.created)  # another server counts its sessions from 0 again
    found = next((one for one in observe(server) or () if (one.id, one.created) == same), None)
    if found is None:
        raise OcprovError(f"{picked.label} is gone by now", "pick again: ocprov pick")
    return found


def _in_popup() -> bool:
    """A popup of tmux's has no pane, and closes when the command in it ends."""
    return bool(here.inside()) and not os.environ.get("TMUX_PANE") and here.at_terminal()


def _keep_open(error: OcprovError, *, plain: bool) -> None:
    terminal.echo(terminal.failure(error.message, error.hint), err=True, plain=plain)
    click.pause("Any key closes this.", err=True)
