"""What every command has at hand: the tmux server, whether to talk, and the layouts it was named."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ocprov.errors import OcprovError
from ocprov.state import home
from ocprov.tmux.client import Server, server

if TYPE_CHECKING:
    from ocprov.layout.load import Loaded
    from ocprov.layout.source import Source

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class App:
    """The options of `ocprov` itself, from before the command's name."""

    socket_name: str = ""
    socket_path: str = ""
    quiet: bool = False
    verbose: bool = False

    @property
    def server(self) -> Server:
        """The tmux server that is meant."""
        return server(self.socket_name, self.socket_path)

    def tell(self, text: str) -> None:
        """Talk: a line on stderr, unless `-q`."""
        if not self.quiet:
            click.echo(f"ocprov: {text}", err=True)

    def whisper(self, text: str) -> None:
        """A line on stderr with `-v`."""
        if self.verbose:
            click.echo(text, err=True)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A layout as named at the prompt, `NAME` or `NAME:WINDOW,WINDOW`."""

    layout: str
    windows: tuple[str, ...] = ()


def wanted(text: str) -> Wanted:
    """Read `NAME` or `NAME:WINDOW,WINDOW`."""
    layout, _, windows = text.partition(":")
    return Wanted(layout, tuple(name for name in windows.split(",") if name))


def layout_options(function: Function) -> Function:
    """`--set` and `--dir`, for every command that renders a layout."""
    function = click.option(
        "--set", "settings", multiple=True, metavar="NAME=VALUE", help="set a variable of the layout"
    )(function)
    return click.option(
        "--dir", "directory", default="", metavar="DIR", help="the project's directory  [default: this one]"
    )(function)


def json_option(function: Function) -> Function:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="answer in JSON")(function)


def project_directory(given: str) -> Path:
    """The real path of `--dir`, or of the directory we are in; OcprovError when it cannot be used."""
    try:
        path = Path(given or os.curdir).expanduser().resolve(strict=True)
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its links run in a circle"
        raise OcprovError(
            f"cannot use the directory {given or '.'}: {reason}", "name another one: --dir DIR"
        ) from error
    if not path.is_dir():
        raise OcprovError(f"not a directory: {path}", "name another one: --dir DIR")
    if not os.access(path, os.X_OK):
        raise OcprovError(f"no permission to enter {path}", "name another one: --dir DIR")
    return path


def load_layout(name: str, settings: Sequence[str], directory: str) -> "Loaded":
    """The layout of that name, rendered and checked, with its directories there."""
    from ocprov.layout.source import find

    return load_source(find(name), settings, directory)


def load_source(source: "Source | Path", settings: Sequence[str], directory: str) -> "Loaded":
    """The same for a layout that was found already.

    One that declares no directory is at home, wherever the command is called from, unless `--dir` was given.
    """
    from ocprov.layout.load import load

    place = project_directory(directory)
    return load(source, settings=settings, directory=place, start=place if directory else home())
