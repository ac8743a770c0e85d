"""What a person sees of costs and limits."""

from datetime import date, datetime

import pytest

from ocprov.cli import show_alert
from ocprov.watch.limits import Standing
from ocprov.watch.look import Look

DAY = date(2026, 11, 21)
RED, YELLOW, GREEN = "\033[31m\033[1m", "\033[33m", "\033[32m"

BANDS = {
    "ok": (7.99, GREEN, "ok"),
    "near": (8.0, YELLOW, "near"),
    "nearly": (9.999, YELLOW, "near"),
    "reached": (10.0, RED, "REACHED"),
    "over": (1234.5, RED, "OVER by $1,224.50"),
}


def look(*costs: float) -> Look:
    return Look(
        1795266216, "ocmonitor", tuple(Standing("daily", DAY, cost, 10.0, 0) for cost in costs), (), ()
    )


@pytest.mark.parametrize(("cost", "color", "word"), BANDS.values(), ids=BANDS)
def test_a_colour_never_says_it_alone(cost: float, color: str, word: str) -> None:
    (line,) = show_alert.lines(look(cost), 80)
    assert f"{color}{word}" in line


@pytest.mark.parametrize("cost", [0.0, 5.0, 10.0, 1e6])
def test_bars_are_as_long_as_there_is_room(cost: float) -> None:
    for width, bar in ((20, 10), (80, 26), (300, 40)):
        (line,) = show_alert.lines(look(cost), width)
        assert line.count("█") + line.count("░") == bar
        assert line.count("█") == min(bar, int(bar * cost / 10))


def test_columns_are_aligned() -> None:
    first, second = show_alert.lines(look(1.0, 12345.0), 80)
    assert first.index("of") == second.index("of")


def test_what_went_wrong_stands_below_the_last_look() -> None:
    shown = show_alert.screen(look(1.0), ["error: x", "hint: y"], 60, datetime(2026, 11, 21, 9), 80)
    assert shown.splitlines()[-2:] == ["error: x", "hint: y"]
    assert "again every 60 s" in shown
