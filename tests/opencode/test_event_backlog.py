"""Events that wait for a reader: in bounded memory, what matters longest, and the reader is told what it missed."""

import asyncio
import tracemalloc
from collections import Counter

import pytest

from ocprov.opencode.heard import event
from ocprov.opencode.heard.backlog import Backlog
from ocprov.opencode.heard.event import Event

DELTA, NOISE, STATE = "message.part.delta", "plugin.added", "session.status"


def told(kind: str, number: int = 0, size: int = 100) -> Event:
    return Event(kind, 0.0, conversation=str(number), size=size)


def drained(queue: Backlog) -> list[Event]:
    """All that a reader gets now."""

    async def read() -> list[Event]:
        found = []
        queue.fail(EOFError())
        while True:
            try:
                found.append(await queue.get())
            except EOFError:
                return found

    return asyncio.run(read())


def test_events_come_in_their_order() -> None:
    queue = Backlog()
    kinds = [STATE, DELTA, NOISE, DELTA, STATE]
    for number, kind in enumerate(kinds):
        queue.put(told(kind, number))

    found = drained(queue)

    assert [(one.type, one.conversation) for one in found] == [(kind, str(n)) for n, kind in enumerate(kinds)]


def test_a_slow_reader_of_50_000_pieces_of_text_costs_bounded_memory_and_is_told_how_many_it_missed() -> None:
    queue = Backlog(limit=10_000)
    tracemalloc.start()
    for number in range(50_000):
        queue.put(Event(DELTA, 0.0, properties={"delta": f"{number}" * 10}, size=100))
        if number % 100 == 0:
            queue.put(told(STATE, number))
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    found = drained(queue)

    assert used < 20_000_000
    assert found[0].type == event.DROPPED
    assert found[0].properties == {"count": 40_500, "by": {"delta": 40_500}}
    assert Counter(one.type for one in found[1:]) == {DELTA: 9_500, STATE: 500}
    assert [int(one.conversation) for one in found if one.type == STATE] == list(range(0, 50_000, 100))


@pytest.mark.parametrize(
    ("kinds", "left"),
    [
        pytest.param([STATE, NOISE, DELTA, STATE], [STATE, NOISE, STATE], id="text first"),
        pytest.param([NOISE, STATE, NOISE, STATE], [STATE, NOISE, STATE], id="then the oldest noise"),
        pytest.param([STATE, STATE, STATE, NOISE], [STATE, STATE, STATE], id="noise that comes is not taken"),
        pytest.param([STATE, STATE, STATE, DELTA], [STATE, STATE, STATE], id="nor text"),
        pytest.param([STATE, STATE, STATE, STATE], [STATE, STATE, STATE], id="states last, the oldest"),
    ],
)
def test_what_is_given_up(kinds: list[str], left: list[str]) -> None:
    queue = Backlog(limit=3)
    for number, kind in enumerate(kinds):
        queue.put(told(kind, number))

    found = drained(queue)

    assert [one.type for one in found] == [event.DROPPED, *left]
    assert found[-1].conversation == ("2" if kinds[-1] in (DELTA, NOISE) else "3")


def test_few_large_events_are_bounded_too_and_the_last_one_is_always_kept() -> None:
    queue = Backlog(size=1000)
    for number in range(5):
        queue.put(told(NOISE, number, size=400))
    queue.put(told(STATE, 9, size=5000))

    assert [one.conversation for one in drained(queue)] == ["", "9"]


def test_a_reader_waits_for_the_next_event_and_is_told_of_a_fault_after_the_last() -> None:
    async def read() -> None:
        queue = Backlog()
        reader = asyncio.create_task(queue.get())
        await asyncio.sleep(0)
        queue.put(told(STATE, 1))
        assert (await reader).conversation == "1"
        queue.put(told(STATE, 2))
        queue.fail(ValueError("broken"))
        assert (await queue.get()).conversation == "2"
        with pytest.raises(ValueError, match="broken"):
            await queue.get()

    asyncio.run(read())
