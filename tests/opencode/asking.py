"""Asking a server by the Python API, and listening to what goes to it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from ocprov.opencode import record
from ocprov.opencode.server import Server
from ocprov.opencode.spec import ServerSpec
from tests.conftest import until
from tests.opencode.between import Between, between
from tests.opencode.real import Opencode

T = TypeVar("T")

# Seconds for a server to start: more than a person waits for, as many tests run at once.
PATIENCE = 90.0


def ask(
    opencode: Opencode,
    question: Callable[[Server], Awaitable[T]],
    *,
    deadline: float = 120,
    spec: ServerSpec | None = None,
) -> T:
    """What the question gives, asked of the server of the usual directory, or of another."""

    async def asked() -> T:
        async with await Server.ensure(
            spec or ServerSpec(opencode.directory(), startup_timeout=PATIENCE)
        ) as server:
            async with asyncio.timeout(deadline):
                return await question(server)

    return asyncio.run(asked())


@contextmanager
def tapped(opencode: Opencode) -> Iterator[Between]:
    """The usual server behind a connection that counts and can be cut: its record names that one meanwhile."""
    ask(opencode, lambda server: server.known())
    known = opencode.record()
    with between(known.port) as tap:
        record.write(replace(known, url=tap.url))
        try:
            yield tap
        finally:
            record.write(replace(opencode.record(), url=known.url))


async def eventually(question: Callable[[], object]) -> None:
    """Wait until the question, which does not wait itself, has a true answer."""
    await asyncio.to_thread(until, question)


def prompted(opencode: Opencode, text: str) -> int:
    """How often the model was asked that."""
    return sum(text in one for one in opencode.provider.prompts)
