"""Costs as the programs tell them, each in its own shape. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from ocprov.core.value import dataclass
from ocprov.watch.document import cost, rows, text
from ocprov.watch.period import Period, start


@dataclass(frozen=True, slots=True)
class Cost:
    """What a period has cost so far, in US dollars; `start` is its first day."""

    period: Period
    start: date
    amount: float
    source: str


def of_ocmonitor(answer: Mapping[str, object], period: Period, today: date) -> Cost:
    """The cost in ocmonitor's `models --timeframe PERIOD`; ValueError when there is none."""
    if answer.get("timeframe") != period:
        raise ValueError(f"it is not {period}")
    begin = answer.get("start_date")
    first = date.fromisoformat(begin) if isinstance(begin, str) else start(period, today)
    return Cost(period, first, cost(answer, "total_cost"), "ocmonitor")


def of_ccusage(answer: Mapping[str, object], periods: Sequence[Period], today: date) -> list[Cost]:
    """The costs in all days of `ccusage opencode daily`; ValueError without any day: it says so, and 0, of no data."""
    days = {_day(row, "date"): cost(row, "totalCost") for row in rows(answer, "daily")}
    if not days:
        raise ValueError("it knows of no day")
    return [_sum(days, period, today, "ccusage") for period in periods]


def of_opencode_usage(answer: Mapping[str, object], periods: Sequence[Period], today: date) -> list[Cost]:
    """The costs in `opencode-usage run --by day` of the last days, a month at least."""
    days = {_day(row, "label"): cost(row, "cost") for row in rows(answer, "rows")}
    return [_sum(days, period, today, "opencode-usage") for period in periods]


def _day(row: Mapping[str, object], name: str) -> date:
    return date.fromisoformat(text(row, name))


def _sum(days: Mapping[date, float], period: Period, today: date, source: str) -> Cost:
    first = start(period, today)
    return Cost(period, first, sum(amount for day, amount in days.items() if first <= day <= today), source)
