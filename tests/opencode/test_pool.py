"""A pool of conversations, on a real server."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ocprov.errors import OcprovError
from ocprov.opencode.failures import NotFoundError
from ocprov.opencode.pool import Pool
from ocprov.opencode.record import Record
from ocprov.opencode.server import Server
from tests.opencode.asking import ask, eventually, prompted, tapped
from tests.opencode.real import Opencode
from tests.opencode.shared import opencode, provider

__all__ = ["opencode", "provider"]


def pooled(
    opencode: Opencode, question: Callable[[Pool], Awaitable[Any]], size: int = 3, **about: Any
) -> None:
    """Ask with a pool of the usual server."""

    async def asked(server: Server) -> None:
        async with Pool(server, size, **about) as pool:
            await question(pool)
        assert [*pool.idle] == []

    ask(opencode, asked, deadline=180)


async def ids(pool: Pool, count: int) -> list[str]:
    """Conversations that are in use at the same time, in the order in which they were given back."""
    if not count:
        return []
    async with pool.conversation(fresh=True) as one:
        return [*await ids(pool, count - 1), one.id]


async def there(server: Server) -> set[str]:
    return {one.id for one in (await server.page()).items}


def test_a_pool_has_room() -> None:
    with pytest.raises(OcprovError, match="room"):
        Pool(Server.of(Record("/x")), 0)


@pytest.mark.slow
def test_an_idle_one_is_used_again_and_a_fresh_one_is_another(opencode: Opencode) -> None:
    async def question(pool: Pool) -> None:
        async with pool.conversation() as first:
            assert pool.used == {first.id}
            assert [*pool.idle] == []
            await first.prompt("one")
        assert [*pool.idle] == [first.id]
        async with pool.conversation() as again, pool.conversation() as second:
            assert again.id == first.id
            assert second.id != first.id
        async with pool.conversation(fresh=True) as third:
            assert third.id not in (first.id, second.id)
            assert (await third.info()).title == "of the pool"

    pooled(opencode, question, title="of the pool")


@pytest.mark.slow
def test_the_one_that_was_used_longest_ago_goes_first(opencode: Opencode) -> None:
    async def question(pool: Pool) -> None:
        a, b, c = await ids(pool, 3)
        assert [*pool.idle] == [a, b, c]
        async with pool.conversation() as last:
            assert last.id == c
        async with pool.conversation(a):
            assert [*pool.idle] == [b, c]
        async with pool.conversation(fresh=True) as fresh:
            assert [*pool.idle] == [c, a]
        assert [*pool.idle] == [c, a, fresh.id]
        async with pool.conversation(b):
            assert [*pool.idle] == [a, fresh.id]
        assert {a, b, c} <= await there(pool.server)

    pooled(opencode, question)


@pytest.mark.slow
def test_those_that_it_made_are_deleted_where_that_is_wanted(opencode: Opencode) -> None:
    async def question(server: Server) -> None:
        other = await server.create("somebody else's")
        async with Pool(server, 2, delete=True) as pool:
            a, b = await ids(pool, 2)
            async with pool.conversation(other.id):
                assert a not in await there(server)
            assert [*pool.idle] == [b, other.id]
        assert other.id in await there(server)
        assert b not in await there(server)

    ask(opencode, question)


@pytest.mark.slow
def test_dead_ones_are_not_used_again(opencode: Opencode) -> None:
    async def question(pool: Pool) -> None:
        a, b, c = await ids(pool, 3)
        await pool.server.conversation(a).delete()
        await pool.server.conversation(c).prompt("fail 400")
        assert set(await pool.cleanup()) == {a, c}
        assert [*pool.idle] == [b]
        await pool.server.conversation(b).delete()
        async with pool.conversation() as one:
            assert one.id not in (a, b, c)
        with pytest.raises(NotFoundError):
            async with pool.conversation(b):
                pytest.fail("it is deleted")
        assert pool.used == set()
        assert len(await ids(pool, 3)) == 3

    pooled(opencode, question)


@pytest.mark.slow
def test_one_that_somebody_else_uses_is_left_to_them(opencode: Opencode) -> None:
    async def question(pool: Pool) -> None:
        (a,) = await ids(pool, 1)
        await pool.server.conversation(a).post("hold for somebody else")
        await eventually(lambda: prompted(opencode, "hold for somebody else"))
        async with pool.conversation() as one:
            assert one.id != a
        assert await pool.cleanup() == ()
        opencode.provider.release()

    opencode.provider.gate.clear()
    pooled(opencode, question)


@pytest.mark.slow
def test_who_comes_when_all_are_in_use_waits(opencode: Opencode) -> None:
    most = 0

    async def question(pool: Pool) -> None:
        async def work(number: int) -> str:
            nonlocal most
            async with pool.conversation(fresh=number % 2 == 0) as one:
                most = max(most, len(pool.used))
                answer = await one.prompt(f"work {number}")
                assert answer.text == f"echo: work {number}"
                return one.id

        await asyncio.gather(*map(work, range(8)))
        assert len(pool.idle) <= 2

    pooled(opencode, question, 2)
    assert most == 2


@pytest.mark.slow
def test_one_that_is_in_use_is_waited_for(opencode: Opencode) -> None:
    async def question(pool: Pool) -> None:
        order = []

        async def use(name: str) -> None:
            async with pool.conversation(name):
                order.append("second")

        async with pool.conversation() as one:
            waiting = asyncio.create_task(use(one.id))
            async with pool.conversation():
                order.append("first")
        await waiting
        assert order == ["first", "second"]
        late = asyncio.create_task(use(one.id))
        async with pool.conversation(one.id):
            late.cancel()
        async with pool.conversation(one.id):
            assert pool.used == {one.id}

    pooled(opencode, question)


@pytest.mark.slow
def test_a_failure_gives_the_place_back(opencode: Opencode) -> None:
    async def question(pool: Pool) -> None:
        for _ in range(3):
            with pytest.raises(OcprovError, match="no model"):
                async with pool.conversation():
                    pytest.fail("there is no such model")
        with pytest.raises(NotFoundError):
            async with pool.conversation("nothing"):
                pytest.fail("there is no such conversation")
        assert pool.used == set()

    pooled(opencode, question, 1, model="fake/m9")


@pytest.mark.slow
def test_what_it_asks_does_not_grow(opencode: Opencode) -> None:
    with tapped(opencode) as tap:

        async def question(pool: Pool) -> None:
            for number in range(12):
                async with pool.conversation(fresh=True) as one:
                    await one.prompt(f"grow {number}")
            assert len(pool.idle) == 3

        pooled(opencode, question, model="fake/m1")
    assert tap.asked("GET /config/providers") == 1
