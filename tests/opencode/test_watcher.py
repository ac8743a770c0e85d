"""What a supervisor hears of its server, on disk: who works, who waits, and nothing that nobody knows any more."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator

import pytest

from ocprov.opencode import places, record
from ocprov.opencode.heard import activity
from ocprov.opencode.heard.activity import Activity
from ocprov.opencode.heard.watcher import _Keeper, watch
from ocprov.opencode.record import Process
from tests.conftest import DEADLINE, Machine
from tests.opencode.peer import Peer, running

BUSY = {"type": "busy"}
ASKED = {"id": "per_1", "sessionID": "ses_1", "permission": "bash", "patterns": ["rm x"]}


@pytest.fixture
def peer(machine: Machine) -> Iterator[Peer]:
    directory = machine.home / "shop"
    directory.mkdir()
    with running(directory.resolve()) as found:
        yield found


class Watched:
    """A watch that runs, with what it called and said."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.numbers: list[int] = []
        self.said: list[str] = []

    def changed(self) -> None:
        self.numbers.append(len(activity.read(self.peer.place).waiting))

    async def until(self, question: Callable[[Activity], object]) -> Activity:
        """What is written, as soon as it is as asked."""
        while not question(found := activity.read(self.peer.place)):
            await asyncio.sleep(0.02)
        return found


def watching(
    peer: Peer, story: Callable[[Watched], Awaitable[None]], changed: Callable[[], None] | None = None
) -> Watched:
    """Run a story beside a watch, for at most a minute, and end the watch."""
    watched = Watched(peer)

    async def run() -> None:
        known = peer.record()
        async with asyncio.timeout(DEADLINE):
            task = asyncio.create_task(watch(known, changed or watched.changed, watched.said.append))
            try:
                await story(watched)
                assert not task.done()
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    return watched


def test_who_works_and_who_waits_is_written_until_the_watch_ends(peer: Peer) -> None:
    async def story(watched: Watched) -> None:
        await watched.until(lambda told: told.known)
        began = time.time()
        peer.say("session.status", sessionID="ses_1", status=BUSY)
        peer.say("permission.asked", **ASKED)
        asked = await watched.until(lambda told: told.waits)
        assert asked.waits == (activity.Wait("per_1", "ses_1", "permission", "permission bash: rm x"),)
        assert asked.what == {"ses_1": "permission.asked"}
        assert began <= asked.last["ses_1"] <= asked.written
        peer.say("permission.replied", sessionID="ses_1", requestID="per_1", reply="once")
        assert (await watched.until(lambda told: not told.waits)).last
        peer.say("session.idle", sessionID="ses_1")
        await watched.until(lambda told: told.known and not told.last)

    watched = watching(peer, story)

    assert watched.numbers == [0, 1, 0, 0]
    assert watched.said == []
    assert not activity.read(peer.place).known


def test_a_server_that_went_down_waits_for_nothing_and_is_unknown(peer: Peer) -> None:
    peer.status, peer.permissions = {"ses_1": BUSY}, [ASKED]

    async def story(watched: Watched) -> None:
        await watched.until(lambda told: told.waits)
        peer.status, peer.permissions = {}, []
        record.change(peer.record(), state="restarting", server=Process())
        peer.break_off()
        while watched.numbers[-2:] != [1, 0]:
            await asyncio.sleep(0.02)
        assert not activity.read(peer.place).known
        peer.record()
        assert not (await watched.until(lambda told: told.known)).waits

    watched = watching(peer, story)

    assert watched.numbers[-3:] == [1, 0, 0]
    assert watched.said == []


def test_what_a_supervisor_before_left_is_forgotten(peer: Peer) -> None:
    known = peer.record()
    record.change(known, state="starting", server=Process())
    activity.write(known.places, Activity(True, 4e9, {"ses_1": 1.0}))

    async def run() -> None:
        task = asyncio.create_task(watch(known, lambda: None))
        await asyncio.sleep(0)
        assert not known.places.activity.exists()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())


def test_a_flood_is_written_once_a_second(peer: Peer) -> None:
    peer.status = {"ses_1": BUSY}
    written: set[float] = set()

    async def story(watched: Watched) -> None:
        first = await watched.until(lambda told: told.known)
        for _ in range(3000):
            peer.say("message.part.delta", sessionID="ses_1", delta="x")
        peer.say("message.removed", sessionID="ses_1")
        while "message.removed" not in (told := activity.read(peer.place)).what.values():
            written.add(told.written)
            await asyncio.sleep(0.01)
        assert len(written) <= told.written - first.written + 2

    watching(peer, story)


def test_a_disk_that_takes_nothing_is_said_once_and_the_watch_goes_on(peer: Peer) -> None:
    peer.record()
    in_the_way = peer.place.root / ".activity.json.new"
    in_the_way.mkdir()

    async def story(watched: Watched) -> None:
        while not watched.said:
            await asyncio.sleep(0.02)
        peer.say("permission.asked", **ASKED)
        while len(watched.numbers) < 2:
            await asyncio.sleep(0.02)
        in_the_way.rmdir()
        peer.say("message.removed", sessionID="ses_1")
        await watched.until(lambda told: told.waits)

    watched = watching(peer, story)

    assert len(watched.said) == 1
    assert "cannot write" in watched.said[0]


def test_what_is_called_may_fail_and_is_called_outside_of_the_loop(peer: Peer) -> None:
    threads: list[object] = []

    def broken() -> None:
        threads.append(threading.current_thread())
        raise ValueError("tmux is gone")

    async def story(watched: Watched) -> None:
        while not threads:
            await asyncio.sleep(0.02)
        peer.say("permission.asked", **ASKED)
        await watched.until(lambda told: told.waits)

    watched = watching(peer, story, broken)

    assert len(watched.said) == 1
    assert "tmux is gone" in watched.said[0]
    assert threads[0] is not threading.main_thread()


@pytest.mark.parametrize("turns", range(6))
def test_an_end_that_comes_with_news_is_an_end(machine: Machine, turns: int) -> None:
    async def story() -> None:
        keeper = _Keeper(places.of(machine.home).make(), lambda: None, lambda _: None)
        task = asyncio.create_task(keeper.keep())
        await asyncio.sleep(0.05)  # until it waits for news
        keeper._any.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=DEADLINE)
        assert task in done

    asyncio.run(story())
