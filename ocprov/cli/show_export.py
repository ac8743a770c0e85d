"""Exports and charts, for people and for programs; pure but for the sizes of files."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from ocprov.cli.output import ago, counted, envelope
from ocprov.cli.terminal import style
from ocprov.core.names import printable
from ocprov.watch.chart import Chart
from ocprov.watch.exports import Exported


def line(done: Exported) -> str:
    """One line: how many files went where, and what went for its age."""
    gone = f"; removed {', '.join(path.name for path in done.removed)}" if done.removed else ""
    return f"{counted(len(done.files), 'file')} in {printable(str(done.directory))}{gone}"


def data(done: Exported, sizes: Mapping[Path, int]) -> str:
    """The same as JSON; sizes in bytes."""
    files = [
        {"path": str(path), "report": path.stem, "format": path.suffix[1:], "bytes": sizes[path]}
        for path in done.files
    ]
    removed = [str(path) for path in done.removed]
    return envelope("export", {"directory": str(done.directory), "files": files, "removed": removed})


def screen(
    done: Exported | None, sizes: Mapping[Path, int], problems: Sequence[str], every: float, at: datetime
) -> str:
    """What the window shows: the files of the last export, when it was, and what went wrong since."""
    shown = ["", f"  {style('Exports', bold=True)}   {at:%A, %Y-%m-%d}", ""]
    if done is not None:
        wide = max(len(path.name) for path in done.files)
        shown += [f"  {printable(str(done.directory))}"]
        shown += [f"    {path.name.ljust(wide)}  {_size(sizes[path]).rjust(8)}" for path in done.files]
        shown += [f"  removed for its age: {path.name}" for path in done.removed]
    again = f"  {at:%H:%M:%S}, again every {ago(round(every * 3600))}; Ctrl-C ends it"
    return "\n".join([*shown, "", *problems, style(again, fg="bright_black")])


def chart_data(chart: Chart, file: Path | None) -> str:
    """A chart as JSON; money is in US dollars."""
    days = [
        {
            "date": day.day.isoformat(),
            "cost": round(day.total, 6),
            "models": {model: round(amount, 6) for model, amount in day.costs.items() if amount},
        }
        for day in chart.days
    ]
    total = round(chart.total, 6)
    return envelope(
        "export", {"currency": "USD", "total": total, "days": days, "file": str(file) if file else None}
    )


def _size(number: int) -> str:
    return f"{number} B" if number < 1024 else f"{number / 1024:,.1f} KiB"
