"""`ocprov boot`: a service that brings tmux and layouts back."""

import os
from collections.abc import Sequence

import click

from ocprov.cli import complete_names, services
from ocprov.cli.app import App
from ocprov.cli.context import json_option, layout_options
from ocprov.cli.output import envelope
from ocprov.cli.services import Request
from ocprov.cli.wanted import DEMO, require, wanted
from ocprov.core.names import printable, project
from ocprov.errors import OcprovError
from ocprov.persistence import service, units
from ocprov.persistence.installing import Done
from ocprov.persistence.service import Call
from ocprov.persistence.units import Manager, Unit
from ocprov.state import home


@click.command("boot")
@click.argument(
    "layouts", nargs=-1, metavar="LAYOUT[:WINDOW,…]…", shell_complete=complete_names.layouts_and_windows
)
@layout_options
@click.option(
    "--install", "to_install", is_flag=True, help="write the service and enable it; for cron, print its line"
)
@click.option("--uninstall", "to_uninstall", is_flag=True, help="remove the service; what runs goes on")
@services.dry_run_option
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
    dry_run: bool,
    manager: Manager | None,
    as_json: bool,
) -> None:
    """Print a user service that brings tmux and LAYOUT back; --install writes it.

    It runs `ocprov up --detach LAYOUT…`, which lets tmux-continuum restore first and adopts what that brought, with
    the variables of now that the layouts ask for.

    There is one such service, for one tmux server: name all its layouts; a second --install replaces the first one's.

    systemd's and launchd's start at login, a line for cron when the machine starts. systemd's saves when it stops,
    as at your last logout; launchd's and cron's never do: `ocprov save --install-timer` does.
    """
    request = Request(app, manager, dry_run, as_json)
    if to_uninstall:
        if layouts or settings or directory or to_install:
            raise click.UsageError(
                "--uninstall goes without LAYOUT, --dir, --set and --install: there is one service."
            )
        _uninstall(request)
        return
    if dry_run and not to_install:
        raise click.UsageError("--dry-run goes with --install or --uninstall.")
    if not layouts:
        raise click.UsageError(
            "Missing argument 'LAYOUT'. `ocprov ls` lists them; `ocprov boot monitoring` is a start."
        )
    start = _start(app, layouts, settings, directory)
    if to_install:
        _install(request, start)
    else:
        _print(request, start)


def _start(app: App, layouts: Sequence[str], settings: Sequence[str], directory: str) -> Call:
    """The call of `up`; the layouts are rendered and checked first, and their programs looked for."""
    if DEMO in layouts:
        raise OcprovError("the demo is for a first look", "ocprov boot monitoring")
    place = ""
    asked: list[str] = []
    for name in layouts:
        one = wanted(name, settings, directory)
        require(one)
        asked += one.variables
        # A service starts at home: a session that is named after the directory we are in must be told it.
        if directory or (one.told.directory and project(one.told.directory) in one.session.name):
            place = one.told.directory
    _tell_kept_back(app, asked)
    sets = (word for setting in settings for word in ("--set", setting))
    told = (*(("--dir", place) if place else ()), *sets, *layouts)
    return units.call(app.server, "up", "--detach", *told, variables=asked)


def _tell_kept_back(app: App, asked: Sequence[str]) -> None:
    for name in dict.fromkeys(asked):
        if name.startswith("OPENCODE_") and os.environ.get(name):
            app.tell(
                printable(f"a layout asks for {name}, which no service is told; give the value by --set")
            )


def _files(request: Request, start: Call) -> tuple[Sequence[Unit], str]:
    """The service's files, and the line for a crontab."""
    kind = request.here
    stop = units.call(request.app.server, "--quiet", "save", "--wait", "10")
    return units.boot(kind, start, stop), service.cron_boot(start) if kind == "cron" else ""


def _install(request: Request, start: Call) -> None:
    files, line = _files(request, start)
    done = services.install(request, files)
    services.show("boot", request, done, request.here, line)
    _tell_replaced(request, files, done)
    if not request.dry_run:
        _explain(request)
    if line:
        services.explain_line(request.app, line)
    services.end(request, done)


def _tell_replaced(request: Request, files: Sequence[Unit], done: Sequence[Done]) -> None:
    """A second `--install` ends what the first one did."""
    for unit, one in zip(files, done, strict=True):
        old, new = service.boots(one.before), service.boots(unit.text)
        if old and old != new:
            ran, now = ("it runs", "then") if request.dry_run else ("it ran", "now")
            request.app.tell(printable(f"there is one boot service: {ran} `{old}`, {now} `{new}`"))


def _print(request: Request, start: Call) -> None:
    files, line = _files(request, start)
    if request.as_json:
        data = [{"path": str(unit.path), "text": unit.text} for unit in files]
        click.echo(envelope("boot", {"manager": request.here, "files": data, "line": line or None}))
    else:
        for unit in files:
            request.app.tell(printable(f"--install writes it to {unit.path}"))
            click.echo(unit.text, nl=False)
        if line:
            click.echo(line)
    if line:
        services.explain_line(request.app, line)


def _explain(request: Request) -> None:
    app, kind = request.app, request.here
    if kind != "systemd":
        app.tell(f"{kind} saves nothing when you log out: ocprov save --install-timer")
        return
    if not units.lingers():
        app.tell(
            "it starts when you log in and ends with your last logout; to start at boot and stay: loginctl enable-linger"
        )
    if (home() / ".config/systemd/user/tmux.service").exists():
        app.tell(
            "tmux-continuum starts tmux at login too (tmux.service): both are fine, ocprov's comes after it"
        )


def _uninstall(request: Request) -> None:
    # Not stopped: it has no process of its own, and one more save at the logout does no harm.
    done = services.uninstall(
        request, lambda kind: units.boot(kind, Call(("ocprov",)), Call(("ocprov",))), stop={}
    )
    services.show("boot", request, done, request.manager)
    services.explain_removal(request, done, "service")
    services.end(request, done)
