"""Conversations of several servers: whose they are, what they wait for, and what is left when a server ends."""

import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from ocprov.opencode import process
from ocprov.opencode.record import Record
from ocprov.opencode.talk import owner, stored
from tests.conftest import until
from tests.opencode.chats import Chat, refused
from tests.opencode.provider import Provider
from tests.opencode.real import Opencode
from tests.opencode.several import gate
from tests.opencode.shared import opencode, provider

__all__ = ["gate", "opencode", "provider"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shop(opencode: Opencode) -> Chat:
    """Of the user's own data."""
    return Chat(opencode.ensure(None, "--startup-timeout", "120"))


@pytest.fixture(scope="module")
def apart(opencode: Opencode) -> Chat:
    """Of data of its own, where a shell has to be allowed."""
    directory = opencode.directory("apart")
    (directory / "opencode.json").write_text('{"permission": {"bash": "ask"}}')
    return Chat(opencode.ensure(directory, "--isolation", "data", "--startup-timeout", "120"))


def test_a_conversation_is_found_wherever_it_is(shop: Chat, apart: Chat, opencode: Opencode) -> None:
    for chat in (shop, apart):
        name = chat.new()
        assert chat("send", name, "hello").stdout == "echo: hello\n"
        assert chat.data("show", name)["server"] == chat.server.name
        assert chat("show", "--dir", str(opencode.directory("elsewhere")), name).returncode == 0


def test_all_servers_are_listed_as_one(shop: Chat, apart: Chat) -> None:
    names = [chat.new(f"merged {number}") for number in range(3) for chat in (shop, apart)]
    seen: list[str] = []
    cursor = ""
    while True:
        found = shop.data("ls", "--search", "merged", "--limit", "4", "--cursor", cursor)
        seen += [one["id"] for one in found["conversations"]]
        cursor = found["cursor"]
        if not cursor:
            break
        assert len(found["conversations"]) == 4
    assert seen == names[::-1]
    for chat in (shop, apart):
        told = chat.data("ls", "--dir", chat.server.directory, "--search", "merged")["conversations"]
        assert {one["directory"] for one in told} == {chat.server.directory}
        assert len(told) == 3


def test_conversations_of_one_moment_are_all_told(shop: Chat) -> None:
    names = {shop.new("same moment") for _ in range(5)}
    with closing(sqlite3.connect(stored.database(shop.server), timeout=60)) as data, data:
        data.execute("UPDATE session SET time_updated = 1700000000000 WHERE title = 'same moment'")
    seen: list[str] = []
    cursor = ""
    while not seen or cursor:
        found = shop.data("ls", "--search", "same moment", "--limit", "2", "--cursor", cursor)
        seen += [one["id"] for one in found["conversations"]]
        cursor = found["cursor"]
    assert sorted(seen) == sorted(names)


def test_what_waits_is_told_and_answered(apart: Chat) -> None:
    name = apart.new()
    sending = apart.background("send", name, "tool touch here")
    found = apart.until(name, "waiting")
    request = found["waits"][0]["request"]
    assert found["waits"] == [
        {
            "request": request,
            "kind": "permission",
            "permission": "bash",
            "patterns": ["touch here"],
            "always": ["touch *"],
        }
    ]
    assert [one["id"] for one in apart.data("ls", "--state", "waiting")["conversations"]] == [name]
    assert f"ocprov chat reply {name} once|always|reject" in apart("show", name).stdout
    refused(apart("reply", name, "perhaps"), "perhaps", "once")
    refused(apart("reply", name, "once", "--request", "per_nothing"), "per_nothing", request)
    assert apart.data("reply", name, "once") == {"id": name, "request": request, "reply": ["once"]}
    stdout, stderr = sending.communicate(timeout=60)
    assert (sending.returncode, stdout) == (0, "tool done\n")
    assert "[bash] touch here" in stderr
    refused(apart("reply", name, "once"), "waits for nothing", "idle")


def test_a_question_is_told_and_answered(apart: Chat) -> None:
    name = apart.new()
    colour = {
        "question": "Which colour?",
        "header": "Colour",
        "options": [{"label": "Light blue", "description": ""}],
    }
    apart("send", "--no-wait", name, f"tool question {json.dumps({'questions': [colour]})}")
    asked = apart.until(name, "waiting")["waits"][0]
    assert asked["questions"] == [{"text": "Which colour?", "labels": ["Light blue"], "multiple": False}]
    assert apart("reply", name, "light", "blue").returncode == 0
    answered = apart.until(name, "idle")["messages"]
    assert "Light blue" in answered[1]["tools"][0]["output"]
    assert answered[-1]["text"] == "tool done"


def test_what_an_abort_left_behind_waits_for_nothing(apart: Chat, provider: Provider) -> None:
    name = apart.new()
    apart("send", "--no-wait", name, "tool touch there")
    apart.until(name, "waiting")
    apart("abort", name)
    assert apart.data("show", name)["waits"] == []
    apart("send", "--no-wait", name, "hold after")
    until(lambda: "hold after" in provider.prompts)
    assert apart.data("show", name)["state"] == "busy"
    apart("abort", name)


def test_what_a_killed_server_worked_on_is_interrupted_and_resumed(apart: Chat, provider: Provider) -> None:
    name = apart.new()
    apart("send", "--no-wait", name, "hold it")
    until(lambda: "hold it" in provider.prompts)
    apart("send", "--no-wait", name, "and this")
    until(lambda: len(apart.data("show", name)["unanswered"]) == 1)
    asked = len(provider.prompts)
    os.kill(apart.server.server.pid, signal.SIGKILL)
    found = apart.until(name, "interrupted")
    assert len(found["unanswered"]) == 2
    assert [one["id"] for one in apart.data("ls", "--state", "interrupted")["conversations"]] == [name]
    assert len(provider.prompts) == asked
    provider.release()
    done = apart("resume", name)
    assert done.returncode == 0, done.stderr
    found = apart.data("show", name)
    assert (found["state"], found["unanswered"]) == ("idle", [])
    assert [one["text"] for one in found["messages"] if one["role"] == "user"] == ["hold it", "and this"]
    refused(apart("resume", name), "not interrupted")


def test_a_server_that_hangs_is_named_and_nobody_else_asked(shop: Chat, apart: Chat) -> None:
    name, other = shop.new(), apart.new()
    with _hung(shop.server):
        refused(shop("send", name, "hello"), shop.server.name, "does not answer", "ocprov server")
        found = apart.data("ls", code=1)
        assert [one["server"] for one in found["unreachable"]] == [shop.server.name]
        assert other in [one["id"] for one in found["conversations"]]
        assert name not in [one["id"] for one in found["conversations"]]
        assert apart("show", other).returncode == 0
    assert shop.data("show", name)["messages"] == []


@contextmanager
def _hung(server: Record) -> Iterator[None]:
    """A server that runs and gives no answer; its supervisor looks away."""
    os.kill(server.supervisor.pid, signal.SIGSTOP)
    os.kill(server.server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.server.pid, signal.SIGCONT)
        os.kill(server.supervisor.pid, signal.SIGCONT)


def test_a_page_of_10000_conversations_takes_as_long_as_of_50(shop: Chat) -> None:
    name = shop.new()
    with closing(sqlite3.connect(stored.database(shop.server), timeout=60)) as data:
        _copy(data, name, range(50))
        few = _fastest(shop)
        _copy(data, name, range(50, 10_000))
    # What grows with their number is never that fast; what does not may be late, on a machine that has much to do.
    until(lambda: _fastest(shop) <= 2 * few + 0.05)


def _fastest(chat: Chat) -> float:
    times = []
    for _ in range(3):
        began = time.monotonic()
        found = chat.data("ls", "--dir", chat.server.directory, "--limit", "50", "--search", "a copy")
        times.append(time.monotonic() - began)
        assert len(found["conversations"]) == 50
    return min(times)


def _copy(data: sqlite3.Connection, name: str, numbers: range) -> None:
    """A conversation again and again, each changed a millisecond before the one before."""
    own = {"id": "printf('ses_copy%d', ?1)", "time_updated": "1700000000000 - ?1", "title": "'a copy'"}
    columns = [row[1] for row in data.execute("PRAGMA table_info(session)")]
    values = ", ".join(own.get(column, column) for column in columns)
    question = f"INSERT INTO session ({', '.join(columns)}) SELECT {values} FROM session WHERE id = ?2"  # noqa: S608 # columns of its own schema
    with data:
        data.executemany(question, ((number, name) for number in numbers))


def test_a_stopped_server_is_told_with_how_to_start_it(shop: Chat, apart: Chat, opencode: Opencode) -> None:
    name = apart.new()
    assert opencode.ocprov("server", "stop", "--dir", apart.server.directory).returncode == 0
    assert not process.runs(opencode.record(opencode.directory("apart")).server)
    start = owner.start(apart.server.directory)
    for arguments in (("show", name), ("send", name, "hello"), ("rm", "--yes", name)):
        refused(shop(*arguments), apart.server.name, start)
    assert opencode.ocprov("server", "stop", "--dir", shop.server.directory).returncode == 0
    refused(shop("ls"), "no server runs")
