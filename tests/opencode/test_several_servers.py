"""Two servers on one directory: what OpenCode (1.18) does there, and that with ocprov there is one.

A test for each kind of state that an OpenCode server has in its memory alone, and for each race that comes of it. Each
shows it first, with two servers `opencode serve` started by hand.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ocprov import lock
from ocprov.opencode import places, record
from ocprov.opencode.api import ident
from ocprov.opencode.api.client import Client
from ocprov.opencode.failures import OccupiedError
from ocprov.opencode.heard.feed import feed
from ocprov.opencode.record import Record
from ocprov.opencode.server import Server
from tests.opencode.provider import Provider
from tests.opencode.real import Opencode
from tests.opencode.several import PATIENCE, by_hand, calling, calls, gate, prompt, said, told
from tests.opencode.shared import opencode, provider

__all__ = ["gate", "opencode", "provider"]

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two servers in one directory, with one user's data."""

    directory: Path
    urls: tuple[str, str]


@pytest.fixture(scope="module")
def pair(opencode: Opencode) -> Iterator[Pair]:
    directory = opencode.directory("twice")
    with ExitStack() as stack:
        first, second = (stack.enter_context(by_hand(opencode.machine, directory)) for _ in range(2))
        yield Pair(directory, (first, second))


@pytest.fixture
async def a(pair: Pair) -> Any:
    async with Client(pair.urls[0], "", str(pair.directory)) as client:
        yield client


@pytest.fixture
async def b(pair: Pair) -> Any:
    async with Client(pair.urls[1], "", str(pair.directory)) as client:
        yield client


@pytest.fixture(scope="module")
def started(opencode: Opencode) -> list[dict[str, Any]]:
    """What `server ensure` says: by the directory and by a link to it at once, and then from within it."""
    directory = opencode.directory()
    link = opencode.machine.home / "link"
    link.symlink_to(directory)
    ensure = ("server", "ensure", "--json", "--startup-timeout", "90")
    with calling(*ensure, "--dir", str(directory)) as one, calling(*ensure, "--dir", str(link)) as two:
        said = [each.communicate(timeout=180) for each in (one, two)]
    with calling(*ensure, cwd=directory) as three:
        said.append(three.communicate(timeout=180))
    assert [each.returncode for each in (one, two, three)] == [0, 0, 0], said
    return [json.loads(out)["data"] for out, _ in said]


@pytest.fixture(scope="module")
def shop(opencode: Opencode, started: list[dict[str, Any]]) -> Record:
    return opencode.record()


async def test_lock_mechanism(
    pair: Pair, a: Client, b: Client, opencode: Opencode, started: list[dict[str, Any]]
) -> None:
    # Nothing keeps the second server out.
    assert {(await one.where()).directory for one in (a, b)} == {str(pair.directory)}
    # ocprov: a lock that lives as long as the one who supervises; who comes second gets the first one's server.
    assert len({(one["pid"], one["port"], one["directory"]) for one in started}) == 1
    assert [one.name for one in places.every()] == [opencode.record().name]
    assert lock.busy(opencode.record().places.lock)


async def test_session_prompt_state(a: Client, b: Client, shop: Record, provider: Provider) -> None:
    one, message = await a.create("state"), ident.message()
    first = asyncio.create_task(a.prompt(one.id, "hold state", message=message))
    await told(lambda: calls(provider, "hold state") == 1)
    again = asyncio.create_task(b.prompt(one.id, "hold state", message=message))
    # B does not know that A is at it: the model is asked twice.
    await told(lambda: calls(provider, "hold state") == 2)
    provider.release()
    await asyncio.gather(first, again)
    # ocprov: whoever asks, it is one server, which knows.
    provider.gate.clear()
    async with Server.of(shop) as here, Server.of(shop) as there:
        mine, message = await here.create("state"), ident.message()
        both = [
            asyncio.create_task(one.conversation(mine.id).prompt("hold mine", message=message))
            for one in (here, there)
        ]
        await told(lambda: "hold mine" in provider.prompts)
        provider.release()
        assert len({(await one).id for one in both}) == 1
    assert calls(provider, "hold mine") == 1


async def test_session_status(
    a: Client, b: Client, opencode: Opencode, shop: Record, provider: Provider
) -> None:
    one = await a.create("status")
    asked = prompt(a, one.id, "hold status")
    await told(lambda: "hold status" in provider.prompts)
    assert (await a.status())[one.id].type == "busy"
    assert one.id not in await b.status()
    # ocprov: the state is the owner's, from wherever it is asked.
    mine = await _new(opencode)
    with calling("chat", "send", mine, "hold my status"):
        await told(lambda: "hold my status" in provider.prompts)
        assert (await _shown(opencode, mine))["state"] == "busy"
        provider.release()
        await asked


