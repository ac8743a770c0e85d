"""A chart for the terminal: a bar for each day, a part of it for each model. Pure."""

from collections.abc import Callable

from ocprov.watch.chart import Chart, Day

COLORS = ("blue", "yellow", "green", "magenta", "cyan", "red", "bright_black")
# Without colours the models are told apart by these.
GLYPHS = ("█", "▒", "▓", "░", "#", "=", "·")

Paint = Callable[[str, str], str]
_NARROWEST = 10


def lines(chart: Chart, width: int, paint: Paint | None) -> list[str]:
    """The lines; `paint` puts a text into a colour, None where there are none."""
    wide = len(_money(chart.highest))
    room = max(width - len("Sat 11-21  ") - wide - 2, _NARROWEST)
    rows = [
        f"{day.day:%a %m-%d}  {_money(day.total):>{wide}}  {_bar(chart, day, room, paint)}".rstrip()
        for day in chart.days
    ]
    return [*rows, "", *_legend(chart, paint)]


def _bar(chart: Chart, day: Day, room: int, paint: Paint | None) -> str:
    """Parts end where their sum so far ends, so that bars of equal costs are equally long."""
    parts, sofar, end = [], 0.0, 0
    for place, (model, _) in enumerate(chart.models):
        sofar += day.costs[model]
        start, end = end, round(sofar / chart.highest * room)
        parts.append(_part(place, end - start, paint))
    return "".join(parts)


def _legend(chart: Chart, paint: Paint | None) -> list[str]:
    if not chart.models:
        return ["nothing was spent"]
    name = max(len(model) for model, _ in chart.models)
    wide = len(_money(chart.total))
    rows = [
        f"{_part(place, 2, paint)}  {model:<{name}}  {_money(total):>{wide}}"
        for place, (model, total) in enumerate(chart.models)
    ]
    return [*rows, f"    {'together':<{name}}  {_money(chart.total)}"]


def _money(amount: float) -> str:
    return f"${amount:,.2f}"


def _part(place: int, length: int, paint: Paint | None) -> str:
    if not length:
        return ""
    return paint(GLYPHS[0] * length, COLORS[place]) if paint else GLYPHS[place] * length
