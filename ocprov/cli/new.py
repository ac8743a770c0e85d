"""`ocprov new`: a layout of one's own, to start with."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.authoring import place, template
from ocprov.cli import complete_names
from ocprov.cli.app import App
from ocprov.cli.context import json_option
from ocprov.cli.edit import edited, require_terminal
from ocprov.cli.output import envelope
from ocprov.cli.wanted import project_directory
from ocprov.errors import LayoutError
from ocprov.layout import files
from ocprov.layout.files import shown
from ocprov.layout.source import find

if TYPE_CHECKING:
    from ocprov.layout.load import Loaded


@click.command("new")
@click.argument("name")
@click.option(
    "--extends",
    "parent",
    default="",
    metavar="LAYOUT",
    help="change blocks of that layout, keep the rest",
    shell_complete=complete_names.layouts,
)
@click.option("-e", "--edit", "edit", is_flag=True, help="open it in your editor")
@json_option
@click.pass_obj
def command(app: App, name: str, parent: str, edit: bool, as_json: bool) -> None:
    """Write a new layout NAME of yours, with comments that tell what goes where."""
    path = place.new(name)
    if edit:
        require_terminal()
    text = template.extending(name, find(parent)) if parent else template.plain(name)
    check(path, text)
    save(path, text)
    wins = place.wins(name)
    if as_json:
        click.echo(
            envelope("new", {"layout": name, "path": str(path), "extends": parent or None, "wins": wins})
        )
    else:
        click.echo(f"{name}: {shown(path)}")
    tell_win(app, name)
    if edit:
        edited(app, path)
    elif not as_json:
        app.tell(f"edit it: ocprov edit {name}")


def check(path: Path | None, text: str) -> "Loaded":
    """The layout that was just made; LayoutError when it would be none, so that it is not put anywhere."""
    from ocprov.authoring.checking import checked

    try:
        return checked(text.encode(), path or files.user_root() / "new.yaml.j2", project_directory(""))
    except LayoutError as error:
        reason = error.message.partition(": ")[2] or error.message
        raise LayoutError(f"no layout comes of it: {reason}", error.hint) from error


def save(path: Path, text: str) -> None:
    """Put a layout that was checked in its place."""
    place.save(path, text.encode())


def tell_win(app: App, name: str) -> None:
    """Say that a layout of the user's stands before a shipped one."""
    if place.wins(name):
        app.tell(f"it wins over the shipped layout {name}, as ocprov ls shows")
