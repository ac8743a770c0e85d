"""One look at the costs: hold them against the limits, say what is to be said, set the mark."""

import math
import time
from collections.abc import Callable, Mapping
from datetime import date

from ocprov.core.value import dataclass, replace
from ocprov.errors import OcprovError
from ocprov.settings.values import Settings
from ocprov.tmux.client import Server
from ocprov.watch import crossings, limits, notifiers, notify_tmux, sources
from ocprov.watch.crossings import Said
from ocprov.watch.limits import Standing
from ocprov.watch.period import PERIODS, Period

Limits = Mapping[Period, float]


@dataclass(frozen=True, slots=True)
class Look:
    """What was found at `looked` (seconds of the epoch), what was said of it, and what went wrong on the way."""

    looked: int
    source: str
    standings: tuple[Standing, ...]
    said: tuple[Said, ...]
    problems: tuple[OcprovError, ...]

    @property
    def passed(self) -> bool:
        """Whether a limit is reached."""
        return any(standing.passed for standing in self.standings)


def wanted(settings: Settings, given: Mapping[Period, float | None], otherwise: float) -> Limits:
    """The limits: those given, else of the settings, else `otherwise` for a day; OcprovError when there is none."""
    found: dict[Period, float] = {}
    for period in PERIODS:
        told = given.get(period)
        limit = _finite(settings.number(f"alert.{period}") if told is None else told, period)
        if limit > 0:
            found[period] = limit
    if not found and _finite(otherwise, "default-daily") > 0:
        found["daily"] = otherwise
    if not found:
        hint = f"ocprov alert --daily 10, or alert.daily = 10 in {settings.file}"
        raise OcprovError("no limit is set for what OpenCode may cost", hint)
    return found


def _finite(limit: float, name: str) -> float:
    if not math.isfinite(limit):
        raise OcprovError(f"the {name} limit is {limit}", f"give it in US dollars: --{name} 10")
    return limit


def look(
    settings: Settings,
    bounds: Limits,
    server: Server,
    *,
    wait: float,
    blocked: Callable[[], None],
    warn: Callable[[str], None],
) -> Look:
    """Look once. OcprovError when the costs are not known: then nothing is said, and the mark stays."""
    first = asked(settings, bounds, warn=warn)
    ready = notifiers.wanted(settings, server)
    said = crossings.say(first.standings, ready.ready, wait=wait, blocked=blocked, warn=warn)
    problems = [*ready.unready.values(), *(one.failure for one in said if one.failure)]
    if "tmux" in ready.ready:
        problems += _marked(server, first.standings)
    return replace(first, said=said, problems=tuple(problems))


def asked(settings: Settings, bounds: Limits, *, warn: Callable[[str], None]) -> Look:
    """Look, and say nothing. OcprovError when the costs are not known."""
    told = sources.ask(
        tuple(bounds),
        today=date.today(),  # of here, as ocmonitor has it
        source=settings.text("alert.source"),
        patience=settings.number("alert.timeout"),
    )
    for reason in told.failed:
        warn(f"{told.costs[0].source} tells the costs, since {reason}")
    found = limits.standings(told.costs, bounds, [int(step) for step in settings.texts("alert.steps")])
    return Look(int(time.time()), told.costs[0].source, found, (), ())


def _marked(server: Server, found: tuple[Standing, ...]) -> list[OcprovError]:
    try:
        notify_tmux.mark(server, limits.mark(found))
    except OcprovError as error:
        return [error]
    return []
