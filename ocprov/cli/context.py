"""What commands have in common: options that several of them take."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ocprov.cli import complete_names
from ocprov.cli.app import WAIT

Function = TypeVar("Function", bound=Callable[..., Any])


def layout_options(function: Function) -> Function:
    """`--set` and `--dir`, for every command that renders a layout."""
    function = click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="NAME=VALUE",
        help="set a variable of the layout; may be repeated",
        shell_complete=complete_names.settings,
    )(function)
    return click.option(
        "--dir",
        "directory",
        default="",
        metavar="DIR",
        help="the project's directory  [default: this one]",
        shell_complete=complete_names.directories,
    )(function)


def cache_option(function: Function) -> Function:
    """`--no-cache`."""
    return click.option(
        "--no-cache", is_flag=True, help="render the layout anew, and leave the plan cache alone"
    )(function)


def json_option(function: Function) -> Function:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="answer in JSON")(function)


def wait_option(function: Function) -> Function:
    """`--wait`."""
    return click.option(
        "--wait",
        type=click.IntRange(0, 86400),
        default=WAIT,
        show_default=True,
        metavar="SECONDS",
        help="how long to wait for another ocprov",
    )(function)
