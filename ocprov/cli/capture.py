"""`ocprov capture`: a window's screen as text or SVG."""

from pathlib import Path

import click

from ocprov.cli.app import App
from ocprov.errors import OcprovError
from ocprov.tmux import live
from ocprov.tmux.screen import Screen, capture


@click.command("capture")
@click.argument("layout")
@click.argument("window")
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
    text = screen.ansi if form == "ansi" else _rendered(screen, form, title=f"{session.name}: {window}")
    if output is None:
        click.echo(text, nl=False, color=form == "ansi")
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OcprovError(
            f"cannot write {output}: {error.strerror}", "name another file: --output FILE"
        ) from error


def _rendered(screen: Screen, form: str, title: str) -> str:
    import io

    from rich.console import Console
    from rich.text import Text

    console = Console(
        width=screen.width,
        record=True,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        no_color=False,
    )
    for line in screen.ansi.rstrip("\n").split("\n"):
        console.print(
            Text.from_ansi(line, no_wrap=True, overflow="crop"), no_wrap=True, overflow="crop", crop=True
        )
    if form == "svg":
        return console.export_svg(title=title, code_format=_SVG)
    return console.export_text(styles=False)


# Rich's own frame without its web fonts: a picture in a repository loads nothing from elsewhere.
_SVG = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: {char_height}px;
line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
