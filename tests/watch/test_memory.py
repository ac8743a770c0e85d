"""A step is told once for each limit, period and notifier."""

from datetime import date, timedelta

import pytest

from ocprov.watch import memory
from ocprov.watch.limits import Standing
from ocprov.watch.memory import EMPTY, KEPT, Memory

DAY = date(2026, 11, 21)
BOTH = ("tmux", "webhook")


def at(step: int, *, limit: float = 10.0, day: date = DAY) -> Standing:
    return Standing("daily", day, limit * step / 100, limit, step)


def names(found: Memory, standing: Standing) -> list[str]:
    return [name for _, name in memory.untold(found, [standing], BOTH)]


def after(*told: tuple[Standing, str]) -> Memory:
    found = EMPTY
    for standing, name in told:
        found = memory.tell(found, standing, name)
    return found


CASES = {
    "no-step": (EMPTY, at(0), []),
    "the-first-step": (EMPTY, at(50), ["tmux", "webhook"]),
    "told-by-both": (after((at(50), "tmux"), (at(50), "webhook")), at(50), []),
    "told-by-one": (after((at(50), "tmux")), at(50), ["webhook"]),
    "a-higher-step": (after((at(50), "tmux"), (at(80), "webhook")), at(100), ["tmux", "webhook"]),
    "a-cost-that-fell": (after((at(100), "tmux"), (at(100), "webhook")), at(50), []),
    "another-day": (after((at(100), "tmux")), at(50, day=DAY + timedelta(1)), ["tmux", "webhook"]),
    "a-clock-that-went-back": (
        after((at(80, day=DAY - timedelta(1)), "tmux"), (at(100), "tmux")),
        at(80, day=DAY - timedelta(1)),
        ["webhook"],
    ),
    "a-raised-limit": (after((at(100), "tmux")), at(50, limit=20.0), ["tmux", "webhook"]),
    "the-old-limit-again": (after((at(100), "tmux"), (at(50, limit=20.0), "tmux")), at(100), ["webhook"]),
}


@pytest.mark.parametrize(("told", "standing", "untold"), CASES.values(), ids=CASES)
def test_what_is_to_be_said(told: Memory, standing: Standing, untold: list[str]) -> None:
    assert names(told, standing) == untold


def test_of_several_the_gravest_is_said_last() -> None:
    found = memory.untold(EMPTY, [at(100), at(50, limit=3), at(80, limit=5)], ["tmux"])
    assert [standing.step for standing, _ in found] == [50, 80, 100]


def test_it_comes_back_from_its_text() -> None:
    told = after((at(50), "tmux"), (at(80, limit=20.5), "webhook"))
    assert memory.parse(memory.text(told)) == told


def test_old_periods_are_forgotten_by_when_they_were_told_not_by_their_date() -> None:
    future = at(100, day=date(2099, 1, 1))
    told = after((future, "tmux"))
    for number in range(KEPT):
        told = memory.tell(told, at(100, day=DAY + timedelta(number)), "tmux")
    assert len(told.told) == KEPT
    assert told.step(future, "tmux") == 0
    assert told.step(at(100), "tmux") == 100


WRONG = {
    "empty": "",
    "no-json": "{",
    "another-schema": '{"schema": 2, "told": []}',
    "no-list": '{"schema": 1}',
    "an-entry-of-nothing": '{"schema": 1, "told": [{}]}',
    "a-limit-of-words": '{"schema": 1, "told": [{"period": "d", "start": "s", "limit": "l", "steps": {}}]}',
    "steps-of-words": '{"schema": 1, "told": [{"period": "d", "start": "s", "limit": 1, "steps": {"tmux": "x"}}]}',
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_what_is_no_memory_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        memory.parse(text)
