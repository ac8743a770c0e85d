"""Sending a prompt once: after a lost connection the messages tell whether it has to be sent again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from ocprov.opencode.client import PAGE, Client
from ocprov.opencode.failures import CutOffError, NotFoundError, UnreachableError
from ocprov.opencode.link import Link
from ocprov.opencode.record import Process
from ocprov.opencode.values import Message

_NAP = 0.5


async def answered(
    link: Link, conversation: str, prompt: str, send: Callable[[Client], Awaitable[Message]]
) -> Message:
    """The answer to the prompt of that message id, which `send` sends; sent again with it only where it has to be.

    CutOffError where the server was restarted in the middle: that prompt is interrupted, and a person's to resume.
    """
    client = await link.ready()
    before = link.process
    try:
        return await send(client)
    except UnreachableError:
        link.doubt()
    found = await afterwards(link, before, conversation, prompt)
    return found or await send(await link.ready())


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
    """The answer to a prompt as it is when the conversation works no more; None where there is none."""
    await idle(client, conversation)
    return answer((await client.messages(conversation, limit=PAGE)).items, prompt)


async def idle(client: Client, conversation: str) -> None:
    """Wait until a conversation works no more."""
    while conversation in await client.status():
        await asyncio.sleep(_NAP)


def answer(messages: Sequence[Message], prompt: str) -> Message | None:
    """The last step of the answer to a prompt. Prompts that queued up have one answer, and the last of them is its parent."""
    behind = [one for one in messages if one.role == "assistant" and one.parent >= prompt]
    first = min((one.parent for one in behind), default="")
    return next((one for one in reversed(behind) if one.parent == first), None)


async def _arrived(client: Client, conversation: str, prompt: str) -> bool:
    try:
        await client.message(conversation, prompt)
    except NotFoundError:
        return False
    return True
