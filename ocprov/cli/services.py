"""What `save` and `boot` have in common: services written, removed, and shown."""

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from ocprov.cli.context import App
from ocprov.cli.output import envelope
from ocprov.core.names import printable
from ocprov.persistence import units
from ocprov.persistence.units import Change, Manager, Unit
from ocprov.state import home

Function = TypeVar("Function", bound=Callable[..., Any])


def manager_option(function: Function) -> Function:
    """`--manager`."""
    return click.option(
        "--manager",
        "kind",
        type=click.Choice(["systemd", "launchd", "cron"]),
        default=units.manager,
        help="what runs the service  [default: what this machine has]",
    )(function)


def install(app: App, kind: Manager, wanted: Sequence[Unit], *, start: str = "") -> list[Change]:
    """Write the files and tell the manager; `start` is the service to run from now on, not only at the next login."""
    done = units.install(wanted)
    changed = any(change.action != "unchanged" for change in done)
    if kind == "systemd":
        again = "restart" if changed else "start"
        _ask(
            app, ["systemctl --user daemon-reload", *([f"systemctl --user {again} {start}"] if start else [])]
        )
        _warn_of_config_home(app)
    elif kind == "launchd" and start and changed:
        units.ask_manager(["launchctl", "bootout", f"{_domain()}/{start}"])  # an old one: there may be none
        _ask(app, [f"launchctl bootstrap {_domain()}"], last=str(wanted[0].path))
    return done


def uninstall(app: App, kind: Manager, wanted: Sequence[Unit], *, stop: str = "") -> list[Change]:
    """Remove the files and tell the manager; `stop` is the service that ends now."""
    done = units.uninstall(wanted)
    if done and kind == "systemd":
        stops = [f"systemctl --user stop {stop}"] if stop else []
        _ask(app, [*stops, "systemctl --user daemon-reload"])
    elif done and kind == "launchd" and stop:
        _ask(app, [f"launchctl bootout {_domain()}/{stop}"])
    return done


def show(command: str, kind: Manager, done: Sequence[Change], line: str = "", *, as_json: bool) -> None:
    """What was done to each file; `line` is for a crontab."""
    if as_json:
        files = [{"path": str(change.path), "action": change.action} for change in done]
        click.echo(envelope(command, {"manager": kind, "files": files, "line": line or None}))
        return
    for change in done:
        click.echo(printable(f"{change.action} {change.path}"))
    if line:
        click.echo(line)


def explain_line(app: App, line: str) -> None:
    """How to add a line to the crontab, which is the user's own."""
    app.tell("the crontab is yours to change; add this line with: crontab -e")
    if len(line) > 990:
        app.tell("some crons take at most 1000 characters: shorten its PATH")


def _ask(app: App, requests: Sequence[str], last: str = "") -> None:
    answers = {
        request: units.ask_manager([*request.split(), *([last] if last else [])]) for request in requests
    }
    for request, why in answers.items():
        if why:
            app.tell(f"`{request}` did not work ({why}); the next login does it")
            return


def _warn_of_config_home(app: App) -> None:
    told = os.environ.get("XDG_CONFIG_HOME", "")
    if told and os.path.realpath(told) != os.path.realpath(home() / ".config"):
        app.tell(f"systemd reads {units.systemd_directory()} only when it knows this XDG_CONFIG_HOME too")


def _domain() -> str:
    return f"gui/{os.getuid()}"
