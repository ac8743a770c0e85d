"""`ocprov check`: check layouts."""

from pathlib import Path

import click

from ocprov.cli.app import App
from ocprov.cli.context import json_option, layout_options
from ocprov.cli.main import tell_error
from ocprov.cli.output import counted, envelope
from ocprov.cli.wanted import wanted_file, wanted_layout
from ocprov.errors import OcprovError
from ocprov.layout.load import Loaded
from ocprov.layout.source import sources
from ocprov.tmux.ready import require_directories


@click.command("check")
@click.argument("layouts", nargs=-1, metavar="[LAYOUT or FILE]…")
@layout_options
@json_option
@click.pass_obj
@click.pass_context
def command(
    ctx: click.Context,
    app: App,
    layouts: tuple[str, ...],
    settings: tuple[str, ...],
    directory: str,
    as_json: bool,
) -> None:
    """Check layouts, by name or file; all of them when none is named. Exit 1 when one is wrong."""
    names = layouts or tuple(source.alias for source in sources() if not source.shadowed)
    results = [_check(name, settings, directory) for name in names]
    if as_json:
        click.echo(envelope("check", {"layouts": [_data(*result) for result in results]}))
    for name, loaded, error in results:
        if error is not None:
            tell_error(ctx, error.message, error.hint)
        elif not as_json and loaded is not None:
            click.echo(f"{name}: fine, {counted(len(loaded.desired.windows), 'window')}")
        for warning in _warnings(loaded) if loaded else ():
            app.tell(f"{name}: {warning}")
    if any(error is not None for _, _, error in results):
        ctx.exit(1)


def _check(
    name: str, settings: tuple[str, ...], directory: str
) -> tuple[str, Loaded | None, OcprovError | None]:
    try:
        if "/" in name or name.endswith((".j2", ".yaml", ".yml")):
            loaded = wanted_file(Path(name), settings, directory)
        else:
            loaded = wanted_layout(name, settings, directory)
        require_directories(loaded.desired)
    except OcprovError as error:
        return name, None, error
    return name, loaded, None


def _warnings(loaded: Loaded) -> list[str]:
    """What is no mistake and still worth a word."""
    warnings = [f"needs {program}, which is not on PATH: {how}" for program, how in loaded.missing]
    for pane in loaded.desired.panes:
        pause = sum(typed.sleep_before + typed.sleep_after for typed in pane.typed)
        if pause:
            warnings.append(f"pane {pane.key} makes up wait {pause:g} s (sleep_before, sleep_after)")
    return warnings


def _data(name: str, loaded: Loaded | None, error: OcprovError | None) -> dict[str, object]:
    return {
        "layout": name,
        "valid": error is None,
        "error": error.message if error else None,
        "hint": error.hint if error else None,
        "session": loaded.desired.name if loaded else None,
        "windows": list(loaded.desired.keys) if loaded else [],
        "warnings": _warnings(loaded) if loaded else [],
    }
