"""`ocprov alert --host`: what OpenCode costs on several machines, against their limits; nothing is said or kept there."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ocprov.cli import over_hosts
from ocprov.cli.output import envelope
from ocprov.cli.show_hosts import Row, Rows, entries, is_told, lines, money, number, text, whole
from ocprov.core.names import printable
from ocprov.errors import NOT_AS_WANTED
from ocprov.fleet import reply
from ocprov.fleet.reply import Reply
from ocprov.watch.period import PERIODS, SAID, Period

_NEAR = 80


def alert(
    given: Mapping[Period, float | None],
    default_daily: float,
    hosts: tuple[str, ...],
    inventory: Path | None,
    *,
    as_json: bool,
) -> int:
    """Ask and print; the exit code: 3 when a limit is passed somewhere, 1 when the costs of a host are not known."""
    words = [f"--{name}={limit!r}" for name, limit in given.items() if limit is not None]
    words += [f"--default-daily={default_daily!r}"] if default_daily else []
    replies = over_hosts.ask("alert", ["--dry-run", *words], hosts, inventory, costs=True)
    if as_json:
        click.echo(envelope("alert", reply.data(replies)))
    else:
        click.echo("\n".join(lines(replies, rows, over_hosts.columns(), _together(replies))))
    if any(one.data.get("passed") is True for one in replies if one.ok):
        return NOT_AS_WANTED
    return 0 if all(map(_are_known, replies)) else 1


def rows(one: Reply) -> Rows:
    """A line for each limit; of a host that tells none, that it is not known."""
    host = printable(one.host)
    found = tuple(_row(host, limit) for limit in entries(one.data, "limits") or ({},))
    return Rows(any(row[1] != "ok" for row in found), found)


def _row(host: str, limit: Mapping[str, Any]) -> Row:
    if not _is_known(limit):
        return (host, "unknown", _said(limit), reply.OTHER_VERSION)
    percent = whole(limit.get("percent"))
    word = "over" if limit.get("passed") is True else "near" if percent >= _NEAR else "ok"
    of = f"{money(limit.get('cost'))} of {money(limit.get('limit'))}"
    return (host, word, _said(limit), f"{of}  {percent} %")


def _are_known(one: Reply) -> bool:
    """Whether a host told what it is held against: none does so without a limit."""
    limits = entries(one.data, "limits")
    return bool(limits) and all(map(_is_known, limits))


def _is_known(limit: Mapping[str, Any]) -> bool:
    return isinstance(limit.get("passed"), bool) and is_told(limit, "cost", "limit", "percent")


def _said(limit: Mapping[str, Any]) -> str:
    period = text(limit.get("period"))
    return next((said for name, said in SAID.items() if name == period), period)


def _together(replies: Sequence[Reply]) -> str:
    """The costs of all hosts, of each period that any of them told."""
    found = [limit for one in replies for limit in entries(one.data, "limits") if _is_known(limit)]
    sums = {
        period: sum(number(one.get("cost")) for one in found if one.get("period") == period)
        for period in PERIODS
        if any(one.get("period") == period for one in found)
    }
    return ", ".join(f"{money(amount)} {SAID[period]}" for period, amount in sums.items())
