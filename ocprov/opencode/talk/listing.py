"""Conversations of several servers in one order, a page at a time."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ocprov.errors import OcprovError
from ocprov.opencode import password
from ocprov.opencode.api.client import PAGE, Client
from ocprov.opencode.api.values import Info
from ocprov.opencode.failures import ForeignError
from ocprov.opencode.heard import activity
from ocprov.opencode.heard.standing import STUCK, Standing, State
from ocprov.opencode.life import proof
from ocprov.opencode.record import Record
from ocprov.opencode.talk.homes import PATIENCE
from ocprov.opencode.talk.standings import look

# Conversations that are looked at for a page of some states, before what was found is shown.
MOST = 500
# More of a page than is asked for: conversations of the same millisecond may have been shown before.
_SLACK = 10

Key = tuple[int, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation, how it stands, and its server."""

    info: Info
    standing: Standing
    server: Record


@dataclass(frozen=True, slots=True)
class Unheard:
    """A server that did not answer: its name and directory, and why."""

    name: str
    directory: str
    error: OcprovError


@dataclass(frozen=True, slots=True)
class Listing:
    """A page: those that changed last first, and the cursor of the next page, empty after the last."""

    rows: tuple[Row, ...]
    cursor: str = ""
    unheard: tuple[Unheard, ...] = ()
    heard: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations: a page of `limit` behind `cursor`; `children`: sub-agents' too; `states`: those alone.

    `stuck`: seconds without an event from which what works counts as stuck.
    """

    limit: int = PAGE
    cursor: str = ""
    search: str = ""
    children: bool = False
    states: Collection[State] = ()
    stuck: float = STUCK


@dataclass
class _Asked:
    """The servers that answer still, and those that do not."""

    clients: dict[str, tuple[Record, Client]] = field(default_factory=dict)
    unheard: list[Unheard] = field(default_factory=list)

    async def all(self, ask: Callable[[Record, Client], Coroutine[Any, Any, T]]) -> list[T]:
        """What each answers; one that fails is not asked again."""
        there = list(self.clients.values())
        told = await asyncio.gather(*(ask(*one) for one in there), return_exceptions=True)
        found: list[T] = []
        for (server, _), one in zip(there, told, strict=True):
            if isinstance(one, OcprovError):
                self.unheard.append(Unheard(server.name, server.directory, one))
                await self.clients.pop(server.directory)[1].close()
            elif isinstance(one, BaseException):
                raise one
            else:
                found.append(one)
        return found


async def page(servers: Sequence[Record], wanted: Wanted) -> Listing:
    """One page of what these servers have."""
    after = place(wanted.cursor)
    async with _connected(servers) as asked:
        rows: list[Row] = []
        looked = 0
        while True:
            infos, more = await _next(asked, wanted, after)
            found = await _rows(asked, infos, wanted)
            for one in infos:
                after = _key(one)
                row = found.get(one.id)
                rows += [row] if row and (not wanted.states or row.standing.state in wanted.states) else []
                if len(rows) == wanted.limit:
                    more = more or one is not infos[-1]
                    break
            looked += len(infos)
            if len(rows) == wanted.limit or looked >= MOST or not more:
                cursor = f"{after[0]}.{after[1]}" if more and after else ""
                return Listing(tuple(rows), cursor, tuple(asked.unheard), len(asked.clients))


@asynccontextmanager
async def _connected(servers: Sequence[Record]) -> AsyncIterator[_Asked]:
    asked = _Asked()
    for one in servers:
        try:
            client = Client(one.url, password.read(one.places), one.directory)
        except OcprovError as error:
            asked.unheard.append(Unheard(one.name, one.directory, error))
        else:
            asked.clients[one.directory] = (one, client)
    try:
        await asked.all(_refuse_foreign)
        yield asked
    finally:
        for _, client in asked.clients.values():
            await client.close()


async def _refuse_foreign(server: Record, client: Client) -> None:
    where = await client.where(patience=PATIENCE)
    if not proof.same(where.directory, server.directory):
        raise ForeignError(f"another server than {server.name} answers at {server.url}", "ocprov server ls")


async def _next(asked: _Asked, wanted: Wanted, after: Key | None) -> tuple[list[Info], bool]:
    """The next conversations of all, in order, and whether there are more behind them."""
    pages = await asked.all(lambda _, client: _older(client, wanted, after))
    merged = sorted((one for found in pages for one in found), key=_key, reverse=True)
    return merged[: wanted.limit], len(merged) > wanted.limit


async def _older(client: Client, wanted: Wanted, after: Key | None) -> list[Info]:
    """Those of one server behind a place, one more than a page has; the server's own cursor forgets those of its millisecond."""
    limit = wanted.limit + 1 + (_SLACK if after else 0)
    while True:
        found = await client.page(
            limit=limit,
            cursor=str(after[0] + 1) if after else "",
            search=wanted.search,
            children=wanted.children,
        )
        fit = [one for one in found.items if after is None or _key(one) < after]
        if len(fit) > wanted.limit or len(found.items) < limit:
            return sorted(fit, key=_key, reverse=True)
        limit *= 4


async def _rows(asked: _Asked, infos: Sequence[Info], wanted: Wanted) -> dict[str, Row]:
    async def of(server: Record, client: Client) -> list[Row]:
        mine = [one for one in infos if one.directory == server.directory]
        if not mine:
            return []
        last = activity.read(server.places).last
        found = await look(client, mine, last, stuck=wanted.stuck)
        return [Row(one, found[one.id], server) for one in mine if one.id in found]

    return {row.info.id: row for rows in await asked.all(of) for row in rows}


def _key(info: Info) -> Key:
    return round(info.updated * 1000), info.id


def place(cursor: str) -> Key | None:
    """The place that a cursor names, None for the beginning; ValueError for a cursor that is none."""
    if not cursor:
        return None
    found = re.fullmatch(r"(\d{1,15})\.(ses_[A-Za-z0-9]+)", cursor)
    if found is None:
        raise ValueError(cursor)
    return int(found[1]), found[2]
