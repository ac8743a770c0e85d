"""A chart as an SVG picture: no script, no style sheet, nothing that is fetched from anywhere. Pure."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ocprov.watch.chart import Chart, Day, ticks

# Okabe and Ito's, which people who see few colours can tell apart; grey for the others.
COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999")
WIDTH, HEIGHT = 1000, 500
_LEFT, _TOP, _RIGHT, _BOTTOM = 70, 80, 300, 60
_PLOT_WIDTH, _PLOT_HEIGHT = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
_FOOT = HEIGHT - _BOTTOM
_LONGEST_NAME = 27
_DAYS_WITH_TOTALS = 16
_LABELS = 14
_INK, _PALE, _GRID = "#24292f", "#57606a", "#d8dee4"


def svg(chart: Chart) -> bytes:
    """The picture, UTF-8."""
    picture = Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        width=f"{WIDTH}",
        height=f"{HEIGHT}",
        role="img",
    )
    picture.set("font-family", "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif")
    SubElement(picture, "title").text = "What OpenCode cost by day and model"
    SubElement(picture, "rect", width="100%", height="100%", fill="#ffffff")
    _head(picture, chart)
    scale = ticks(chart.highest)
    _grid(picture, scale)
    for place, day in enumerate(chart.days):
        _day(picture, chart, day, place, scale[-1])
    _legend(picture, chart)
    indent(picture, " ")
    written: bytes = tostring(picture, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _head(picture: Element, chart: Chart) -> None:
    _text(picture, 24, 36, "What OpenCode cost by day and model", size=20, weight="600")
    if chart.days:
        first, last = chart.days[0].day, chart.days[-1].day
        _text(picture, 24, 58, f"{first} to {last}: ${chart.total:,.2f} in US dollars", size=13, fill=_PALE)


def _grid(picture: Element, scale: list[float]) -> None:
    for amount in scale:
        y = _y(amount, scale[-1])
        line = SubElement(picture, "line", x1=f"{_LEFT}", x2=f"{_LEFT + _PLOT_WIDTH}", y1=y, y2=y)
        line.set("stroke", _GRID if amount else _PALE)
        decimals = 0 if scale[-1] >= 5 else 2 if scale[1] >= 0.01 else 4
        label = f"${amount:,.{decimals}f}"
        _text(picture, _LEFT - 8, float(y) + 4, label, size=12, fill=_PALE, anchor="end")


def _day(picture: Element, chart: Chart, day: Day, place: int, top: float) -> None:
    step = _PLOT_WIDTH / len(chart.days)
    width = min(step * 0.72, 60)
    middle = _LEFT + step * (place + 0.5)
    below = 0.0
    for color, (model, _) in zip(COLORS, chart.models, strict=False):
        amount = day.costs[model]
        if amount > 0:
            y = _y(below + amount, top)
            height = f"{float(_y(below, top)) - float(y):.2f}"
            part = SubElement(picture, "rect", x=f"{middle - width / 2:.2f}", y=y, width=f"{width:.2f}")
            part.set("height", height)
            part.set("fill", color)
            SubElement(part, "title").text = f"{day.day} {model}: ${amount:,.2f}"
            below += amount
    if below and len(chart.days) <= _DAYS_WITH_TOTALS:
        _text(
            picture, middle, float(_y(below, top)) - 6, f"{below:,.2f}", size=11, fill=_INK, anchor="middle"
        )
    if (len(chart.days) - 1 - place) % (-(-len(chart.days) // _LABELS)) == 0:  # today's is always there
        _text(picture, middle, _FOOT + 20, f"{day.day:%m-%d}", size=12, fill=_PALE, anchor="middle")


def _legend(picture: Element, chart: Chart) -> None:
    left, right = _LEFT + _PLOT_WIDTH + 28, WIDTH - 24
    for place, (color, (model, total)) in enumerate(zip(COLORS, chart.models, strict=False)):
        y = _TOP + 12 + place * 26
        SubElement(picture, "rect", x=f"{left}", y=f"{y - 11}", width="13", height="13", rx="2", fill=color)
        name = model if len(model) <= _LONGEST_NAME else f"{model[: _LONGEST_NAME - 1]}…"
        _text(picture, left + 20, y, name, size=12)
        _text(picture, right, y, f"${total:,.2f}", size=12, fill=_PALE, anchor="end")


def _y(amount: float, top: float) -> str:
    return f"{_FOOT - amount / top * _PLOT_HEIGHT:.2f}"


def _text(
    picture: Element,
    x: float,
    y: float,
    text: str,
    *,
    size: int,
    fill: str = _INK,
    anchor: str = "start",
    weight: str = "400",
) -> None:
    made = SubElement(picture, "text", x=f"{x:.2f}", y=f"{y:.2f}", fill=fill)
    made.set("font-size", f"{size}")
    made.set("font-weight", weight)
    made.set("text-anchor", anchor)
    made.text = text
