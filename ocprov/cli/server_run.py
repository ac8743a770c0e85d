"""`ocprov server run`: the supervisor of a directory's server, in a window."""

import sys
import time
from pathlib import Path
from typing import Any

import click

from ocprov.cli.app import App
from ocprov.cli.context import wait_option
from ocprov.cli.server_options import spec_options
from ocprov.cli.waiting import told
from ocprov.core.names import printable
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
    from ocprov.opencode import supervise

    if detached:
        sys.exit(supervise.detached(directory, tell=_tell, changed=told(app)))
    spec = ServerSpec(directory, **asked)
    sys.exit(supervise.supervise(spec, tell=_tell, changed=told(app), wait=wait))


def _tell(text: str) -> None:
    """A line with its date; in a window that is all there is to see."""
    click.echo(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {printable(text)}")
