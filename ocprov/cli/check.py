"""`ocprov check`: check layouts."""

from pathlib import Path

import click

from ocprov.cli import complete_names
from ocprov.cli.app import App
from ocprov.cli.context import json_option, layout_options
from ocprov.cli.main import tell_error
from ocprov.cli.output import counted, envelope
from ocprov.cli.wanted import wanted_file, wanted_layout
from ocprov.errors import OcprovError
from ocprov.layout.load import Loaded
from ocprov.layout.source import sources
from ocprov.tmux.ready import require_directories

# A layout's name, what it is where it is right, and what is wrong with it.
Result = tuple[str, Loaded | None, OcprovError | None]


@click.command("check")
@click.argument(
    "layouts", nargs=-1, metavar="[LAYOUT or FILE]…", shell_complete=complete_names.layouts_and_files
)
@layout_options
@click.option(
    "--schema", "schema_wanted", is_flag=True, help="print the JSON Schema of rendered layouts, for editors"
)
@json_option
@click.pass_obj
@click.pass_context
def command(
    ctx: click.Context,
    app: App,
    layouts: tuple[str, ...],
    settings: tuple[str, ...],
    directory: str,
    schema_wanted: bool,
    as_json: bool,
) -> None:
    """Check layouts, by name or file; all of them when none is named. Exit 1 when one is wrong."""
    if schema_wanted:
        if layouts:
            raise click.UsageError("--schema goes without LAYOUT: it is of all layouts.")
        click.echo(_schema(as_json=as_json))
        return
    names = layouts or tuple(source.alias for source in sources() if not source.shadowed)
    results = [_check(name, settings, directory) for name in names]
    _tell(ctx, app, results, as_json=as_json)
    if any(error is not None for _, _, error in results):
        ctx.exit(1)


def _tell(ctx: click.Context, app: App, results: list[Result], *, as_json: bool) -> None:
    if as_json:
        click.echo(envelope("check", {"layouts": [_data(*result) for result in results]}))
    for name, loaded, error in results:
        if error is not None:
            tell_error(ctx, error.message, error.hint)
        elif not as_json and loaded is not None:
            click.echo(f"{name}: fine, {counted(len(loaded.desired.windows), 'window')}")
        for warning in _warnings(loaded) if loaded else ():
            app.tell(f"{name}: {warning}")


def _schema(*, as_json: bool) -> str:
    import json

    from ocprov.authoring.schema import schema

    return envelope("check", {"schema": schema()}) if as_json else json.dumps(schema(), indent=2)


def _check(name: str, settings: tuple[str, ...], directory: str) -> Result:
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
