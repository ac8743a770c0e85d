"""`ocprov save`: save with tmux-resurrect, also when nobody is attached."""

import click

from ocprov.cli import services
from ocprov.cli.app import App
from ocprov.cli.context import json_option, wait_option
from ocprov.cli.output import envelope
from ocprov.cli.services import Request
from ocprov.core.names import printable
from ocprov.persistence import service, units
from ocprov.persistence.saving import Saved, save
from ocprov.persistence.service import Call
from ocprov.persistence.units import Manager

_MINUTES = 15
_TIMER: dict[Manager, str] = {"systemd": "ocprov-save.timer", "launchd": "ocprov.save"}


@click.command("save")
@click.option(
    "--install-timer", is_flag=True, help="save from now on by itself: a user service, or a line for cron"
)
@click.option("--uninstall-timer", is_flag=True, help="remove that service")
@click.option(
    "--interval",
    type=click.IntRange(1, 1440),
    metavar="MINUTES",
    help=f"how often the timer saves  [default: {_MINUTES}]",
)
@services.dry_run_option
@services.manager_option
@wait_option
@json_option
@click.pass_obj
def command(
    app: App,
    install_timer: bool,
    uninstall_timer: bool,
    interval: int | None,
    dry_run: bool,
    manager: Manager | None,
    wait: float,
    as_json: bool,
) -> None:
    """Save every session of the tmux server with tmux-resurrect.

    tmux-continuum saves only while a client is attached and draws the status line; this saves always.
    """
    if install_timer and uninstall_timer:
        raise click.UsageError("--install-timer and --uninstall-timer exclude each other.")
    if interval and not install_timer:
        raise click.UsageError("--interval goes with --install-timer.")
    if dry_run and not (install_timer or uninstall_timer):
        raise click.UsageError("--dry-run goes with --install-timer or --uninstall-timer.")
    request = Request(app, manager, dry_run, as_json, wait)
    if install_timer:
        _install(request, interval or _MINUTES)
    elif uninstall_timer:
        _uninstall(request)
    else:
        _show(app, save(app.server, wait=wait, tell=app.tell), as_json=as_json)


def _show(app: App, saved: Saved, *, as_json: bool) -> None:
    if as_json:
        file = str(saved.file) if saved.file else None
        click.echo(envelope("save", {"action": saved.action, "file": file}))
    elif saved.action != "nothing":
        what = "saved" if saved.action == "saved" else "unchanged since"
        click.echo(printable(f"{what} {saved.file}"))
    if saved.action == "nothing":
        app.tell("no session of tmux runs: nothing to save")


def _install(request: Request, minutes: int) -> None:
    kind = request.here
    call = units.call(request.app.server, "--quiet", "save")
    line = service.cron_save(call, minutes) if kind == "cron" else ""
    done = services.install(request, units.timer(kind, call, minutes), start=_TIMER.get(kind, ""))
    services.show("save", request, done, kind, line)
    if line:
        services.explain_line(request.app, line)
    services.end(request, done)


def _uninstall(request: Request) -> None:
    done = services.uninstall(
        request, lambda kind: units.timer(kind, Call(("ocprov",)), _MINUTES), stop=_TIMER
    )
    services.show("save", request, done, request.manager)
    services.explain_removal(request, done, "timer")
    services.end(request, done)
