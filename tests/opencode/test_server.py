"""A server by the Python API: what it offers, its conversations, its life."""

import asyncio
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import ocprov.opencode
from ocprov.errors import OcprovError
from ocprov.opencode import places, process, record
from ocprov.opencode.api.values import Known
from ocprov.opencode.failures import ForeignError, NotFoundError, UnreachableError
from ocprov.opencode.pool import Pool
from ocprov.opencode.record import Options, Record
from ocprov.opencode.server import Server
from ocprov.opencode.spec import ServerSpec
from ocprov.opencode.talk import changes
from ocprov.opencode.talk.offered import refuse_unknown
from tests.conftest import Machine
from tests.opencode.asking import PATIENCE, ask, prompted, tapped
from tests.opencode.real import Opencode
from tests.opencode.shared import opencode, provider

__all__ = ["opencode", "provider"]


@pytest.mark.parametrize("name", ocprov.opencode.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(ocprov.opencode, name)
    assert name in dir(ocprov.opencode)


def test_no_other_name_is_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Sever'"):
        _ = ocprov.opencode.Sever


@pytest.mark.parametrize("module", ["places", "spec", "record"])
def test_what_needs_no_server_does_not_load_what_asks_one(machine: Machine, module: str) -> None:
    import subprocess

    found = (
        f"import sys, ocprov.opencode.{module}; sys.exit('httpx' in sys.modules or 'asyncio' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", found], cwd=machine.home, check=False).returncode == 0


KNOWN = Known(("fake/m1", "fake/m2", "other/m2"), "fake/m1", ("build", "plan"), ("init",))


@pytest.mark.parametrize(
    ("named", "message", "hint"),
    [
        ({"model": "fake/m3"}, "no model fake/m3", "did you mean fake/m2 or fake/m1"),
        ({"model": "m2"}, "no model m2", "did you mean fake/m2 or other/m2"),
        ({"model": "zzzz"}, "no model zzzz", "it has: fake/m1, fake/m2, other/m2"),
        ({"model": "\x1b]0;x"}, "no model \\x1b]0;x", "it has:"),
        ({"agent": "pln"}, "no agent pln", "did you mean plan"),
        ({"command": "/inti"}, "no command inti", "did you mean init"),
        ({"model": "fake/m1", "agent": "no"}, "no agent no", "it has: build, plan"),
    ],
    ids=["near", "without its provider", "far", "not printable", "agent", "command", "first right"],
)
def test_what_is_not_offered_is_refused_with_what_is_near(
    named: dict[str, str], message: str, hint: str
) -> None:
    with pytest.raises(OcprovError) as refused:
        refuse_unknown(KNOWN, **named)
    assert message in refused.value.message
    assert hint in refused.value.hint


def test_a_server_that_offers_nothing_says_so() -> None:
    with pytest.raises(OcprovError) as refused:
        refuse_unknown(Known(()), model="fake/m1")
    assert "no model at all" in refused.value.hint


@pytest.mark.parametrize("named", [{}, {"model": "fake/m1"}, {"command": "/init"}, {"agent": "plan"}])
def test_what_is_offered_is_not_refused(named: dict[str, str]) -> None:
    refuse_unknown(KNOWN, **named)


def known(machine: Machine, **about: object) -> Record:
    """A record of a server that never was, with files as if."""
    directory = machine.home / "shop"
    directory.mkdir()
    made = replace(Record(str(directory), url="http://127.0.0.1:9", port=9), **about)  # type: ignore[arg-type] # a table of some
    made.places.make().password.write_text("secret")
    made.places.password.chmod(0o600)
    record.write(made)
    return made


HERE = process.this()
SOON = Options(startup_timeout=-15.0)  # so that nothing is waited for


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({"state": "stopped"}, "is stopped"),
        ({"state": "failed", "reason": "no such port"}, "is failed: no such port"),
        ({"state": "ready"}, "is not running"),
        ({"state": "starting", "supervisor": HERE, "options": SOON}, "is not ready: starting"),
        ({"state": "restarting", "supervisor": HERE, "options": SOON, "reason": "ended"}, "not ready: ended"),
        ({"state": "ready", "supervisor": HERE, "server": HERE, "options": SOON}, "is not ready"),
    ],
    ids=["stopped", "failed", "killed", "starting", "restarting", "deaf"],
)
def test_nothing_is_sent_to_a_server_that_is_not_ready(
    machine: Machine, about: dict[str, object], message: str
) -> None:
    async def question() -> None:
        async with Server.of(known(machine, **about)) as server:
            with pytest.raises(UnreachableError, match=message) as refused:
                await server.create()
            assert refused.value.hint.startswith(("ocprov server", "see what it says: ocprov server"))

    asyncio.run(question())


def test_a_server_that_was_removed_is_said_to_be(machine: Machine) -> None:
    made = known(machine, state="ready")
    made.places.record.unlink()

    async def question() -> None:
        with pytest.raises(UnreachableError, match="is removed"):
            await Server.of(made).known()

    asyncio.run(question())


