"""What commands have in common: the options of `ocprov` itself, and those that several of them take."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from ocprov.tmux.client import Server, server

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


def wait_option(function: Function) -> Function:
    """`--wait`."""
    return click.option(
        "--wait",
        type=click.IntRange(0, 86400),
        default=60,
        show_default=True,
        metavar="SECONDS",
        help="how long to wait for another ocprov",
    )(function)
