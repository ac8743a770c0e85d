"""Costs against limits: whole per cent, rounded down, and the highest step passed."""

from datetime import date

import pytest

from ocprov.watch.costs import Cost
from ocprov.watch.limits import Standing, mark, standings
from ocprov.watch.period import Period

DAY = date(2026, 11, 21)
STEPS = (50, 80, 100)

CASES = {
    "nothing": (0.0, 10.0, 0, 0),
    "below-the-first": (4.999, 10.0, 49, 0),
    "the-first": (5.0, 10.0, 50, 50),
    "between": (7.99, 10.0, 79, 50),
    "two-at-once": (8.5, 10.0, 85, 80),
    "nearly": (9.999, 10.0, 99, 80),
    "the-limit": (10.0, 10.0, 100, 100),
    "a-sum-that-is-a-bit-less": (sum([0.1] * 10), 1.0, 100, 100),
    "a-sum-that-is-a-bit-more": (0.1 + 0.2, 0.3, 100, 100),
    "above": (10.42, 10.0, 104, 100),
    "far-above": (1e300, 0.01, 10**15, 100),
}


def standing(cost: float, limit: float, *steps: int, period: Period = "daily") -> Standing:
    (found,) = standings([Cost(period, DAY, cost, "ocmonitor")], {period: limit}, steps or STEPS)
    return found


@pytest.mark.parametrize(("cost", "limit", "percent", "step"), CASES.values(), ids=CASES)
def test_per_cent_and_step(cost: float, limit: float, percent: int, step: int) -> None:
    found = standing(cost, limit)
    assert (found.percent, found.step, found.passed) == (percent, step, percent >= 100)


def test_steps_may_lie_beyond_the_limit_and_in_any_order() -> None:
    assert standing(21, 10, 200, 90, 150).step == 200


def test_only_what_has_a_limit_stands_to_one() -> None:
    costs = [Cost("daily", DAY, 1, "ocmonitor"), Cost("weekly", DAY, 1, "ocmonitor")]
    assert [found.period for found in standings(costs, {"weekly": 5}, STEPS)] == ["weekly"]


SENTENCES: dict[str, tuple[Period, str]] = {
    "day": ("daily", "OpenCode today: $10.42, 104 % of the limit of $10.00"),
    "week": ("weekly", "OpenCode this week: $10.42, 104 % of the limit of $10.00"),
    "month": ("monthly", "OpenCode this month: $10.42, 104 % of the limit of $10.00"),
}


@pytest.mark.parametrize(("period", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_a_standing_is_a_sentence(period: Period, sentence: str) -> None:
    assert standing(10.42, 10, period=period).text == sentence


def test_the_mark_is_the_highest_from_the_limit_on() -> None:
    assert mark([standing(9.99, 10)]) == ""
    assert mark([standing(10.5, 10), standing(12, 10), standing(1, 10)]) == "$120%"
    assert mark([]) == ""
