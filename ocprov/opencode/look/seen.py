"""How servers are: looked at and asked at the same time, each for a short while."""

import asyncio
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import httpx

from ocprov import lock
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.opencode import password, process
from ocprov.opencode.api.client import Client
from ocprov.opencode.failures import ForeignError, ServerError, UnreachableError
from ocprov.opencode.life import proof
from ocprov.opencode.look import footprint
from ocprov.opencode.record import Record, State, Unreadable

Health = Literal["ready", "starting", "hung", "orphan", "foreign", "dead", "stopped", "failed", "unknown"]
Answer = Literal["ours", "other", "silent", "closed"]

_BOOTS = ("starting", "restarting")
PATIENCE = 4.0
MOST = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """A server as it is now; `why` is for a person, where there is more to tell than the word.

    `health`: ready; starting; hung (it runs and gives no answer); orphan (it runs, nobody supervises it); foreign (somebody
    else answers at its port); dead (its record tells that it runs, and it does not); stopped; failed; unknown (its record
    cannot be read, or is of another machine). `memory` in bytes, with what it started. `conversations` is None where it
    did not tell; there are `more` than so many then. `uptime` in seconds.
    """

    record: Record | Unreadable
    health: Health
    why: str = ""
    memory: int = 0
    conversations: int | None = None
    more: bool = False
    uptime: float = 0.0

    @property
    def answers(self) -> bool:
        """Whether it can be asked."""
        return self.health in ("ready", "orphan")


@dataclass(frozen=True, slots=True)
class _Asked:
    answer: Answer
    conversations: int | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class _Asking:
    memory: "asyncio.Task[Mapping[int, int]]"
    patience: float
    whole: bool


async def look(
    records: Iterable[Record | Unreadable], *, patience: float = PATIENCE, whole: bool = True
) -> tuple[Seen, ...]:
    """How each of them is; `patience` in seconds is for each, and all are asked at the same time.

    Without `whole` neither their memory nor their conversations are looked at.
    """
    memory = asyncio.create_task(asyncio.to_thread(footprint.every if whole else dict))
    asking = _Asking(memory, patience, whole)
    seen = await asyncio.gather(*(_one(one, asking) for one in records))
    await memory
    return tuple(seen)


def judge(state: State, answer: Answer, *, lives: bool, supervised: bool) -> Health:
    """The word for a server whose record says `state`: `lives` is its process, `supervised` whether somebody watches it."""
    if not lives and state in ("stopped", "failed"):
        return "stopped" if state == "stopped" else "failed"
    if answer == "ours":
        return "ready" if supervised else "orphan"
    if answer == "other":
        return "foreign"
    if supervised and (not lives or state in _BOOTS):
        return "starting"
    return "hung" if lives else "dead"


async def _one(known: Record | Unreadable, asking: _Asking) -> Seen:
    if isinstance(known, Unreadable):
        return Seen(known, "unknown", known.why)
    lives, supervised = process.runs(known.server), lock.busy(known.places.lock)
    if known.host not in ("", socket.gethostname()) and not (lives or supervised):
        return Seen(known, "unknown", f"it is of machine {printable(known.host)}")
    boots = supervised and known.state in _BOOTS  # what it is asked now it may never answer
    try:
        asks = not boots and (lives or known.state == "ready")
        told = await _asked(known, asking) if asks else _Asked("closed")
    except OcprovError as error:  # of the password's file
        return Seen(known, "unknown", error.message)
    health = judge(known.state, told.answer, lives=lives, supervised=supervised)
    return Seen(
        known,
        health,
        printable(known.reason) if health in ("starting", "failed", "dead") else "",
        (await asking.memory).get(known.server.pid, 0) if lives else 0,
        told.conversations,
        told.more,
        max(time.time() - known.began, 0.1) if lives else 0.0,
    )


async def _asked(known: Record, asking: _Asking) -> _Asked:
    secret = password.read(known.places)
    async with Client(known.url, secret, known.directory, timeout=asking.patience) as client:
        try:
            async with asyncio.timeout(asking.patience):
                told = await client.where()
        except (TimeoutError, ServerError) as error:
            return _Asked(_answer(error))
        if not proof.same(told.directory, known.directory):
            return _Asked("other")
        if not asking.whole:
            return _Asked("ours")
        try:
            async with asyncio.timeout(asking.patience):
                page = await client.page(limit=MOST)
        except (TimeoutError, ServerError):
            return _Asked("ours")
        return _Asked("ours", len(page.items), bool(page.cursor))


def _answer(error: Exception) -> Answer:
    if isinstance(error, ForeignError):
        return "other"
    closed = isinstance(error, UnreachableError) and isinstance(error.__cause__, httpx.ConnectError)
    return "closed" if closed else "silent"
