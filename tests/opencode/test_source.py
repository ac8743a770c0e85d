"""Listening to a server of another machine, as its machine tells of it."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from ocprov.opencode.api.client import Client
from ocprov.opencode.failures import ForeignError, UnreachableError
from ocprov.opencode.heard import event
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.source import Found, Local
from ocprov.opencode.heard.stream import Stream
from ocprov.opencode.heard.titles import Titles
from ocprov.opencode.record import Record
from tests.conftest import DEADLINE, Machine
from tests.opencode.peer import Peer, data, kinds, running

BEHIND = 3600.0


@pytest.fixture
def peer(machine: Machine) -> Iterator[Peer]:
    (machine.home / "shop").mkdir()
    with running((machine.home / "shop").resolve()) as found:
        yield found


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The server of a peer on a machine whose clock is behind."""

    local: Local
    name: str = "shop-a1b2c3"
    host: str = "box"

    def look(self) -> Found:
        return self.local.look()

    def mark(self) -> tuple[int, int]:
        return self.local.mark()

    def supervised(self, known: Record) -> bool:
        return self.local.supervised(known)

    def client(self, known: Record, timeout: float) -> Client:
        return self.local.client(known, timeout)

    def explain(self, reason: str) -> str:
        return f"box: {reason}"

    def now(self) -> float:
        return time.time() - BEHIND


def hear(source: Elsewhere, last: str, act: Callable[[Event], None] = lambda _: None) -> list[Event]:
    """What is heard until there is one of the `last` type; `act` is called with each."""
    heard: list[Event] = []

    async def listen() -> None:
        done = asyncio.Event()

        def take(one: Event) -> None:
            heard.append(one)
            act(one)
            if one.type == last:
                done.set()

        follow = asyncio.create_task(Stream(source, take).follow())
        async with asyncio.timeout(DEADLINE):
            await done.wait()
        follow.cancel()
        await asyncio.gather(follow, return_exceptions=True)

    asyncio.run(listen())
    return heard


def test_a_server_that_tells_no_title_in_time_is_not_asked_for_each(peer: Peer) -> None:
    known = peer.record()
    asked: list[Record] = []

    @dataclass(frozen=True, slots=True)
    class Slow(Elsewhere):
        def client(self, known: Record, timeout: float) -> Client:
            asked.append(known)
            raise UnreachableError("it did not answer in time", "")

    async def titles() -> list[str]:
        found = Titles()
        return [await found.of(f"ses_{number}", Slow(Local(known.places))) for number in range(3)]

    assert asyncio.run(titles()) == ["ses_0", "ses_1", "ses_2"]
    assert len(asked) == 1


def test_a_change_on_a_machine_whose_clock_is_behind_is_told(peer: Peer) -> None:
    known = peer.record()
    then = (time.time() - BEHIND + 1) * 1000
    info = {"id": "ses_1", "title": "new", "time": {"created": then, "updated": then}}
    made = peer.event("session.created", sessionID="ses_1", info=info)
    made["payload"]["id"] = f"evt_{int(then) * 0x1000 & 0xFFFFFFFFFFFF:012x}AAAAAAAAAAAAAA"
    peer.lines.put(data(made))
    peer.say("session.compacted", sessionID="ses_1")

    heard = hear(Elsewhere(Local(known.places)), "session.compacted")

    assert kinds(heard) == [event.UP, "session.created", "session.compacted"]
    assert {(one.host, one.server) for one in heard} == {("box", "shop-a1b2c3")}


def test_why_it_broke_off_is_as_its_machine_explains_it(peer: Peer) -> None:
    known = peer.record()

    heard = hear(Elsewhere(Local(known.places)), event.DOWN, lambda one: peer.break_off())

    reason = heard[-1].properties["reason"]
    assert reason.startswith("box: the server at")


def test_a_server_of_another_machine_fills_no_memory_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path is short

    async def answer(_: asyncio.StreamReader, told: asyncio.StreamWriter) -> None:
        told.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n")
        with suppress(ConnectionError):
            while True:
                told.write(b" " * 1_000_000)
                await told.drain()

    async def ask() -> None:
        async with (
            await asyncio.start_unix_server(answer, "socket"),
            Client("http://127.0.0.1:1", "secret", "/shop", socket="socket") as client,
        ):
            await client.now()

    with pytest.raises(ForeignError, match="more than 32 MiB"):
        asyncio.run(ask())
