"""What `save` and `boot` have in common: services written, removed, and shown."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from ocprov.cli.app import App
from ocprov.cli.output import envelope
from ocprov.core.names import printable
from ocprov.errors import NOT_AS_WANTED
from ocprov.persistence import installing, units
from ocprov.persistence.installing import WAIT, Done
from ocprov.persistence.units import Manager, Unit
from ocprov.state import home

Function = TypeVar("Function", bound=Callable[..., Any])

_DONE = {"create": "created", "replace": "replaced", "remove": "removed", "none": "unchanged"}
_WOULD = {
    "create": "would create",
    "replace": "would replace",
    "remove": "would remove",
    "none": "unchanged",
}


@dataclass(frozen=True, slots=True)
class Request:
    """How services are to be changed: for which manager (None: as it says there), and how that is told."""

    app: App
    manager: Manager | None
    dry_run: bool
    as_json: bool
    wait: float = WAIT

    @property
    def here(self) -> Manager:
        """The manager that was named, or else this machine's."""
        return self.manager or units.manager()

    def blocked(self) -> None:
        """What is said while another works."""
        self.app.tell("waiting for another ocprov")


def manager_option(function: Function) -> Function:
    """`--manager`."""
    return click.option(
        "--manager",
        "manager",
        type=click.Choice(["systemd", "launchd", "cron"]),
        help="what runs the service  [default: what this machine has; to remove: all]",
    )(function)


def dry_run_option(function: Function) -> Function:
    """`--dry-run`."""
    return click.option(
        "-n", "--dry-run", is_flag=True, help="only say what would change; exit 3 when something would"
    )(function)


def install(request: Request, wanted: Sequence[Unit], *, start: str = "") -> list[Done]:
    """Write the files and tell the manager; `start` is the service to run from now on, not only at the next login."""
    done = installing.install(wanted, dry_run=request.dry_run, wait=request.wait, blocked=request.blocked)
    if request.dry_run:
        return done
    app, kind = request.app, request.here
    if kind == "systemd":
        again = "restart" if _changed(done) else "start"
        starts = [f"systemctl --user {again} {start}"] if start else []
        _ask(app, ["systemctl --user daemon-reload", *starts])
        _warn_of_config_home(app)
    elif kind == "launchd" and start and _changed(done):
        units.ask_manager(["launchctl", "bootout", f"{_domain()}/{start}"])  # an old one: there may be none
        _ask(app, [f"launchctl bootstrap {_domain()}"], last=str(wanted[0].path))
    return done


def uninstall(
    request: Request, wanted: Callable[[Manager], Sequence[Unit]], *, stop: dict[Manager, str]
) -> list[Done]:
    """Remove the files of every manager, or of the one that was named, and tell it; `stop` is what ends now."""
    kinds: tuple[Manager, ...] = (request.manager,) if request.manager else ("systemd", "launchd")
    files = [(kind, unit) for kind in kinds for unit in wanted(kind)]
    looked = installing.uninstall(
        [unit for _, unit in files], dry_run=request.dry_run, wait=request.wait, blocked=request.blocked
    )
    gone = [(kind, one) for (kind, _), one in zip(files, looked, strict=True) if one.action != "none"]
    for kind in kinds:
        if not request.dry_run and kind in dict(gone):
            _tell_gone(request.app, kind, stop.get(kind, ""))
    return [one for _, one in gone]


def _tell_gone(app: App, kind: Manager, stop: str) -> None:
    if kind == "systemd":
        stops = [f"systemctl --user stop {stop}"] if stop else []
        _ask(app, [*stops, "systemctl --user daemon-reload"])
    elif stop:
        _ask(app, [f"launchctl bootout {_domain()}/{stop}"])


def show(
    command: str, request: Request, done: Sequence[Done], manager: Manager | None, line: str = ""
) -> None:
    """What was done to each file, or would be, for one manager or (None) all; `line` is for a crontab."""
    if request.as_json:
        files = [{"path": str(one.path), "action": one.action} for one in done]
        data = {"changed": _changed(done), "dry_run": request.dry_run, "files": files, "line": line or None}
        click.echo(envelope(command, {"manager": manager, **data}))
        return
    for one in done:
        click.echo(printable(f"{(_WOULD if request.dry_run else _DONE)[one.action]} {one.path}"))
    if line:
        click.echo(line)


def explain_line(app: App, line: str) -> None:
    """How to add a line to the crontab, which is the user's own."""
    app.tell("the crontab is yours to change; add this line with: crontab -e")
    if len(line) > 990:
        app.tell("some crons take at most 1000 characters: shorten its PATH")


def explain_removal(request: Request, done: Sequence[Done], what: str) -> None:
    """What was not found, and what is not ocprov's to remove."""
    if not done:
        request.app.tell(f"nothing to remove: no {what} is installed")
    if not done or request.here == "cron":
        request.app.tell("a line in your crontab is yours to remove: crontab -e")


def end(request: Request, done: Sequence[Done]) -> None:
    """Exit 3 after a dry run when something would change."""
    if request.dry_run and _changed(done):
        click.get_current_context().exit(NOT_AS_WANTED)


def _changed(done: Sequence[Done]) -> bool:
    return any(one.action != "none" for one in done)


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
