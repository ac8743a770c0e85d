"""One prompt of many: sent, or gone on with, and what came of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ocprov.opencode.api import ident
from ocprov.opencode.api.client import Client
from ocprov.opencode.api.values import Message
from ocprov.opencode.bulk.jobs import Job
from ocprov.opencode.bulk.results import Result, Sent, Sink, State
from ocprov.opencode.conversation import Conversation
from ocprov.opencode.failures import NotFoundError, ServerError
from ocprov.opencode.server import Server
from ocprov.opencode.talk import turns
from ocprov.opencode.talk.sending import since
from ocprov.opencode.talk.turns import passed, whole

# With a title of its own a conversation costs no call of a model for one.
_TITLE = 60
_STEPS = 100
_ABORTING = 10.0


@dataclass(frozen=True, slots=True)
class Begun:
    """What a prompt goes out as, and its answer where there is one already."""

    sent: Sent
    answer: Message | None = None


async def begin(job: Job, server: Server, sink: Sink) -> Begun:
    """What the prompt goes out as, kept before it does: as by a run before, where that can be gone on with."""
    before = sink.before(job.key)
    begun = await _before(server, before) if before else None
    if begun is not None:
        return begun
    prompt = job.prompt
    name = prompt.conversation
    if not name:
        made = await server.create(prompt.title or title(prompt.prompt), prompt.model, prompt.agent)
        name = made.id
    sent = Sent(job.key, name, ident.message())
    sink.sending(sent)
    return Begun(sent)


async def finish(job: Job, server: Server, begun: Begun, timeout: float) -> Result:
    """Send it, and wait for what comes of it; OcprovError where nothing does.

    After `timeout` seconds (0: none), or when it is cancelled, what is being answered is aborted.
    """
    sent, prompt = begun.sent, job.prompt
    conversation = server.conversation(sent.conversation)
    try:
        async with asyncio.timeout(timeout or None):
            answer = begun.answer or await conversation.prompt(
                prompt.prompt, prompt.model, prompt.agent, message=sent.message
            )
            steps = await _steps(conversation, sent, answer)
    except TimeoutError:
        await _abort(conversation)
        return result(job, "error", sent, error=f"no answer within {timeout:g} s: aborted")
    except asyncio.CancelledError:
        await _abort(conversation)
        raise
    return answered(job, sent, answer, steps)


def result(job: Job, state: State, sent: Sent | None = None, *, error: str = "") -> Result:
    """What came of a prompt, without an answer."""
    return Result(
        job.index,
        job.key,
        state,
        job.prompt.prompt,
        error=error,
        directory=job.prompt.directory,
        conversation=sent.conversation if sent else job.prompt.conversation,
        message=sent.message if sent else "",
        model=job.prompt.model,
    )


def answered(job: Job, sent: Sent, answer: Message, steps: Sequence[Message]) -> Result:
    """What came of a prompt, by its answer; `steps` are all that was answered on the way, for what it cost."""
    problem = answer.problem
    state: State = "ok" if answer.completed else "interrupted"
    if problem:
        state = "aborted" if problem.aborted else "error"
    said = f"{problem.name}: {problem.message}" if problem else ""
    return replace(
        result(job, state, sent, error=said),
        text=answer.text,
        model=answer.model or job.prompt.model,
        cost=sum(one.cost for one in steps),
        tokens=sum(one.tokens for one in steps),
        merged=answer.merged,
    )


def title(text: str) -> str:
    """A title for a conversation: how its prompt begins."""
    line = " ".join(text[: 4 * _TITLE].split())
    return line if len(line) <= _TITLE else line[: _TITLE - 1] + "…"


async def _before(server: Server, sent: Sent) -> Begun | None:
    """What a run before sent, or was about to; None where that cannot be gone on with."""
    try:
        found, works = await server.link.again(lambda client: _there(client, sent))
    except NotFoundError:
        return None
    if not passed(found, sent.message):
        return Begun(sent)
    if all(one.id != sent.message for one in found):
        return None
    answer = turns.answer(found, sent.message)
    if works and not (answer and whole(answer)):
        return Begun(sent)  # it is waited for
    return Begun(sent, answer) if answer and whole(answer) else None


async def _there(client: Client, sent: Sent) -> tuple[Sequence[Message], bool]:
    """What is there from the message on that was sent, and whether its conversation works."""
    works = sent.conversation in await client.status()
    return await since(client, sent.conversation, sent.message), works


async def _steps(conversation: Conversation, sent: Sent, answer: Message) -> Sequence[Message]:
    """What was answered to the prompt, step by step; the answer alone where that cannot be told."""
    try:
        found = await conversation.messages(limit=_STEPS)
    except ServerError:
        return (answer,)
    return [one for one in found.items if one.parent == sent.message] or (answer,)


async def _abort(conversation: Conversation) -> None:
    """Stop it, where the server can be told to."""
    try:
        async with asyncio.timeout(_ABORTING):
            await conversation.abort()
    except (ServerError, TimeoutError):
        return