async def test_callback_queues(
    a: Client, b: Client, opencode: Opencode, shop: Record, provider: Provider
) -> None:
    one = await a.create("queue")
    first = prompt(a, one.id, "hold queue")
    await told(lambda: calls(provider, "hold queue"))
    queued = prompt(a, one.id, "queued")
    await _stored(b, one.id, "queued")
    assert not calls(provider, "queued")
    # B knows nothing of A's queue: whoever asks it does not wait.
    assert (await prompt(b, one.id, "not queued")).text == "echo: not queued"
    assert not first.done()
    provider.release()
    await asyncio.gather(first, queued)
    # ocprov: there is one queue, and each that is in it is answered.
    provider.gate.clear()
    mine = await _new(opencode)
    with calling("chat", "send", mine, "hold my queue") as sending:
        await told(lambda: calls(provider, "hold my queue"))
        with calling("chat", "send", mine, "mine queued", cwd=opencode.directory("elsewhere")) as waiting:
            async with opencode.client(shop) as client:
                await _stored(client, mine, "mine queued")
            assert not calls(provider, "mine queued")
            provider.release()
            assert [await asyncio.to_thread(one.wait, 60) for one in (sending, waiting)] == [0, 0]
    assert calls(provider, "mine queued") == 1
    assert (await _shown(opencode, mine))["unanswered"] == []


async def test_bus_subscriptions(a: Client, b: Client, shop: Record) -> None:
    async with asyncio.timeout(PATIENCE), b.lines() as lines:
        assert b"server.connected" in await anext(lines)  # from now on it tells
        one = await a.create("only A tells")
        two = await b.create("B tells")
        async for line in lines:
            assert one.id.encode() not in line
            if two.id.encode() in line:
                break
    # ocprov: whoever listens hears the server that does it.
    async with Server.of(shop) as server:
        events = feed()
        try:
            async with asyncio.timeout(PATIENCE * 2):
                assert (await anext(events)).type == "ocprov.server.up"
                mine = await server.create("heard")
                while (await anext(events)).conversation != mine.id:
                    pass
        finally:
            await events.aclose()


async def test_abort_signals(
    a: Client, b: Client, opencode: Opencode, shop: Record, provider: Provider
) -> None:
    one = await a.create("abort")
    asked = prompt(a, one.id, "hold abort")
    await told(lambda: "hold abort" in provider.prompts)
    await b.abort(one.id)
    assert (await a.status())[one.id].type == "busy"
    # ocprov: the one that works on it is told to stop, from wherever.
    mine = await _new(opencode)
    with calling("chat", "send", mine, "hold my abort") as sending:
        await told(lambda: "hold my abort" in provider.prompts)
        with calling("chat", "abort", mine, cwd=opencode.directory("elsewhere")) as aborting:
            assert await asyncio.to_thread(aborting.wait, 60) == 0
        assert await asyncio.to_thread(sending.wait, 60) == 1
    assert (await _shown(opencode, mine))["why"] == "aborted"
    provider.release()
    await asked


async def test_file_writes(
    pair: Pair, a: Client, b: Client, opencode: Opencode, shop: Record, provider: Provider
) -> None:
    # 1.18 writes into SQLite: what two servers write at once into one conversation is all there, in any order.
    one = await a.create("writes")
    texts = [f"write {number}" for number in range(10)]
    await asyncio.gather(*(prompt((a, b)[number % 2], one.id, text) for number, text in enumerate(texts)))
    found = (await b.messages(one.id)).items
    assert sorted(message.text for message in found if message.role == "user") == texts
    # ocprov: the second one in a directory is not to be had, and the one started by hand is named.
    done = await asyncio.to_thread(opencode.ocprov, "server", "ensure", "--dir", str(pair.directory))
    assert done.returncode == 4
    assert "opencode serve --port" in done.stderr
    assert record.read(places.of(pair.directory)) is None


async def test_session_busy_check(
    a: Client, b: Client, opencode: Opencode, shop: Record, provider: Provider
) -> None:
    one = await a.create("busy")
    asked = prompt(a, one.id, "hold busy")
    await told(lambda: "hold busy" in provider.prompts)
    (sent, *_) = (await a.messages(one.id)).items
    with pytest.raises(OccupiedError):
        await a.revert(one.id, sent.id)
    assert (await b.revert(one.id, sent.id)).reverted == sent.id
    # ocprov: the one that works on it is asked, and refuses.
    mine = await _new(opencode)
    with calling("chat", "send", mine, "hold my busy"):
        await told(lambda: "hold my busy" in provider.prompts)
        done = await asyncio.to_thread(opencode.ocprov, "chat", "revert", mine, "--last")
        assert done.returncode == 4
        assert f"error: conversation {mine} is busy" in done.stderr
        provider.release()
        await asked


