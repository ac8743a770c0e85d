"""`--host` and `--inventory`, for every command that reads other machines."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ocprov.cli import complete_hosts

Function = TypeVar("Function", bound=Callable[..., Any])


def hosts_options(function: Function) -> Function:
    """The parameters `hosts` and `inventory`: by one of them given the command is about those hosts alone."""
    says = "of all hosts of a pyinfra inventory; --host then says which: names, groups, patterns"
    return host_option(multiple=True)(inventory_option(says)(function))


def inventory_option(says: str) -> Callable[[Function], Function]:
    """`--inventory` alone."""
    return click.option(
        "--inventory",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help=says,
    )


def host_option(*, multiple: bool) -> Callable[[Function], Function]:
    """`--host` alone."""
    return click.option(
        "--host",
        "hosts" if multiple else "host",
        multiple=multiple,
        metavar="HOST",
        help="of that machine, as ssh knows it" + ("; may be repeated" if multiple else ""),
        shell_complete=complete_hosts.hosts,
    )
