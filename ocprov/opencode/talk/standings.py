"""How several conversations of one server stand: asked at once, and again where the answers contradict each other."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from ocprov.opencode.api.client import Client
from ocprov.opencode.api.values import Info, Message, Now, Permission, Question
from ocprov.opencode.failures import NotFoundError
from ocprov.opencode.heard.standing import STUCK, Standing, doubtful, standing

AT_ONCE = 10
# The newest messages that are read of each, and more where the assistant's last one is not among them.
_TAIL, _LONGER = 2, 20
# Seconds that /session/status may lag behind the end of an answer.
_LAG = 0.3
_DEEPEST = 10

Tails = Mapping[str, Sequence[Message]]
Entry = TypeVar("Entry", Permission, Question)


async def look(
    client: Client, infos: Sequence[Info], last: Mapping[str, float], *, stuck: float = STUCK
) -> Mapping[str, Standing]:
    """How each stands, by id; one that was removed meanwhile is not in it.

    `last` has the times of last events, where known; what a conversation's sub-agents wait for it waits for too.
    """
    now, tails = await _asked(client, infos)
    doubts = [one for one in infos if one.id in tails and doubtful(one, tails[one.id], now)]
    if doubts:
        await asyncio.sleep(_LAG)
        now, more = await _asked(client, doubts, infos)
        tails = {**tails, **more}
    at = time.time()
    return {
        one.id: standing(one, tails[one.id], now, last.get(one.id), at=at, stuck=stuck)
        for one in infos
        if one.id in tails
    }


async def _asked(client: Client, infos: Sequence[Info], every: Sequence[Info] = ()) -> tuple[Now, Tails]:
    """The messages first: what ends in between is in doubt, and asked again."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def tail(one: Info) -> Sequence[Message] | None:
        async with turns:
            return await _tail(client, one)

    found = await asyncio.gather(*map(tail, infos))
    now = await lifted(client, await client.now(), every or infos)
    return now, {one.id: tail for one, tail in zip(infos, found, strict=True) if tail is not None}


async def _tail(client: Client, info: Info) -> Sequence[Message] | None:
    try:
        found = await client.messages(info.id, limit=_TAIL)
        if found.cursor and all(one.role == "user" for one in found.items):
            found = await client.messages(info.id, limit=_LONGER)
    except NotFoundError:
        return None
    return found.items


async def lifted(client: Client, now: Now, infos: Sequence[Info]) -> Now:
    """What sub-agents of these conversations ask is asked by these."""
    ids = frozenset(one.id for one in infos)
    strangers = {one.conversation for one in now.permissions} | {one.conversation for one in now.questions}
    found = {name: await _above(client, name, ids) for name in strangers - ids if name in now.status}

    def of(entry: Entry) -> Entry:
        return replace(entry, conversation=found.get(entry.conversation) or entry.conversation)

    return replace(now, permissions=tuple(map(of, now.permissions)), questions=tuple(map(of, now.questions)))


async def _above(client: Client, conversation: str, ids: frozenset[str]) -> str:
    """Which of `ids` a sub-agent's conversation belongs to; empty for none."""
    for _ in range(_DEEPEST):
        try:
            conversation = (await client.get(conversation)).parent
        except NotFoundError:
            return ""
        if conversation in ids or not conversation:
            return conversation
    return ""
