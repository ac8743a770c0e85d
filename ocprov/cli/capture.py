"""`ocprov capture`: a window's screen as text or SVG."""

from pathlib import Path

import click

from ocprov.cli import complete_names
from ocprov.cli.app import App
from ocprov.cli.picture import rendered
from ocprov.errors import OcprovError
from ocprov.tmux import live
from ocprov.tmux.screen import capture


@click.command("capture")
@click.argument("layout", shell_complete=complete_names.sessions)
@click.argument("window", shell_complete=complete_names.windows)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "ansi", "svg"]),
    help="plain text, text with colours, or a picture  [default: by the name of --output, else text]",
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="write it to this file")
@click.option("--history", default=0, metavar="LINES", help="also so many lines from above the screen")
@click.pass_obj
def command(app: App, layout: str, window: str, form: str | None, output: Path | None, history: int) -> None:
    """Print what WINDOW of LAYOUT's live session shows; WINDOW is a name or an index."""
    server = app.server
    session = live.one(server, layout)
    screen = capture(server, session, window, history=history)
    form = form or ("svg" if output and output.suffix == ".svg" else "text")
    text = screen.ansi if form == "ansi" else rendered(screen, form, title=f"{session.name}: {window}")
    if output is None:
        click.echo(text, nl=False, color=form == "ansi")
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OcprovError(
            f"cannot write {output}: {error.strerror}", "name another file: --output FILE"
        ) from error
