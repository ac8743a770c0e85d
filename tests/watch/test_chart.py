"""Charts: every cent is in the bars, every model in the legend, nothing from a network in the picture."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from ocprov.watch import chart, plot_svg, plot_text
from ocprov.watch.chart import Day

FIRST = date(2026, 11, 9)
SVG = "{http://www.w3.org/2000/svg}"


def parsed(picture: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(picture)  # noqa: S314 # our own


def days(*costs: dict[str, float]) -> list[Day]:
    return [Day(FIRST + timedelta(place), cost) for place, cost in enumerate(costs)]


SAMPLE = chart.of(
    days({"a/sonnet": 1.0, "b/codex": 0.5}, {}, {"a/sonnet": 3.0}, {"b/codex": 0.5, "free": 0.0})
)


def test_the_dearest_model_comes_first_and_one_that_cost_nothing_not_at_all() -> None:
    assert SAMPLE.models == (("a/sonnet", 4.0), ("b/codex", 1.0))
    assert (SAMPLE.total, SAMPLE.highest) == (5.0, 3.0)


def test_many_models_are_six_and_others() -> None:
    many = chart.of(days({f"m{number}": float(number) for number in range(1, 11)}))
    assert [model for model, _ in many.models] == ["m10", "m9", "m8", "m7", "m6", "m5", chart.OTHER]
    assert many.models[-1][1] == 10.0
    assert many.total == 55.0


TICKS = {
    "cents": (0.003, [0, 0.001, 0.002, 0.003]),
    "a-dollar": (1.68, [0, 0.5, 1, 1.5, 2]),
    "exactly": (100.0, [0, 20, 40, 60, 80, 100]),
    "much": (4321.0, [0, 1000, 2000, 3000, 4000, 5000]),
    "nothing": (0.0, [0, 1]),
}


@pytest.mark.parametrize(("highest", "wanted"), TICKS.values(), ids=TICKS)
def test_the_scale_is_of_round_amounts(highest: float, wanted: list[float]) -> None:
    assert chart.ticks(highest) == pytest.approx(wanted)


def test_bars_for_a_terminal_without_colours() -> None:
    assert plot_text.lines(SAMPLE, 40, None) == [
        "Mon 11-09  $1.50  ███████▒▒▒▒",
        "Tue 11-10  $0.00",
        "Wed 11-11  $3.00  " + "█" * 22,
        "Thu 11-12  $0.50  ▒▒▒▒",
        "",
        "██  a/sonnet  $4.00",
        "▒▒  b/codex   $1.00",
        "    together  $5.00",
    ]


@pytest.mark.parametrize("width", [40, 80, 119, 200])
def test_they_fit_their_terminal(width: int) -> None:
    big = chart.of(days({"a": 1234.5, "b": 0.01}, {"a": 99999.0}))
    lines = plot_text.lines(big, width, None)
    assert max(map(len, lines)) <= width


def test_colours_are_of_the_models() -> None:
    lines = plot_text.lines(SAMPLE, 40, lambda text, color: f"<{color}:{len(text)}>")
    assert lines[0] == "Mon 11-09  $1.50  <blue:7><yellow:4>"


def test_days_without_a_cost_are_a_chart_too() -> None:
    empty = chart.of(days({}, {}))
    assert plot_text.lines(empty, 80, None)[-1] == "nothing was spent"
    parsed(plot_svg.svg(empty))


def bars(data: bytes) -> dict[str, float]:
    """Heights by the words that are shown over a part."""
    parts = parsed(data).iter(f"{SVG}rect")
    return {title: float(part.get("height", "")) for part in parts if (title := part.findtext(f"{SVG}title"))}


def test_the_heights_in_the_picture_are_the_costs() -> None:
    found = bars(plot_svg.svg(SAMPLE))
    assert set(found) == {
        "2026-11-09 a/sonnet: $1.00",
        "2026-11-09 b/codex: $0.50",
        "2026-11-11 a/sonnet: $3.00",
        "2026-11-12 b/codex: $0.50",
    }
    assert found["2026-11-11 a/sonnet: $3.00"] == pytest.approx(
        3 * found["2026-11-09 a/sonnet: $1.00"], abs=0.03
    )


def test_everything_is_inside_the_picture() -> None:
    many = chart.of(days(*({f"a-model-with-a-very-long-name-{n}": 10.0**n} for n in range(7)), *[{}] * 85))
    for element in parsed(plot_svg.svg(many)).iter():
        for name, most in (("x", 1000), ("y", 500), ("x1", 1000), ("y1", 500)):
            assert 0 <= float(element.get(name, "0")) <= most


def test_the_picture_reaches_for_nothing() -> None:
    text = plot_svg.svg(SAMPLE).decode()
    assert re.findall(r"\w+://[^\"' ]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|<style|href|url\(|@import|<!--", text)


def test_names_are_only_text_in_it() -> None:
    hostile = chart.of(days({'</text><script>"&\x1b\x00\ud800': 1.0}))
    root = parsed(plot_svg.svg(hostile))
    assert not list(root.iter(f"{SVG}script"))
    assert any(r"<script>" in (text.text or "") for text in root.iter(f"{SVG}text"))


def test_the_same_costs_are_the_same_picture() -> None:
    assert plot_svg.svg(SAMPLE) == plot_svg.svg(SAMPLE)
