"""What the commands that start a server take."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ocprov.cli import complete_names
from ocprov.opencode.spec import HIGHEST_PORT, ISOLATIONS, LOWEST_PORT, STARTUP

Function = TypeVar("Function", bound=Callable[..., Any])


def directory_option(function: Function) -> Function:
    """`--dir`, as a path."""
    return click.option(
        "--dir",
        "directory",
        type=click.Path(path_type=Path),
        default=".",
        metavar="DIR",
        help="the directory of the server  [default: this one]",
        shell_complete=complete_names.directories,
    )(function)


def spec_options(function: Function) -> Function:
    """What a server is to be; each of them is as it was for that directory before, where it is not given."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return directory_option(function)


def _path(name: str, said: str) -> Callable[[Any], Any]:
    return click.option(name, type=click.Path(path_type=Path), metavar="PATH", help=said)


_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--isolation",
        type=click.Choice(ISOLATIONS),
        help="shared: your conversations; data: own ones; full: nothing of yours  [default: as before, or shared]",
    ),
    click.option(
        "--port",
        type=click.IntRange(LOWEST_PORT, HIGHEST_PORT),
        metavar="PORT",
        help="the port on loopback  [default: a stable one of the directory's]",
    ),
    _path("--binary", "the opencode program  [default: from PATH]"),
    _path("--auth-file", "logins for an isolated server: an auth.json of OpenCode's"),
    _path("--config-file", "an opencode.json to use besides"),
    _path("--config-dir", "a config directory of OpenCode's, copied for an isolated server"),
    click.option(
        "--nested", is_flag=True, help="also where a server of the same worktree runs above or below"
    ),
    click.option(
        "--startup-timeout",
        type=click.FloatRange(1, 3600),
        default=STARTUP,
        show_default=True,
        metavar="SECONDS",
        help="how long it may take until it answers",
    ),
)
