"""What was said already: the highest step of each limit and period, by notifier. Pure."""

import json
from collections.abc import Iterable, Mapping

from ocprov.core.value import dataclass
from ocprov.watch.document import document, rows
from ocprov.watch.limits import Standing

# A period of each kind that was crossed, and its limit: `(daily, 2026-11-21, 10.0)`.
Key = tuple[str, str, float]

# Of each kind of period those that were last spoken of are kept, not the latest: a clock may be wrong by years.
KEPT = 12


@dataclass(frozen=True, slots=True)
class Memory:
    """The steps told, by key and notifier; the key told last is the last."""

    told: Mapping[Key, Mapping[str, int]]

    def step(self, standing: Standing, notifier: str) -> int:
        """The highest step that a notifier told of a standing's limit in its period; 0 for none."""
        return self.told.get(key(standing), {}).get(notifier, 0)


EMPTY = Memory({})


def key(standing: Standing) -> Key:
    """What a standing is remembered by: another limit is another matter."""
    return (standing.period, standing.start.isoformat(), standing.limit)


def untold(
    memory: Memory, found: Iterable[Standing], notifiers: Iterable[str]
) -> tuple[tuple[Standing, str], ...]:
    """What is to be said, and by which notifier: of each limit the highest step, once."""
    names = tuple(notifiers)
    return tuple(
        (standing, name)
        for standing in sorted(found, key=lambda one: one.percent)  # of lines in one place the last is seen
        for name in names
        if standing.step > memory.step(standing, name)
    )


def tell(memory: Memory, standing: Standing, notifier: str) -> Memory:
    """The memory after a notifier told of a standing; the oldest of many is forgotten."""
    this = key(standing)
    told = {**memory.told.get(this, {}), notifier: standing.step}
    others = {one: steps for one, steps in memory.told.items() if one != this}
    kin = [one for one in others if one[0] == standing.period]
    forgotten = set(kin[: max(0, len(kin) + 1 - KEPT)])
    return Memory({one: steps for one, steps in others.items() if one not in forgotten} | {this: told})


def text(memory: Memory) -> str:
    """The memory as JSON."""
    told = [
        {"period": period, "start": start, "limit": limit, "steps": dict(steps)}
        for (period, start, limit), steps in memory.told.items()
    ]
    return json.dumps({"schema": 1, "told": told}, indent=1) + "\n"


def parse(written: str) -> Memory:
    """The memory of a text; ValueError when it is none of ours."""
    found = document(written)
    if found.get("schema") != 1:
        raise ValueError("it is not of schema 1")
    return Memory(dict(_entry(row) for row in rows(found, "told")))


def _entry(row: Mapping[str, object]) -> tuple[Key, Mapping[str, int]]:
    period, start, limit, steps = (row.get(name) for name in ("period", "start", "limit", "steps"))
    right = isinstance(period, str) and isinstance(start, str) and isinstance(limit, (int, float))
    if not right or not isinstance(steps, dict):
        raise ValueError("an entry is incomplete")
    if not all(isinstance(step, int) for step in steps.values()):
        raise ValueError("a step is no number")
    return (str(period), str(start), float(str(limit))), steps
