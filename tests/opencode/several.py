"""OpenCode servers as they are by themselves, without ocprov, and what tests of several of them have in common."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from ocprov.opencode.api import ident
from ocprov.opencode.api.client import Client
from ocprov.opencode.api.values import Message
from ocprov.opencode.failures import UnreachableError
from tests.conftest import DEADLINE, Machine, until
from tests.opencode.provider import Provider

# Seconds for what starts an ocprov or asks a server, on a machine that has much to do.
PATIENCE = 60.0

T = TypeVar("T")


@pytest.fixture(autouse=True)
def gate(provider: Provider) -> Iterator[None]:
    """What a test has the provider hold is let go at its end."""
    provider.gate.clear()
    yield
    provider.release()


@contextmanager
def by_hand(machine: Machine, directory: Path) -> Iterator[str]:
    """`opencode serve` in a directory, as a person types it: its URL."""
    port = free_port()
    with (
        (machine.root / f"{port}.log").open("wb") as log,
        subprocess.Popen(
            ["opencode", "serve", "--port", str(port)],
            cwd=directory,
            env=dict(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        ) as process,
    ):
        url = f"http://127.0.0.1:{port}"
        try:
            until(lambda: asyncio.run(_ready(url)))
            yield url
        finally:
            process.terminate()
            process.wait(DEADLINE)


async def _ready(url: str) -> bool:
    # A request that comes while it boots is never answered.
    async with Client(url, "", "/", timeout=3) as client:
        try:
            await client.where()
        except UnreachableError:
            return False
    return True


def free_port() -> int:
    """A port that nobody listened on just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


@contextmanager
def calling(*arguments: str, cwd: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """`ocprov …` on its way; killed at the end where it is still there."""
    with subprocess.Popen(
        [sys.executable, "-m", "ocprov", *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as found:
        try:
            yield found
        finally:
            found.kill()


def calls(provider: Provider, text: str) -> int:
    """How often the model was asked to answer a prompt, or to go on with its answer."""
    return sum(said(one) == text for one in list(provider.requests) if one.get("tools"))


def said(asked: dict[str, Any]) -> str:
    """What the user said last in a request to the model."""
    content = next(one["content"] for one in reversed(asked["messages"]) if one["role"] == "user")
    return content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)


async def told(question: Callable[[], T], deadline: float = PATIENCE) -> T:
    """As `until`, without keeping others from their work."""
    end = asyncio.get_running_loop().time() + deadline
    while not (answer := question()):
        assert asyncio.get_running_loop().time() < end, f"still {answer!r} after {deadline} s"
        await asyncio.sleep(0.02)
    return answer


def prompt(client: Client, conversation: str, text: str) -> asyncio.Task[Message]:
    """A prompt on its way."""
    return asyncio.create_task(client.prompt(conversation, text, message=ident.message()))
