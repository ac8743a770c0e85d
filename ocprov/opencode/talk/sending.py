"""Sending a prompt once: after a lost connection the messages tell whether it has to be sent again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from ocprov.core.names import printable
from ocprov.opencode.api.client import PAGE, Client
from ocprov.opencode.api.values import Message
from ocprov.opencode.failures import CutOffError, NotFoundError, UnansweredError, UnreachableError
from ocprov.opencode.record import Process
from ocprov.opencode.talk.link import Link
from ocprov.opencode.talk.turns import answer, whole

_NAP = 0.5


async def answered(
    link: Link, conversation: str, prompt: str, send: Callable[[Client], Awaitable[Message]]
) -> Message:
    """The answer to the prompt of that message id, which `send` sends; sent again with it only where it has to be.

    CutOffError where the server was restarted in the middle: that prompt is interrupted, and a person's to resume.
    UnansweredError where what came before it ended badly.
    """
    client = await link.ready()
    before = link.process
    try:
        return await own(link, conversation, prompt, await send(client))
    except UnreachableError:
        link.doubt()
    found = await afterwards(link, before, conversation, prompt)
    return found or await own(link, conversation, prompt, await send(await link.ready()))


async def own(link: Link, conversation: str, prompt: str, told: Message) -> Message:
    """The answer to that prompt, where the server `told` somebody who waited for it what it said last."""
    if told.parent == prompt:
        return told
    found = answer(await link.again(lambda client: since(client, conversation, prompt)), prompt)
    if found is None:
        raise unanswered(conversation, _ended(told))
    return found


def unanswered(conversation: str, why: str) -> UnansweredError:
    """For a person: a prompt has no answer, and why."""
    return UnansweredError(
        f"the prompt got no answer: {why or 'nothing tells why'}",
        f"see whether it is there: ocprov chat show {conversation}; it is answered by: ocprov chat resume {conversation}",
    )


def _ended(last: Message) -> str:
    """What became of the one that it had to wait for."""
    if last.problem is None or last.problem.aborted:
        return "what it had to wait for was aborted" if last.problem else ""
    said = ": ".join(filter(None, (last.problem.name, last.problem.message)))
    return f"what it had to wait for failed: {printable(said)}"


async def posted(
    link: Link, conversation: str, prompt: str, send: Callable[[Client], Awaitable[None]]
) -> None:
    """Send a prompt without waiting for its answer; again where it did not arrive."""
    try:
        return await send(await link.ready())
    except UnreachableError:
        link.doubt()
    client = await link.ready()
    if not await _arrived(client, conversation, prompt):
        await send(client)
    return None


async def afterwards(link: Link, before: Process, conversation: str, prompt: str) -> Message | None:
    """The answer of a prompt whose connection to the process `before` was lost; None where it is to be sent again."""
    client = await link.ready()
    if not await _arrived(client, conversation, prompt):
        return None
    found = await settled(client, conversation, prompt)
    if found and (found.completed or found.problem):
        return found
    if link.process != before:
        raise CutOffError(
            f"the server was restarted while it answered in conversation {conversation}",
            f"look at it: ocprov chat show {conversation}; nothing sends an interrupted prompt again by itself",
            prompt,
        )
    return None


async def settled(client: Client, conversation: str, prompt: str) -> Message | None:
    """The answer to a prompt, as it is when the conversation works no more where it is not whole now; None for none."""
    found = answer(await since(client, conversation, prompt), prompt)
    if found and whole(found) and not found.merged:
        return found
    await idle(client, conversation)
    return answer(await since(client, conversation, prompt), prompt)


async def since(client: Client, conversation: str, prompt: str) -> Sequence[Message]:
    """The messages from that prompt on, oldest first; ids sort by time."""
    found = await client.messages(conversation, limit=PAGE)
    items = found.items
    while found.cursor and items[0].id > prompt:
        found = await client.messages(conversation, limit=PAGE, before=found.cursor)
        items = (*found.items, *items)
    return tuple(one for one in items if one.id >= prompt)


async def idle(client: Client, conversation: str) -> None:
    """Wait until a conversation works no more."""
    while conversation in await client.status():
        await asyncio.sleep(_NAP)


async def _arrived(client: Client, conversation: str, prompt: str) -> bool:
    try:
        await client.message(conversation, prompt)
    except NotFoundError:
        return False
    return True
