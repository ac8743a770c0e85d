"""`ocprov edit`: a layout in the user's editor."""

import os
from pathlib import Path

import click

from ocprov.authoring import editor, place, template
from ocprov.authoring.revise import Choice, Draft, revise
from ocprov.cli import complete_names
from ocprov.cli.app import App
from ocprov.cli.main import tell_error
from ocprov.cli.output import counted
from ocprov.cli.wanted import project_directory
from ocprov.errors import OcprovError
from ocprov.layout import files
from ocprov.layout.source import Source, find, sources
from ocprov.tmux.here import at_terminal

_CHOICES: dict[str, Choice] = {"e": "again", "s": "save", "q": "quit"}


@click.command("edit")
@click.argument("name", shell_complete=complete_names.layouts)
@click.option("--copy", is_flag=True, help="of a shipped layout: edit a copy of yours")
@click.option(
    "--extend", is_flag=True, help="of a shipped layout: write one of yours that changes blocks of it"
)
@click.pass_obj
def command(app: App, name: str, copy: bool, extend: bool) -> None:
    """Open the layout NAME in $VISUAL or $EDITOR; what you write takes its place once it is right."""
    if copy and extend:
        raise click.UsageError("--copy and --extend exclude each other.")
    require_terminal()
    mine = _mine(name)
    if mine is None:
        edited_shipped(app, find(name), "copy" if copy else "extend" if extend else "")
    elif copy or extend:
        raise OcprovError(f"{name} is yours already: {files.shown(mine)}", f"ocprov edit {name}")
    else:
        edited(app, mine)


def require_terminal() -> None:
    """OcprovError where no editor can be used."""
    if not at_terminal():
        raise OcprovError("there is no terminal for an editor", "run it in a terminal")


def _mine(name: str) -> Path | None:
    """The user's layout of that name, right or wrong, but not one that others can write."""
    for source in sources():
        if source.user and source.alias == name:
            if source.problem and source.problem.message.startswith(
                f"{files.shown(source.path)} is not used"
            ):
                raise source.problem
            return source.path
    return None


def edited_shipped(app: App, source: Source, way: str) -> None:
    """A layout of the user's that starts as a shipped one: what is shipped comes new with each version."""
    name = source.alias
    if not way:
        app.tell(f"{name} is shipped, and not yours to change; yours would win over it")
        letter = click.prompt(
            "[e]xtend it and change some blocks, [c]opy it whole, or [q]uit",
            type=click.Choice(["e", "c", "q"]), default="e", show_choices=False, err=True,
        )  # fmt: skip
        if letter == "q":
            app.tell("nothing was changed")
            return
        way = {"e": "extend", "c": "copy"}[letter]
    text = source.path.read_bytes() if way == "copy" else template.extending(name, source).encode()
    _edited(app, Draft(place.new(name), text, there=False))


def edited(app: App, path: Path) -> None:
    """Have a layout of the user's edited, and say what came of it."""
    _edited(app, Draft(path, place.read(path), there=True))


def _edited(app: App, draft: Draft) -> None:
    name = files.stem(draft.path)
    words = editor.words(os.environ)
    revised = revise(draft, words, project_directory(""), lambda problem, copy: _ask(app, problem, copy))
    if not revised.changed:
        app.tell(f"{name}: unchanged" + ("" if draft.there else ", so none of yours was made"))
        if revised.hasty:
            app.tell(
                "is the editor open yet? what it saves now is lost; make it wait, as EDITOR='code -w' does"
            )
    elif not revised.saved:
        app.tell(f"{name}: left as it was")
    if revised.problem and (revised.saved or not revised.changed):
        raise revised.problem
    if revised.saved and revised.loaded:
        windows = counted(len(revised.loaded.desired.windows), "window")
        click.echo(f"{name}: fine, {windows}, saved to {files.shown(draft.path)}")
        for program, how in revised.loaded.missing:
            app.tell(f"{name}: needs {program}, which is not on PATH: {how}")
        if revised.loaded.source.alias != name:
            app.tell(
                f"it is called {revised.loaded.source.alias} now: ocprov up {revised.loaded.source.alias}"
            )


def _ask(app: App, problem: OcprovError, copy: Path) -> Choice:
    tell_error(click.get_current_context(), problem.message, problem.hint)
    try:
        letter = click.prompt(
            "[e]dit it again, [s]ave it all the same, or [q]uit and leave the layout as it was",
            type=click.Choice(list(_CHOICES)), default="e", show_choices=False, err=True,
        )  # fmt: skip
    except click.Abort:
        click.echo(err=True)
        app.tell(f"the layout is as it was; what you wrote is kept in {copy}")
        raise
    return _CHOICES[letter]
