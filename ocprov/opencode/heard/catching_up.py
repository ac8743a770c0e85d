"""What happened on a server while nobody listened, asked afterwards."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from ocprov.opencode.api.client import Client
from ocprov.opencode.api.values import Info, Message, Now, Permission, Question
from ocprov.opencode.failures import NotFoundError
from ocprov.opencode.heard import event as events
from ocprov.opencode.heard import standing
from ocprov.opencode.heard.memory import Change, Memory, listed
from ocprov.opencode.heard.standing import Standing

# How far back a conversation is looked at, how many conversations, and how many changed ones are told of.
_TAIL = 20
_MOST = 50
_CHANGED = 1000

Look = tuple[Info, Sequence[Message]]


async def catch_up(client: Client, memory: Memory) -> tuple[Change, ...]:
    """Bring the memory up to date; what changed, in the order in which it may have happened. A ServerError as asked."""
    now, changed = await asyncio.gather(client.now(), client.since(memory.mark, limit=_CHANGED))
    ended = [name for name in memory.status if name not in now.status][:_MOST]
    asked = memory.open(now)
    fresh = [one for one in asked if one.id not in memory.asked]
    looks = await _looks(client, {*ended, *(one.conversation for one in fresh)})
    left = {one.id for one in fresh if not _asks(one, looks.get(one.conversation), now)}
    memory.over((one.id for one in listed(now)), left)
    outcomes = [change for name in ended for change in _outcome(name, looks.get(name), now)]
    told = memory.learn(now.status, (one for one in asked if one.id not in left), changed)
    return (*outcomes, *told)


async def _looks(client: Client, names: Iterable[str]) -> dict[str, Look]:
    wanted = sorted(names)
    found = await asyncio.gather(*(_look(client, name) for name in wanted))
    return {name: one for name, one in zip(wanted, found, strict=True) if one is not None}


async def _look(client: Client, name: str) -> Look | None:
    """A conversation and its newest messages; None when it was deleted."""
    try:
        info, messages = await asyncio.gather(client.get(name), client.messages(name, limit=_TAIL))
    except NotFoundError:
        return None
    return info, messages.items


def _asks(one: Permission | Question, look: Look | None, now: Now) -> bool:
    """Whether an answer is waited for: what an abort left is still listed."""
    if look is None:
        return False
    how = _standing(look, now)
    return one in how.permissions or one in how.questions


def _outcome(name: str, look: Look | None, now: Now) -> list[Change]:
    """How what was at work ended."""
    about = {"sessionID": name}
    if look is None:
        return [Change("session.deleted", name, about | {"info": {"id": name}})]
    said = next((one for one in reversed(look[1]) if one.role == "assistant"), None)
    how = _standing(look, now)
    never_begun = how.state == "idle" and how.unanswered and not how.why
    if how.state == "interrupted" or never_begun:
        left = {"messageID": said.id if said else "", "unanswered": list(how.unanswered)}
        return [Change(events.INTERRUPTED, name, about | left)]
    if said is None:
        return []
    if said.problem is not None:
        data = {"name": said.problem.name, "data": {"message": said.problem.message}}
        return [Change("session.error", name, about | {"error": data})]
    return [Change("message.updated", name, about | {"info": _info(said)})]


def _standing(look: Look, now: Now) -> Standing:
    return standing.standing(look[0], look[1], now, at=0.0)


def _info(one: Message) -> dict[str, Any]:
    times = {"created": round(one.created * 1000), "completed": round(one.completed * 1000)}
    tokens = {"total": one.tokens}
    about = {"id": one.id, "sessionID": one.conversation, "role": one.role, "parentID": one.parent}
    return about | {"time": times, "cost": one.cost, "tokens": tokens, "finish": "stop"}
