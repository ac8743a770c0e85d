"""`ocprov import`: a layout from another tool's file."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.authoring import importing, place, text
from ocprov.cli.app import App
from ocprov.cli.context import json_option
from ocprov.cli.new import check, save, tell_win
from ocprov.cli.output import envelope
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.layout.files import shown
from ocprov.tmux.here import at_terminal
from ocprov.tmux.ready import require_directories

if TYPE_CHECKING:
    from ocprov.core.desired import Session


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--from", "kind", type=click.Choice(importing.KINDS), help="whose file it is  [default: found out]"
)
@click.option("--save", "name", default="", metavar="NAME", help="make it a layout of yours of that name")
@json_option
@click.pass_obj
def command(app: App, file: Path, kind: str | None, name: str, as_json: bool) -> None:
    """Print the FILE of tmuxinator, teamocil, smug or tmuxp as a layout."""
    path = place.new(name) if name else None
    found, made = importing.taken(file, kind or "")
    description = f"from {file.name} of {found}" if re.fullmatch(r"[\w. -]+", file.name) else f"from {found}"
    layout = text.layout(made.workspace, alias=name, description=description, notes=made.notes)
    loaded = check(path, layout)
    notes = [*made.notes, *_missing(loaded.desired)]
    if path:
        save(path, layout)
    if as_json:
        data = {
            "file": str(file),
            "from": found,
            "layout": name or None,
            "path": str(path) if path else None,
            "session": loaded.desired.name,
            "windows": list(loaded.desired.keys),
            "text": layout,
            "notes": notes,
        }
        click.echo(envelope("import", data))
    else:
        click.echo(f"{name}: {shown(path)}" if path else layout, nl=bool(path))
    in_sight = not name and not as_json and at_terminal()  # as comments of the text
    for note in notes[len(made.notes) :] if in_sight else notes:
        app.tell(printable(note))
    if name:
        tell_win(app, name)


def _missing(session: "Session") -> list[str]:
    """The directory that this machine lacks, which is no mistake of the file's."""
    try:
        require_directories(session)
    except OcprovError as error:
        return [f"{error.message}; make it before ocprov up"]
    return []
