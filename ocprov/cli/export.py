"""`ocprov export`: ocmonitor's reports as files for each day, and charts of what was spent."""

import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn

import click

from ocprov import state
from ocprov.cli import show_export
from ocprov.cli.app import WAIT, App
from ocprov.cli.context import json_option
from ocprov.cli.output import counted
from ocprov.cli.watching import ended_properly, failure, paint, width
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.settings.read import read
from ocprov.settings.values import Settings
from ocprov.watch import chart, exports, plot_file, plot_text, spending
from ocprov.watch.exports import Exported
from ocprov.watch.reports import FORMATS

_DAYS = 14


@click.command("export")
@click.option(
    "--to",
    "root",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="where exports go, a directory for each day  [default: export.directory]",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice([*FORMATS]),
    help="what they are; may be repeated  [default: export.formats]",
)
@click.option(
    "--every",
    type=click.FloatRange(0.001, 8760),
    metavar="HOURS",
    help="export again and again, until Ctrl-C",
)
@click.option("--plot", is_flag=True, help="a chart of the cost of each day by model instead")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="the chart as a picture: FILE.svg or FILE.png",
)
@click.option("--days", type=click.IntRange(1, 92), metavar="N", help="days in the chart  [default: 14]")
@json_option
@click.pass_obj
@click.pass_context
def command(
    ctx: click.Context,
    app: App,
    root: Path | None,
    formats: Sequence[str],
    every: float | None,
    plot: bool,
    output: Path | None,
    days: int | None,
    as_json: bool,
) -> None:
    """Export ocmonitor's reports as JSON and CSV, into a directory for each day; or plot the costs.

    Old days are removed as export.keep says: only directories that ocprov made, with nothing else in them.
    """
    _refuse(plot=plot, every=every, of_files=(root, *formats), output=output, days=days, as_json=as_json)
    with ended_properly():
        if plot:
            _plot(app, output, days or _DAYS, as_json=as_json, color=_in_color(ctx))
            return
        if every is not None:
            _again_and_again(app, root, formats, every)
        done = _export(app, read(), root, formats)
        click.echo(show_export.data(done, _sizes(done)) if as_json else show_export.line(done))


def _refuse(
    *,
    plot: bool,
    every: float | None,
    of_files: Sequence[object],
    output: Path | None,
    days: int | None,
    as_json: bool,
) -> None:
    if plot and (every is not None or any(of_files)):
        raise click.UsageError("--plot goes without --every, --to and --format.")
    if not plot and (output or days):
        raise click.UsageError("--output and --days go with --plot.")
    if every is not None and not every > 0:  # nan is in every range
        raise click.UsageError("--every is a number of hours.")
    if every is not None and as_json:
        raise click.UsageError("--every goes without --json.")
    if output and output.suffix not in plot_file.SUFFIXES:
        raise click.UsageError(f"--output {output}: name it .svg or .png.")


def _export(app: App, settings: Settings, root: Path | None, formats: Sequence[str]) -> Exported:
    place = root or settings.path("export.directory") or state.data_dir() / "exports"
    files = exports.gather(
        settings.texts("export.reports"),
        formats or settings.texts("export.formats"),
        patience=settings.number("export.timeout"),
    )
    return exports.put(
        files,
        place.absolute(),
        date.today(),
        keep=settings.whole("export.keep"),
        wait=WAIT,
        blocked=lambda: app.tell("waiting for another ocprov export"),
    )


def _again_and_again(app: App, root: Path | None, formats: Sequence[str], every: float) -> NoReturn:
    """Export until Ctrl-C; what goes wrong is shown, and it goes on with the settings that were right last."""
    settings = read()
    last: Exported | None = None
    click.echo("asking ocmonitor for its reports …")
    while True:
        problems: list[str] = []
        try:
            settings = read()
        except OcprovError as error:
            problems.append(failure(error))
        try:
            last = _export(app, settings, root, formats)
        except OcprovError as error:
            problems.append(failure(error))
        sizes = _sizes(last) if last else {}
        paint(show_export.screen(last, sizes, problems, every, datetime.now()))
        time.sleep(every * 3600)


def _plot(app: App, output: Path | None, days: int, *, as_json: bool, color: bool) -> None:
    if output:
        plot_file.ready(output)
    patience = read().number("export.timeout")
    spent = spending.by_day(
        date.today(),
        days,
        patience=patience,
        asking=lambda several: app.tell(f"asking ocmonitor for the models of {counted(several, 'day')}"),
    )
    made = chart.of(spent)
    if output:
        plot_file.write(made, output)
    if as_json:
        click.echo(show_export.chart_data(made, output))
    elif output:
        click.echo(f"wrote {printable(str(output))}")
    else:
        paint_with = _paint if color else None
        click.echo("\n".join(plot_text.lines(made, width(), paint_with)))


def _in_color(ctx: click.Context) -> bool:
    return ctx.color is not False and sys.stdout.isatty()


def _paint(text: str, color: str) -> str:
    return click.style(text, fg=color)


def _sizes(done: Exported) -> dict[Path, int]:
    return {path: path.stat().st_size if path.exists() else 0 for path in done.files}
