"""What each day cost by model: ocmonitor tells the cost of days and, asked for one day, of models."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from ocprov.errors import OcprovError
from ocprov.watch import ocmonitor
from ocprov.watch.chart import Day
from ocprov.watch.document import cost, rows, text

Report = Mapping[str, object]


def by_day(today: date, days: int, *, patience: float, asking: Callable[[int], None]) -> tuple[Day, ...]:
    """The last days, today's the last; `asking` hears how many of them are asked for one by one.

    Those with a single model are not: each takes a run. OcprovError when ocmonitor does not tell.
    """
    wanted = [today - timedelta(days=age) for age in reversed(range(days))]
    try:
        return _by_day(wanted, patience, asking)
    except ValueError as error:
        raise OcprovError(
            f"ocmonitor answers with something else: {error}", "ocmonitor daily -f json"
        ) from error


def _by_day(wanted: list[date], patience: float, asking: Callable[[int], None]) -> tuple[Day, ...]:
    (daily,) = ocmonitor.ask([("daily",)], patience=patience)
    found = {text(row, "date"): row for row in rows(daily, "daily_breakdown")}
    known = {day: _single(found.get(day.isoformat())) for day in wanted}
    several = [day for day, costs in known.items() if costs is None]
    if several:
        asking(len(several))
    calls = [("models", "--start-date", f"{day}", "--end-date", f"{day}") for day in several]
    answers = dict(zip(several, ocmonitor.ask(calls, patience=patience), strict=True))
    return tuple(
        Day(day, costs if costs is not None else _models(answers[day])) for day, costs in known.items()
    )


def _single(row: Report | None) -> dict[str, float] | None:
    """The costs of a day that its row tells alone; None when it takes a look at its models."""
    if row is None:
        return {}
    models = row.get("models_used")
    amount = cost(row, "cost")
    if amount == 0:
        return {}
    return {str(models[0]): amount} if isinstance(models, list) and len(models) == 1 else None


def _models(answer: Report) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in rows(answer, "models"):
        name = text(row, "model_name")
        found[name] = found.get(name, 0.0) + cost(row, "cost")
    return found