@pytest.mark.slow
def test_what_it_offers_is_fetched_once_for_ninety_conversations(opencode: Opencode) -> None:
    before = len(opencode.provider.requests)
    with tapped(opencode) as tap:

        async def question(server: Server) -> None:
            turns = asyncio.Semaphore(10)

            async def create(number: int) -> None:
                async with turns:
                    await server.create(f"number {number}", model="fake/m1", agent="build")

            await asyncio.gather(*map(create, range(90)))
            async with Pool(server, title="t", model="fake/m2") as pool, pool.conversation() as one:
                assert (await one.prompt("fetch once", "fake/m2")).text == "echo: fetch once"
            for path in ("/config/providers", "/agent", "/command"):
                assert tap.asked(f"GET {path}") == 1, path
            assert tap.requests.count("POST /session") == 91
            await server.known(fresh=True)
            assert tap.asked("GET /config/providers") == 2

        ask(opencode, question, deadline=180)
    assert len(opencode.provider.requests) - before == prompted(opencode, "fetch once") == 1


@pytest.mark.slow
def test_changes_are_told_once(opencode: Opencode) -> None:
    async def question(server: Server) -> None:
        made = [await server.create(f"change {one}") for one in range(3)]
        first = await server.since()
        assert [one.id for one in first][-3:] == [one.id for one in made]
        assert len(first) <= 50
        assert await server.since() == ()
        began = time.time()
        await made[1].prompt("something new")
        again = await server.since()
        assert [one.id for one in again] == [made[1].id]
        assert await server.since() == ()
        assert [one.id for one in await server.since(began)] == [made[1].id]
        assert {one.id for one in made} <= {one.id for one in await server.since(0)}

    ask(opencode, question)


@pytest.mark.slow
def test_changes_are_all_told_where_the_server_cuts(
    opencode: Opencode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "_LIMIT", 2)

    async def question(server: Server) -> None:
        await server.since()
        made = {(await server.create(f"many {one}")).id for one in range(9)}
        assert {one.id for one in await server.since()} == made

    ask(opencode, question)


@pytest.mark.slow
def test_pages_follow_each_other(opencode: Opencode) -> None:
    async def question(server: Server) -> None:
        for number in range(5):
            await server.create(f"page {number}")
        first = await server.page(limit=2, search="page")
        second = await server.page(limit=2, search="page", cursor=first.cursor)
        assert [one.title for one in (*first.items, *second.items)] == [f"page {one}" for one in (4, 3, 2, 1)]

    ask(opencode, question)


@pytest.mark.slow
def test_a_server_of_another_directory_at_its_address_is_not_asked(
    opencode: Opencode, tmp_path: Path
) -> None:
    ask(opencode, lambda server: server.known())
    real = opencode.record()
    other = replace(real, directory=str(tmp_path))
    secret = other.places.make().password
    secret.write_text(real.places.password.read_text())
    secret.chmod(0o600)
    record.write(other)

    async def question() -> None:
        async with Server.of(other) as server:
            with pytest.raises(ForeignError, match="another directory"):
                await server.create()

    try:
        asyncio.run(question())
    finally:
        other.places.record.unlink()


@pytest.fixture
def apart(opencode: Opencode) -> ServerSpec:
    return ServerSpec(
        opencode.directory("apart"), isolation="data", delete_on_exit=True, startup_timeout=PATIENCE
    )


@pytest.mark.slow
def test_one_that_was_started_here_to_be_deleted_is_and_one_that_was_there_is_not(
    opencode: Opencode, apart: ServerSpec
) -> None:
    place = places.of(apart.directory.resolve())

    async def question() -> None:
        async with await Server.ensure(apart) as server:
            await server.create("for a moment")
            async with await Server.ensure(apart) as again:
                assert [one.title for one in (await again.page()).items] == ["for a moment"]
            assert process.runs(server.record.server)
            assert "secret" not in json.dumps(server.record.directory)
            started = server.record.server
        assert not process.runs(started)
        assert not place.record.exists()
        with pytest.raises(UnreachableError):
            await server.conversation("ses_a").info()

    asyncio.run(question())


@pytest.mark.parametrize("name", ["", "x", "ses_", "ses_a/../b", "ses_\x1b"])
def test_what_cannot_be_an_id_is_no_conversation(machine: Machine, name: str) -> None:
    with pytest.raises(NotFoundError, match="is not the id"):
        Server.of(known(machine)).conversation(name)


@pytest.mark.parametrize("spec", [{"port": 80}, {"host": "0.0.0.0"}, {"config_file": Path("/none")}])  # noqa: S104 # refused
def test_a_wrong_spec_is_refused(machine: Machine, spec: dict[str, object]) -> None:
    with pytest.raises(OcprovError):
        asyncio.run(Server.ensure(ServerSpec(machine.home, **spec)))  # type: ignore[arg-type] # as above


def test_a_directory_that_is_not_there_is_refused(machine: Machine) -> None:
    with pytest.raises(OcprovError, match="no such file"):
        asyncio.run(Server.ensure(ServerSpec(machine.home / "none")))
