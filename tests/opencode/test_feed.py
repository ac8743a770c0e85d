"""The events of all servers in one stream: servers that come and go, a slow reader, what is wanted."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import ExitStack, aclosing

import pytest

from ocprov.opencode import places, record
from ocprov.opencode.heard import event
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.feed import feed
from tests.conftest import DEADLINE, Machine
from tests.opencode.peer import CONNECTED, Peer, Talk, data, kinds, running


@pytest.fixture
def peers(machine: Machine) -> Iterator[list[Peer]]:
    with ExitStack() as stack:
        found = []
        for name in ("mail", "shop"):
            (machine.home / name).mkdir()
            found.append(stack.enter_context(running((machine.home / name).resolve())))
        yield found


def reading(
    story: Callable[[AsyncGenerator[Event, None]], Awaitable[None]],
    told: Callable[[], AsyncGenerator[Event, None]],
) -> None:
    """Run a test's story over a feed, for at most a minute."""

    async def run() -> None:
        async with asyncio.timeout(DEADLINE), aclosing(told()) as found:
            await story(found)

    asyncio.run(run())


async def take(found: AsyncGenerator[Event, None], kind: str, number: int = 1) -> list[Event]:
    """Read until there were so many of a type."""
    heard: list[Event] = []
    async for one in found:
        heard.append(one)
        if kinds(heard).count(kind) == number:
            break
    return heard


def test_the_events_of_all_servers_come_in_the_order_of_each(peers: list[Peer]) -> None:
    for peer in peers:
        peer.record()

    async def story(found: AsyncGenerator[Event, None]) -> None:
        await take(found, event.UP, 2)
        for number in range(50):
            for peer in peers:
                peer.say("todo.updated", sessionID="ses_1", number=number)
        heard = await take(found, "todo.updated", 100)
        for peer in peers:
            mine = [one.properties["number"] for one in heard if one.server == peer.place.name]
            assert mine == list(range(50))

    reading(story, feed)


def test_a_server_that_comes_later_is_heard_and_one_that_is_removed_is_not(peers: list[Peer]) -> None:
    mail, shop = peers
    mail.record()

    async def story(found: AsyncGenerator[Event, None]) -> None:
        await take(found, event.UP)
        shop.record()
        assert (await take(found, event.UP))[-1].server == shop.place.name
        mail.lines.put(None)
        shutil.rmtree(mail.place.root)
        assert (await take(found, event.DOWN))[-1].properties["stopped"]
        shop.say("session.idle", sessionID="ses_1")
        shop.say("session.compacted", sessionID="ses_1")
        heard = await take(found, "session.compacted")
        assert {one.server for one in heard} == {shop.place.name}

    reading(story, feed)


def test_only_chosen_servers_and_wanted_events_are_told(peers: list[Peer]) -> None:
    mail, shop = peers
    mail.record()
    shop.record()

    async def story(found: AsyncGenerator[Event, None]) -> None:
        await take(found, event.UP)
        mail.say("session.compacted", sessionID="ses_mail")
        shop.say("todo.updated", sessionID="ses_1")
        shop.say("session.compacted", sessionID="ses_1")
        assert [one.conversation for one in await take(found, "session.compacted")] == ["ses_1"]

    def chosen() -> AsyncGenerator[Event, None]:
        return feed([shop.place], wanted=lambda one: one.type != "todo.updated")

    reading(story, chosen)


def test_a_chosen_server_that_was_never_there_is_waited_for(machine: Machine, peers: list[Peer]) -> None:
    shop = peers[1]

    async def story(found: AsyncGenerator[Event, None]) -> None:
        reader = asyncio.create_task(take(found, event.UP))
        await asyncio.sleep(0)
        shop.record()
        assert (await reader)[-1].server == shop.place.name

    reading(story, lambda: feed([places.of(shop.directory)]))


def flood(talk: Talk) -> None:
    """20,000 pieces of text, a state behind each thousand, and an end."""
    talk.head()
    talk.write(data(CONNECTED))
    delta = data(talk.peer.event("message.part.delta", sessionID="ses_1", delta="word "))
    state = data(talk.peer.event("session.compacted", sessionID="ses_1"))
    for _ in range(20):
        talk.write(delta * 1000 + state)
    talk.write(data(talk.peer.event("global.disposed")))
    talk.gone()


def test_a_slow_reader_of_a_flood_is_told_what_was_left_out_and_gets_every_state(peers: list[Peer]) -> None:
    shop = peers[1]
    shop.scripts = [flood]
    shop.record()
    all_heard = asyncio.Event()

    def wanted(one: Event) -> bool:
        if one.type == "global.disposed":
            all_heard.set()
        return True

    async def story(found: AsyncGenerator[Event, None]) -> None:
        await take(found, event.UP)
        heard = []
        async for one in found:
            if one.type == "session.compacted":
                await all_heard.wait()  # the reader is slow
            heard.append(one)
            if one.type == "global.disposed":
                break
        left_out = sum(one.properties["count"] for one in heard if one.type == event.DROPPED)
        assert kinds(heard).count("session.compacted") == 20
        assert left_out > 1000
        assert kinds(heard).count("message.part.delta") + left_out == 20_000

    reading(story, lambda: feed(limit=500, wanted=wanted))


def test_a_fault_of_ocprovs_own_reaches_the_reader(peers: list[Peer]) -> None:
    shop = peers[1]
    shop.record()

    def broken(_: Event) -> bool:
        raise ValueError("broken")

    async def story(found: AsyncGenerator[Event, None]) -> None:
        with pytest.raises(ValueError, match="broken"):
            await take(found, event.UP)

    reading(story, lambda: feed(wanted=broken))


def test_a_record_that_cannot_be_read_hides_no_other_server(peers: list[Peer]) -> None:
    mail, shop = peers
    mail.record()
    shop.record()
    mail.place.record.write_text("{")

    async def story(found: AsyncGenerator[Event, None]) -> None:
        assert (await take(found, event.UP))[-1].server == shop.place.name

    reading(story, feed)
    assert isinstance(record.every()[0], record.Unreadable)
