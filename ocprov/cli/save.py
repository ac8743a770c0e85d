"""`ocprov save`: save with tmux-resurrect, also when nobody is attached."""

import click

from ocprov.cli import services
from ocprov.cli.context import App, json_option, wait_option
from ocprov.cli.output import envelope
from ocprov.core.names import printable
from ocprov.persistence import service, units
from ocprov.persistence.saving import Saved, save
from ocprov.persistence.service import Call
from ocprov.persistence.units import Manager

_MINUTES = 15
_TIMER = {"systemd": "ocprov-save.timer", "launchd": "ocprov.save", "cron": ""}


@click.command("save")
@click.option("--install-timer", is_flag=True, help="save from now on by itself, as a user service")
@click.option("--uninstall-timer", is_flag=True, help="remove that service")
@click.option(
    "--interval",
    type=click.IntRange(1, 1440),
    metavar="MINUTES",
    help=f"how often the timer saves  [default: {_MINUTES}]",
)
@services.manager_option
@wait_option
@json_option
@click.pass_obj
def command(
    app: App,
    install_timer: bool,
    uninstall_timer: bool,
    interval: int | None,
    kind: Manager,
    wait: float,
    as_json: bool,
) -> None:
    """Save every session of the tmux server with tmux-resurrect.

    tmux-continuum saves only while a client is attached and draws the status line; this saves always.
    """
    if install_timer and uninstall_timer:
        raise click.UsageError("--install-timer and --uninstall-timer exclude each other.")
    if interval and not install_timer:
        raise click.UsageError("--interval is for --install-timer.")
    if install_timer:
        _install(app, kind, interval or _MINUTES, as_json=as_json)
    elif uninstall_timer:
        _uninstall(app, kind, as_json=as_json)
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


def _install(app: App, kind: Manager, minutes: int, *, as_json: bool) -> None:
    call = units.call(app.server, "--quiet", "save")
    done = services.install(app, kind, units.timer(kind, call, minutes), start=_TIMER[kind])
    line = service.cron_save(call, minutes) if kind == "cron" else ""
    services.show("save", kind, done, line, as_json=as_json)
    if line:
        services.explain_line(app, line)


def _uninstall(app: App, kind: Manager, *, as_json: bool) -> None:
    files = units.timer(kind, Call(("ocprov",)), _MINUTES)
    done = services.uninstall(app, kind, files, stop=_TIMER[kind])
    services.show("save", kind, done, as_json=as_json)
    if not done:
        where = (
            "a line of your crontab is yours to remove: crontab -e"
            if kind == "cron"
            else "no timer is installed"
        )
        app.tell(f"nothing to remove: {where}")
