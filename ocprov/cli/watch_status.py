"""`ocprov status --watch`: a live view for a person at a terminal, else a frame or a JSON document each interval."""

import json
import os
import sys
import time

import click

from ocprov.cli import show_status
from ocprov.cli.app import App
from ocprov.cli.main import tell_error
from ocprov.cli.output import SCHEMA
from ocprov.cli.status import statuses
from ocprov.cli.watching import ended_properly
from ocprov.core.status import SessionStatus
from ocprov.errors import OcprovError
from ocprov.settings import read
from ocprov.tmux import here


def watch(
    app: App, layouts: tuple[str, ...], interval: float | None, *, as_json: bool
) -> list[SessionStatus]:
    """Watch until somebody leaves; what was seen last. OcprovError when the first look fails."""
    seconds = interval or read.read().number("status.interval")
    first = statuses(app.server, layouts)
    if as_json or not _at_terminal():
        _print(app, layouts, seconds, first, as_json=as_json)
    from ocprov.cli.live_view import View  # late: its library takes longer to import than all the rest

    plain = click.get_current_context().find_root().color is False
    with ended_properly():  # the terminal is left as it was
        return View(app, layouts, first, seconds, plain=plain).run()


def _at_terminal() -> bool:
    return here.at_terminal() and not _dumb()


def _dumb() -> bool:
    return os.environ.get("TERM", "dumb") in ("dumb", "unknown")


def _print(
    app: App, layouts: tuple[str, ...], seconds: float, found: list[SessionStatus], *, as_json: bool
) -> None:
    """Print for ever; a look that fails is told, and the next one may not."""
    while True:
        if not as_json and sys.stdout.isatty() and not _dumb():
            click.clear()
        click.echo(_line(found) if as_json else show_status.answer(found, int(time.time()), as_json=False))
        while True:
            time.sleep(seconds)
            try:
                found = statuses(app.server, layouts)
                break
            except OcprovError as error:
                tell_error(click.get_current_context(), error.message, error.hint)


def _line(found: list[SessionStatus]) -> str:
    """The envelope in one line, with the time of the look."""
    data = {**show_status.data(found), "time": int(time.time())}
    return json.dumps({"schema": SCHEMA, "command": "status", "data": data})
