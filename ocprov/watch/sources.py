"""Who tells the costs: ocmonitor, else the first of the other programs that works when it is run."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.watch import costs, data, ocmonitor, program
from ocprov.watch.costs import Cost
from ocprov.watch.document import document
from ocprov.watch.period import Period

Periods = Sequence[Period]
Parse = Callable[[Mapping[str, object], Periods, date], list[Cost]]


@dataclass(frozen=True, slots=True)
class Told:
    """The costs of the periods asked for; `failed` is why those that were asked before told nothing."""

    costs: tuple[Cost, ...]
    failed: tuple[str, ...]


def ask(periods: Periods, *, today: date, source: str, patience: float) -> Told:
    """What the periods cost; `source` is a program's name, or `auto` for the first that tells.

    OcprovError when none does: a cost that is not known is never one of nothing.
    """
    program.workplace()  # what is wrong with that is no program's fault
    failed: list[OcprovError] = []
    for name in _SOURCES if source == "auto" else (source,):
        try:
            found = _SOURCES[name](periods, today, patience)
        except OcprovError as error:
            failed.append(error)
        else:
            return Told(tuple(found), tuple(error.message for error in failed))
    reasons = "; ".join(error.message for error in failed)
    raise OcprovError(f"what OpenCode costs is not known: {reasons}", failed[0].hint)


def _ocmonitor(periods: Periods, today: date, patience: float) -> list[Cost]:
    answers = ocmonitor.ask([("models", "--timeframe", period) for period in periods], patience=patience)
    try:
        return [
            costs.of_ocmonitor(answer, period, today) for period, answer in zip(periods, answers, strict=True)
        ]
    except ValueError as error:
        raise _rubbish("ocmonitor", error) from error


def _ccusage(periods: Periods, today: date, patience: float) -> list[Cost]:
    call = ("ccusage", "opencode", "daily", "--json", "--offline")
    return _other(call, costs.of_ccusage, periods, today, patience)


def _opencode_usage(periods: Periods, today: date, patience: float) -> list[Cost]:
    call = ("opencode-usage", "run", "--days", "32", "--by", "day", "--json")
    return _other(call, costs.of_opencode_usage, periods, today, patience)


def _other(call: Sequence[str], parse: Parse, periods: Periods, today: date, patience: float) -> list[Cost]:
    ran = program.run(call, patience=patience, environment=data.environment())
    if ran.code:
        raise OcprovError(f"{call[0]} tells nothing: {ran.reason}", f"run it by hand: {' '.join(call)}")
    try:
        return parse(document(ran.out), periods, today)
    except ValueError as error:
        raise _rubbish(call[0], error) from error


def _rubbish(name: str, error: ValueError) -> OcprovError:
    return OcprovError(f"{name} answers with something else: {error}", f"run {name} by hand")


_SOURCES: Mapping[str, Callable[[Periods, date, float], list[Cost]]] = {
    "ocmonitor": _ocmonitor,
    "ccusage": _ccusage,
    "opencode-usage": _opencode_usage,
}
