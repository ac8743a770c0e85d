"""`ocprov reconcile`: after a restore, make sessions of ocprov's what they were."""

import os

import click

from ocprov.cli import show_plan
from ocprov.cli.app import App
from ocprov.cli.context import json_option, wait_option
from ocprov.cli.output import envelope
from ocprov.cli.projects import require_trust
from ocprov.cli.wanted import manner
from ocprov.core.kept import Kept
from ocprov.core.names import why_not_session
from ocprov.errors import OcprovError
from ocprov.tmux import hooks, provision, restoring
from ocprov.tmux.apply import Manner
from ocprov.tmux.client import Server
from ocprov.tmux.files import files
from ocprov.tmux.observe import observe
from ocprov.tmux.provision import Outcome


@click.command("reconcile")
@wait_option
@json_option
@click.pass_obj
def command(app: App, wait: float, as_json: bool) -> None:
    """After a restore by tmux-resurrect: take over the sessions that came back and bring back what did not.

    Goes by what the last `up` of each session was told and starts no server, no session. It is what the line of
    `ocprov tmux-conf` makes tmux-resurrect call; there it goes on in the background.
    """
    server = app.server
    if restoring.part_of():
        _leave()
    restoring.wait(server, app.tell)
    done: list[Outcome] = []
    failed: list[OcprovError] = []
    found = _found(server)
    if not found:
        app.tell("no session of ocprov's is live: nothing to reconcile")
    for name, ours in found.items():
        kept = files(server, name).kept()
        if kept is None:
            left = "ocprov up takes it over" if ours else "and it has no mark of ocprov's: it is left alone"
            app.tell(f"nothing is known of {name}; {left}")
            continue
        try:
            require_trust(server, name, hooks=False)
            done += _reconcile(server, kept, manner(app, wait))
        except OcprovError as error:  # of one session: the others come back all the same
            failed.append(error)
            app.tell(f"{name}: {error.message}")
    _show(done, as_json=as_json)
    if failed:
        raise failed[0] if len(failed) == 1 else _several(failed)


def _reconcile(server: Server, kept: Kept, how: Manner) -> list[Outcome]:
    outcome = provision.reconcile(server, kept, how)
    if outcome is None:
        return []
    hooks.start(server, kept, how)
    return [outcome]


def _found(server: Server) -> dict[str, bool]:
    """The declared names of the live sessions that may be ocprov's, and whether a mark tells that they are."""
    sessions = observe(server) or ()
    names = {there.declared: there.ours for there in sessions}
    return {name: ours for name, ours in names.items() if not why_not_session(name)}


def _show(done: list[Outcome], *, as_json: bool) -> None:
    if as_json:
        entries = [show_plan.done(outcome.done, outcome.left) for outcome in done]
        click.echo(envelope("reconcile", {"sessions": entries}))
        return
    for outcome in done:
        click.echo(show_plan.summary(outcome.done, done=True))
        for line in show_plan.lines(outcome.done):
            click.echo(line)


def _several(failed: list[OcprovError]) -> OcprovError:
    return OcprovError(f"{len(failed)} sessions are not as declared", "ocprov status tells which")


def _leave() -> None:
    """Go on in a process of our own, without the caller's streams: the restore waits for whoever has them."""
    if os.fork():
        os._exit(0)
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
