"""What charts show: days and what each model cost in them. Pure."""

import math
from collections.abc import Mapping, Sequence
from datetime import date

from ocprov.core.names import printable
from ocprov.core.value import dataclass

# As many as there are colours that everybody can tell apart; the rest are one.
MOST = 6
OTHER = "others"


@dataclass(frozen=True, slots=True)
class Day:
    """A day's costs in US dollars, by model."""

    day: date
    costs: Mapping[str, float]

    @property
    def total(self) -> float:
        """What the day cost."""
        return sum(self.costs.values())


@dataclass(frozen=True, slots=True)
class Chart:
    """Days, and the models with their totals, the dearest first; a day has a cost for each."""

    days: tuple[Day, ...]
    models: tuple[tuple[str, float], ...]

    @property
    def total(self) -> float:
        """What all days cost."""
        return sum(day.total for day in self.days)

    @property
    def highest(self) -> float:
        """What the dearest day cost."""
        return max((day.total for day in self.days), default=0.0)


def of(days: Sequence[Day]) -> Chart:
    """The chart of days: names made printable, the cheapest of many models taken together."""
    totals: dict[str, float] = {}
    for day in days:
        for model, amount in day.costs.items():
            totals[model] = totals.get(model, 0.0) + amount
    ranked = sorted((model for model, total in totals.items() if total > 0), key=lambda model: -totals[model])
    shown = ranked if len(ranked) <= MOST + 1 else ranked[:MOST]
    names = {model: printable(model) if model in shown else OTHER for model in ranked}
    made = tuple(Day(day.day, _grouped(day.costs, names)) for day in days)
    order = dict.fromkeys(names.values())
    return Chart(made, tuple((name, sum(day.costs[name] for day in made)) for name in order))


def _grouped(costs: Mapping[str, float], names: Mapping[str, str]) -> dict[str, float]:
    found = dict.fromkeys(names.values(), 0.0)
    for model, amount in costs.items():
        if model in names:
            found[names[model]] += amount
    return found


def ticks(highest: float) -> list[float]:
    """Round amounts from 0 to `highest` or a little more, four to six of them."""
    if highest <= 0:
        return [0.0, 1.0]
    size: float = 10 ** math.floor(math.log10(highest / 4))
    step = next(size * factor for factor in (1, 2, 5, 10) if highest / (size * factor) <= 5)
    return [step * number for number in range(math.ceil(highest / step - 1e-9) + 1)]