async def test_race_of_two_prompts_at_once(a: Client, b: Client, shop: Record, provider: Provider) -> None:
    one = await a.create("race")
    first = prompt(a, one.id, "hold race")
    await told(lambda: calls(provider, "hold race"))
    await prompt(b, one.id, "at the same time")
    # Both work on it, neither with what the other says.
    assert not first.done()
    assert "echo: hold race" not in _history(provider, "at the same time")
    provider.release()
    await first
    # ocprov: one after the other, the second with the first one's answer.
    provider.gate.clear()
    async with Server.of(shop) as here, Server.of(shop) as there:
        mine = await here.create("race")
        first = asyncio.create_task(mine.prompt("hold my race"))
        await told(lambda: calls(provider, "hold my race"))
        second = asyncio.create_task(there.conversation(mine.id).prompt("right behind"))
        await _stored(there.client, mine.id, "right behind")
        assert not calls(provider, "right behind")
        provider.release()
        assert (await second).text == "echo: right behind"
        await first
    assert "echo: hold my race" in _history(provider, "right behind")


async def test_race_of_cancelling_through_another_server(
    a: Client, b: Client, shop: Record, provider: Provider
) -> None:
    one = await a.create("cancel")
    asked = prompt(a, one.id, "hold cancel")
    await told(lambda: calls(provider, "hold cancel"))
    await b.abort(one.id)
    provider.release()
    # What was to be cancelled is completed and written.
    answer = await asked
    assert (answer.text, answer.problem) == ("held echo: hold cancel", None)
    # ocprov: it is cancelled, whoever does it.
    provider.gate.clear()
    async with Server.of(shop) as here, Server.of(shop) as there:
        mine = await here.create("cancel")
        asked = asyncio.create_task(mine.prompt("hold my cancel"))
        await told(lambda: calls(provider, "hold my cancel"))
        await there.conversation(mine.id).abort()
        problem = (await asked).problem
        assert problem is not None
        assert problem.aborted


async def test_race_that_loses_what_is_queued(a: Client, b: Client, shop: Record, provider: Provider) -> None:
    one = await a.create("lost")
    first = prompt(a, one.id, "hold lost")
    await told(lambda: calls(provider, "hold lost"))
    queued = prompt(a, one.id, "lost in the queue")
    await _stored(b, one.id, "lost in the queue")
    passing = await prompt(b, one.id, "B is done")
    provider.release()
    # A takes B's answer for that to what waits with A: nobody answers it, and who asked gets another's answer.
    assert (await queued).id == (await first).id == passing.id
    assert not calls(provider, "lost in the queue")
    # ocprov: what is queued is answered, by the server that has the queue.
    provider.gate.clear()
    async with Server.of(shop) as here, Server.of(shop) as there:
        mine = await here.create("queue")
        yours = there.conversation(mine.id)
        asked = [asyncio.create_task(mine.prompt("hold my lost"))]
        await told(lambda: calls(provider, "hold my lost"))
        for sender, text in ((mine, "not lost"), (yours, "nor this")):
            asked.append(asyncio.create_task(sender.prompt(text)))
            await _stored(here.client, mine.id, text)
        provider.release()
        await asyncio.gather(*asked)
        assert (await mine.state()).unanswered == ()
    assert "not lost" in _history(provider, "nor this")


async def _stored(client: Client, conversation: str, text: str) -> None:
    """Wait until a prompt is in the data."""
    async with asyncio.timeout(PATIENCE):
        while text not in [one.text for one in (await client.messages(conversation)).items]:
            await asyncio.sleep(0.02)


def _history(provider: Provider, text: str) -> str:
    """All that the model was given with a prompt."""
    return json.dumps(next(one["messages"] for one in provider.requests if said(one) == text))


async def _new(opencode: Opencode) -> str:
    found = await asyncio.to_thread(opencode.data, "chat", "new", "--dir", str(opencode.directory()))
    name: str = found["id"]
    return name


async def _shown(opencode: Opencode, conversation: str) -> dict[str, Any]:
    found: dict[str, Any] = await asyncio.to_thread(opencode.data, "chat", "show", conversation)
    return found
