"""`ocprov freeze`: a live session as a layout."""

import click

from ocprov.authoring import freezing, place, text
from ocprov.cli import complete_names
from ocprov.cli.app import App
from ocprov.cli.context import json_option
from ocprov.cli.new import check, save, tell_win
from ocprov.cli.output import envelope
from ocprov.layout.files import shown
from ocprov.tmux.here import at_terminal


@click.command("freeze")
@click.argument("session", shell_complete=complete_names.every_session)
@click.option("--save", "name", default="", metavar="NAME", help="make it a layout of yours of that name")
@json_option
@click.pass_obj
def command(app: App, session: str, name: str, as_json: bool) -> None:
    """Print the live SESSION, a layout's or any other, as a layout that makes an equal one."""
    path = place.new(name) if name else None
    frozen = freezing.frozen(app.server, session, name)
    description = f"what {frozen.name} was like" if frozen.name.isprintable() else ""
    made = text.layout(frozen.workspace, alias=name, description=description, notes=frozen.notes)
    loaded = check(path, made)
    if path:
        save(path, made)
    if as_json:
        data = {
            "session": frozen.name,
            "layout": name or None,
            "path": str(path) if path else None,
            "text": made,
            "windows": list(loaded.desired.keys),
            "notes": list(frozen.notes),
        }
        click.echo(envelope("freeze", data))
    else:
        click.echo(f"{name}: {shown(path)}" if path else made, nl=bool(path))
    in_sight = not name and not as_json and at_terminal()  # as comments of the text
    for note in () if in_sight else frozen.notes:
        app.tell(note)
    if name:
        tell_win(app, name)
