"""`ocprov boot`: a service that brings tmux and layouts back at login."""

from collections.abc import Sequence

import click

from ocprov.cli import services
from ocprov.cli.context import App, json_option, layout_options
from ocprov.cli.output import envelope
from ocprov.cli.wanted import DEMO, require, wanted
from ocprov.core.names import project
from ocprov.errors import OcprovError
from ocprov.persistence import service, units
from ocprov.persistence.service import Call
from ocprov.persistence.units import Manager, Unit
from ocprov.state import home


@click.command("boot")
@click.argument("layouts", nargs=-1, metavar="LAYOUT[:WINDOW,…]…")
@layout_options
@click.option("--install", "to_install", is_flag=True, help="write the service and enable it")
@click.option("--uninstall", "to_uninstall", is_flag=True, help="remove the service; what runs goes on")
@services.manager_option
@json_option
@click.pass_obj
def command(
    app: App,
    layouts: tuple[str, ...],
    settings: tuple[str, ...],
    directory: str,
    to_install: bool,
    to_uninstall: bool,
    kind: Manager,
    as_json: bool,
) -> None:
    """Print a user service that brings tmux and LAYOUT back at login, and saves at logout; --install writes it.

    It runs `ocprov up --detach LAYOUT…`, which lets tmux-continuum restore first and adopts what that brought.
    """
    if to_uninstall:
        if layouts or to_install:
            raise click.UsageError("--uninstall goes without LAYOUT and --install: there is one service.")
        _uninstall(app, kind, as_json=as_json)
        return
    if not layouts:
        raise click.UsageError(
            "Missing argument 'LAYOUT'. `ocprov ls` lists them; `ocprov boot monitoring` is a start."
        )
    start = units.call(app.server, "up", "--detach", *_arguments(layouts, settings, directory))
    files = units.boot(kind, start, units.call(app.server, "--quiet", "save", "--wait", "10"))
    line = service.cron_boot(start) if kind == "cron" else ""
    if to_install:
        services.show("boot", kind, services.install(app, kind, files), line, as_json=as_json)
        _explain(app, kind)
    else:
        _print(files, kind, line, as_json=as_json)
    if line:
        services.explain_line(app, line)


def _arguments(layouts: Sequence[str], settings: Sequence[str], directory: str) -> tuple[str, ...]:
    """What `up` is told; the layouts are rendered and checked first, and their programs looked for."""
    if DEMO in layouts:
        raise OcprovError("the demo is for a first look", "ocprov boot monitoring")
    place = ""
    for name in layouts:
        one = wanted(name, settings, directory)
        require(one.loaded)
        # A service starts at home: a session that is named after the directory we are in must be told it.
        if directory or project(one.told.directory) in one.session.name:
            place = one.told.directory
    sets = (word for setting in settings for word in ("--set", setting))
    return (*(("--dir", place) if place else ()), *sets, *layouts)


def _print(files: Sequence[Unit], kind: Manager, line: str, *, as_json: bool) -> None:
    if as_json:
        data = [{"path": str(unit.path), "text": unit.text} for unit in files]
        click.echo(envelope("boot", {"manager": kind, "files": data, "line": line or None}))
        return
    for unit in files:
        click.echo(unit.text, nl=False)
    if line:
        click.echo(line)


def _explain(app: App, kind: Manager) -> None:
    if kind != "systemd":
        return
    if not units.lingers():
        app.tell(
            "it starts when you log in and ends with your last logout; to start at boot and stay: loginctl enable-linger"
        )
    if (home() / ".config/systemd/user/tmux.service").exists():
        app.tell(
            "tmux-continuum starts tmux at login too (tmux.service): both are fine, ocprov's comes after it"
        )


def _uninstall(app: App, kind: Manager, *, as_json: bool) -> None:
    files = units.boot(kind, Call(("ocprov",)), Call(("ocprov",)))
    # Not stopped: it has no process of its own, and one more save at the logout does no harm.
    done = services.uninstall(app, kind, files)
    services.show("boot", kind, done, as_json=as_json)
    if not done:
        where = (
            "a line of your crontab is yours to remove: crontab -e"
            if kind == "cron"
            else "no service is installed"
        )
        app.tell(f"nothing to remove: {where}")
