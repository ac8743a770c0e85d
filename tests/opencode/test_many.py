"""Many servers side by side, each with many conversations: nothing gets mixed.

`OCPROV_TEST_SERVERS=10 pytest -s tests/opencode/test_many.py` for as many as the issue asks for; each takes 0.4 GB.
"""

import asyncio
import os
import sys
import time
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from functools import partial

import pytest

from ocprov.opencode import password, process
from ocprov.opencode.api.values import Message
from ocprov.opencode.conversation import Conversation
from ocprov.opencode.heard.event import UP, Event
from ocprov.opencode.heard.feed import feed
from ocprov.opencode.record import Record
from ocprov.opencode.server import Server
from tests.conftest import until
from tests.opencode.real import Opencode

SERVERS = int(os.environ.get("OCPROV_TEST_SERVERS", "3"))
CONVERSATIONS = 5
STATUS = "session.status"


@pytest.mark.slow
def test_many_servers_with_many_conversations_at_once_mix_nothing(opencode: Opencode) -> None:
    began = time.monotonic()
    known = [opencode.ensure(opencode.directory(f"project-{number:02}")) for number in range(SERVERS)]
    started = time.monotonic()
    answers, seen = asyncio.run(_prompted(known))
    ended = time.monotonic()

    for what in ("port", "url", "server", "supervisor", "places", "directory"):
        assert len({getattr(one, what) for one in known}) == SERVERS
    assert len({password.read(one.places) for one in known}) == SERVERS
    for (directory, conversation), answer in answers.items():
        assert answer.text == f"echo: {_text(directory, conversation)}"
    for one in known:
        own = {conversation for directory, conversation in answers if directory == one.directory}
        assert _states(seen, one) == {name: ["busy", "idle"] for name in own}
        until(partial(_logged, one, own))
        log = one.places.log.read_text()
        others = [two.directory for two in known if two != one]
        others += [conversation for directory, conversation in answers if directory != one.directory]
        assert [name for name in others if name in log] == []
    memory = sum(process.memory(one.server.pid) + process.memory(one.supervisor.pid) for one in known)
    sys.stdout.write(
        f"\n{SERVERS} servers ready in {started - began:.1f} s; {len(answers)} prompts at once answered in "
        f"{ended - started:.1f} s; {memory / 2**20 / SERVERS:.0f} MB for each with its supervisor\n"
    )


def _logged(server: Record, conversations: set[str]) -> bool:
    log = server.places.log.read_text()
    return all(name in log for name in conversations)


async def _prompted(known: list[Record]) -> tuple[dict[tuple[str, str], Message], list[Event]]:
    """The answers by directory and conversation, and what the merged feed told of them."""
    seen: list[Event] = []
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(Server.of(one)) for one in known]
        events = await stack.enter_async_context(
            aclosing(feed(wanted=lambda event: event.type in (STATUS, UP)))
        )
        ups = {(await anext(events)).server for _ in servers}
        assert ups == {one.name for one in known}
        conversations = [await one.create("mine") for one in servers for _ in range(CONVERSATIONS)]
        answers = await asyncio.gather(*map(_prompt, conversations))
        await _rested(events, seen, len(conversations))
        for server in servers:
            own = {one.id for one in conversations if one.server is server}
            assert {info.id for info in (await server.page()).items} == own
    return {
        (one.server.record.directory, one.id): answer
        for one, answer in zip(conversations, answers, strict=True)
    }, seen


async def _prompt(conversation: Conversation) -> Message:
    answer = await conversation.prompt(_text(conversation.server.record.directory, conversation.id))
    sent, said = (await conversation.messages()).items
    assert sent.text == _text(conversation.server.record.directory, conversation.id)
    assert said == answer
    return answer


def _text(directory: str, conversation: str) -> str:
    return f"from {directory} in {conversation}"


async def _rested(events: AsyncGenerator[Event, None], seen: list[Event], many: int) -> None:
    """Read the feed until every conversation was told idle."""
    idle: set[str] = set()
    async with asyncio.timeout(60):
        while len(idle) < many:
            event = await anext(events)
            seen.append(event)
            if event.properties["status"]["type"] == "idle":
                idle.add(event.conversation)


def _states(seen: list[Event], server: Record) -> dict[str, list[str]]:
    """The states of a server's conversations in their order, the same one told again left out."""
    found: dict[str, list[str]] = defaultdict(list)
    for event in seen:
        if event.server == server.name:
            assert event.directory == server.directory
            state = event.properties["status"]["type"]
            if found[event.conversation][-1:] != [state]:
                found[event.conversation].append(state)
    return dict(found)
