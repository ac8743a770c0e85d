"""A screen as plain text or as a picture."""

from ocprov.tmux.screen import Screen


def rendered(screen: Screen, form: str, title: str) -> str:
    """The screen as plain text, or where `form` is `svg` as a picture with a title."""
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
