"""Which server a command is about: by its name, or by a directory."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ocprov.cli import complete_names
from ocprov.errors import OcprovError

if TYPE_CHECKING:
    from ocprov.opencode.places import Places

Function = TypeVar("Function", bound=Callable[..., Any])


def dir_option(function: Function) -> Function:
    """`--dir`, of a server that there is."""
    return click.option(
        "--dir",
        "directory",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="the server's directory  [default: this one]",
        shell_complete=complete_names.server_directories,
    )(function)


def name_argument(function: Function) -> Function:
    """`[NAME]`, as `server ls` tells it."""
    return click.argument("name", default="", metavar="[NAME]", shell_complete=complete_names.servers)(
        function
    )


def meant(name: str, directory: Path | None) -> "Places":
    """The place of the server that is meant; OcprovError where there is none of that name, or no such directory."""
    from ocprov.opencode import places, record

    if name and directory:
        raise click.UsageError("NAME and --dir are two ways to name one server.")
    if not name:
        return places.of(_real(directory or Path.cwd()))
    found = next((place for place in places.every() if place.name == name), None)
    if found is None:
        known = ", ".join(one.name for one in record.every()[:5])
        raise OcprovError(
            f"no server is called {click.unstyle(name)!a}",
            f"there are: {known}" if known else "ocprov server ls",
        )
    return found


def _real(directory: Path) -> Path:
    """A directory that is gone may have a server still."""
    from ocprov.opencode import places, spec

    gone = directory.expanduser().resolve()
    return gone if not gone.exists() and places.of(gone).record.exists() else spec.real(directory)
