"""Costs against their limits, for people and for programs; pure, the time of day comes from outside."""

from collections.abc import Sequence
from datetime import datetime

from ocprov.cli.output import envelope
from ocprov.cli.terminal import style
from ocprov.core.names import printable
from ocprov.watch.crossings import Said
from ocprov.watch.limits import Standing
from ocprov.watch.look import Look
from ocprov.watch.period import SAID

_NEAR = 80
_BAR = (10, 40)  # the fewest and the most characters
_ROOM = 54  # what the other columns take


def lines(look: Look, width: int) -> list[str]:
    """A line for each limit: period, cost, limit, per cent, bar, and how it stands in a word."""
    bar = min(max(width - _ROOM, _BAR[0]), _BAR[1])
    money = [(_money(one.cost), _money(one.limit)) for one in look.standings]
    wide = [max(len(pair[place]) for pair in money) for place in (0, 1)]
    return [
        f"{SAID[one.period].ljust(10)}  {cost.rjust(wide[0])} of {limit.rjust(wide[1])}"
        f"  {one.percent:>4} %  {_painted(one, _bar(one, bar))}  {_painted(one, word(one))}"
        for one, (cost, limit) in zip(look.standings, money, strict=True)
    ]


def word(standing: Standing) -> str:
    """How a cost stands to its limit."""
    over = _money(standing.cost - standing.limit)
    if standing.passed:
        return "REACHED" if over == _money(0) else f"OVER by {over}"
    return "near" if standing.percent >= _NEAR else "ok"


def screen(look: Look | None, problems: Sequence[str], every: int, now: datetime, width: int) -> str:
    """What the window shows: the last look, and what went wrong since."""
    title = f"  {style('What OpenCode costs', bold=True)}   {now:%A, %Y-%m-%d}"
    shown = ["", title, ""]
    if look is not None:
        shown += [f"  {line}" for line in lines(look, width - 2)]
        at = datetime.fromtimestamp(look.looked)
        shown += ["", _quiet(f"  {at:%H:%M:%S} by {look.source}, again every {every} s; US dollars")]
        shown += [f"  {told(one)}" for one in look.said]
    return "\n".join([*shown, *problems])


def told(said: Said) -> str:
    """What became of one message."""
    if said.failure:
        return f"{said.notifier}: failed; tried again the next time"
    if not said.told:
        return f"{said.notifier}: nobody to tell yet"
    return f"{said.notifier}: told of {said.standing.step} % {SAID[said.standing.period]}"


def tested(said: Said) -> str:
    """What became of a test."""
    sent = "sent" if said.told else "failed" if said.failure else "nobody to tell: no tmux server runs"
    return f"{said.notifier}: {sent}"


def test_data(results: Sequence[Said]) -> str:
    """The same as JSON."""
    keys = ("notifier", "told", "failure")
    return envelope("alert", {"test": [{key: _said(one)[key] for key in keys} for one in results]})


def data(look: Look) -> str:
    """The same as JSON; money is in US dollars, `step` the highest passed."""
    return envelope(
        "alert",
        {
            "looked": look.looked,
            "source": look.source,
            "currency": "USD",
            "passed": look.passed,
            "limits": [_limit(one) for one in look.standings],
            "said": [_said(one) for one in look.said],
            "problems": [printable(problem.message) for problem in look.problems],
        },
    )


def _limit(standing: Standing) -> dict[str, object]:
    return {
        "period": standing.period,
        "start": standing.start.isoformat(),
        "cost": round(standing.cost, 6),
        "limit": standing.limit,
        "percent": standing.percent,
        "step": standing.step or None,
        "passed": standing.passed,
    }


def _said(said: Said) -> dict[str, object]:
    return {
        "period": said.standing.period,
        "step": said.standing.step,
        "notifier": said.notifier,
        "told": said.told,
        "failure": printable(said.failure.message) if said.failure else None,
    }


def _money(amount: float) -> str:
    return f"${amount:,.2f}"


def _bar(standing: Standing, width: int) -> str:
    full = min(width, standing.percent * width // 100)
    return "█" * full + "░" * (width - full)


def _painted(standing: Standing, text: str) -> str:
    color = "red" if standing.passed else "yellow" if standing.percent >= _NEAR else "green"
    return style(text, fg=color, bold=standing.passed)


def _quiet(text: str) -> str:
    return style(text, fg="bright_black")
