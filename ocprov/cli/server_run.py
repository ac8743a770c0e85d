"""`ocprov server run`: the supervisor of a directory's server, in a window."""

import sys
from pathlib import Path
from typing import Any

import click

from ocprov.cli.app import App
from ocprov.cli.context import wait_option
from ocprov.cli.server_options import spec_options
from ocprov.cli.waiting import told
from ocprov.cli.window_lines import Lines
from ocprov.opencode.spec import ServerSpec


@click.command("run")
@spec_options
@click.option("--delete-on-exit", is_flag=True, help="remove its state directory when it is stopped")
@click.option("--detached", is_flag=True, hidden=True)
@wait_option
@click.pass_obj
def command(app: App, /, directory: Path, wait: float, detached: bool, **asked: Any) -> None:
    """Supervise the server of a directory here, and say what happens to it; Ctrl-C ends both.

    It is started where it does not run, and started again when it ends or hangs.
    """
    from ocprov.opencode.life import supervise

    tell = Lines().tell
    if detached:
        sys.exit(supervise.detached(directory, tell=tell, changed=told(app), tmux=app.words))
    spec = ServerSpec(directory, **asked)
    sys.exit(supervise.supervise(spec, tell=tell, changed=told(app), wait=wait, tmux=app.words))
