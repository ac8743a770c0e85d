"""Costs held against limits. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from ocprov.core.value import dataclass
from ocprov.watch.costs import Cost
from ocprov.watch.period import SAID, Period

FULL = 100
_NOISE = 1e-9  # ten times $0.10 is 99.99999999999999 per cent of $1.00


@dataclass(frozen=True, slots=True)
class Standing:
    """What a period has cost and may cost, in US dollars; `step` is the highest passed, 0 when none is."""

    period: Period
    start: date
    cost: float
    limit: float
    step: int

    @property
    def percent(self) -> int:
        """The cost in per cent of the limit, whole ones: 99.9 is not 100."""
        return math.floor(min(self.cost / self.limit * FULL, 1e15) + _NOISE)

    @property
    def passed(self) -> bool:
        """Whether the limit itself is reached."""
        return self.percent >= FULL

    @property
    def text(self) -> str:
        """The standing in a sentence, for a person."""
        spent = f"${self.cost:,.2f}, {self.percent} % of the limit of ${self.limit:,.2f}"
        return f"OpenCode {SAID[self.period]}: {spent}"


def standings(
    costs: Iterable[Cost], limits: Mapping[Period, float], steps: Sequence[int]
) -> tuple[Standing, ...]:
    """Each cost that has a limit, against it; `steps` are per cent."""
    return tuple(_standing(cost, limits[cost.period], steps) for cost in costs if cost.period in limits)


def mark(found: Iterable[Standing]) -> str:
    """What the status line shows: the highest per cent from 100 on, `$105%`, or an empty string."""
    highest = max((standing.percent for standing in found), default=0)
    return f"${highest}%" if highest >= FULL else ""


def _standing(cost: Cost, limit: float, steps: Sequence[int]) -> Standing:
    unstepped = Standing(cost.period, cost.start, cost.amount, limit, 0)
    passed = max((step for step in steps if unstepped.percent >= step), default=0)
    return Standing(cost.period, cost.start, cost.amount, limit, passed)
