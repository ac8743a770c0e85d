"""ocmonitor's reports as JSON and CSV files. Pure."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping

from ocprov.core.names import printable
from ocprov.watch.document import cost, rows

Report = Mapping[str, object]

# The list that a report's rows are in, and the columns that an empty one has too.
_SHAPES = {
    "daily": ("daily_breakdown", ("date", "sessions", "interactions", "cost")),
    "weekly": (
        "weekly_breakdown",
        ("year", "week", "start_date", "end_date", "sessions", "interactions", "cost"),
    ),
    "monthly": ("monthly_breakdown", ("year", "month", "sessions", "interactions", "cost")),
    "models": ("models", ("model_name", "sessions", "interactions", "cost")),
    "projects": ("projects", ("project_name", "sessions", "interactions", "cost")),
}
# What makes a spreadsheet take a text for a formula, in full width too.
_FORMULA = "=+-@＝＋－＠"  # noqa: RUF001 # meant


def checked(name: str, report: Report) -> list[Report]:
    """The rows of a report; ValueError when it is not of its shape, or a cost in it is none."""
    found = rows(report, _SHAPES[name][0])
    for row in found:
        cost(row, "cost")
    return found


def as_json(_: str, report: Report) -> str:
    """A report as it is."""
    return json.dumps(report, indent=2) + "\n"


def as_csv(name: str, report: Report) -> str:
    """The rows of a report under one header; tokens are a column each, lists are joined with `; `."""
    flat = [dict(_flat(row)) for row in checked(name, report)]
    columns = list(dict.fromkeys([column for row in flat for column in row] or _SHAPES[name][1]))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    return text.getvalue()


FORMATS: Mapping[str, Callable[[str, Report], str]] = {"json": as_json, "csv": as_csv}


def _flat(row: Report, prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in row.items():
        name = _text(f"{prefix}{key}")
        if isinstance(value, dict):
            yield from _flat(value, f"{name}_")
        else:
            yield name, _cell(value)


def _cell(value: object) -> object:
    if value is None or isinstance(value, (int, float)):
        return value
    return _text("; ".join(map(str, value)) if isinstance(value, list) else str(value))


def _text(text: str) -> str:
    """A text that stays one, in one line, whatever opens the file; names of models and projects are anybody's."""
    shown = printable(text)
    return f"'{shown}" if shown.startswith(tuple(_FORMULA)) else shown
