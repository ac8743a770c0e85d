"""How servers are told to be: by their records, their processes, and what answers at their ports."""

import asyncio
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pytest

from ocprov import lock
from ocprov.opencode import password, places, process, record
from ocprov.opencode.look import footprint, seen
from ocprov.opencode.look.seen import Answer, Health, Seen, judge
from ocprov.opencode.record import Process, Record, Unreadable
from tests.conftest import DEADLINE, Machine

# For who never answers; and the turns of the loop, 0.05 s or more apart, in which that is told: a machine that stands
# still counts as one.
PATIENCE, TURNS = 0.4, 60


@pytest.mark.parametrize(
    ("state", "answer", "lives", "supervised", "word"),
    [
        ("ready", "ours", True, True, "ready"),
        ("ready", "ours", True, False, "orphan"),
        ("ready", "ours", False, False, "orphan"),  # its record lost its process
        ("ready", "silent", True, True, "hung"),
        ("ready", "closed", True, True, "hung"),
        ("ready", "silent", True, False, "hung"),
        ("ready", "other", True, True, "foreign"),
        ("ready", "other", False, False, "foreign"),
        ("ready", "closed", False, False, "dead"),
        ("ready", "closed", False, True, "starting"),  # it has just ended: it is started again
        ("starting", "closed", True, True, "starting"),
        ("starting", "closed", False, True, "starting"),
        ("starting", "closed", False, False, "dead"),
        ("starting", "ours", True, False, "orphan"),
        ("restarting", "closed", False, True, "starting"),
        ("restarting", "closed", False, False, "dead"),
        ("stopped", "closed", False, False, "stopped"),
        ("stopped", "ours", True, False, "orphan"),
        ("failed", "closed", False, False, "failed"),
        ("failed", "closed", False, True, "failed"),
    ],
)
def test_the_word_for_a_server(
    state: record.State, answer: Answer, lives: bool, supervised: bool, word: Health
) -> None:
    assert judge(state, answer, lives=lives, supervised=supervised) == word


def test_memory_is_that_of_a_process_and_all_below_it() -> None:
    rows = [(1, 0, 1), (10, 1, 100), (11, 10, 20), (12, 11, 3), (20, 1, 7), (0, 0, 1)]
    assert {pid: footprint.summed(rows)[pid] // 1024 for pid in (10, 11, 20)} == {10: 123, 11: 23, 20: 7}


Talk = Callable[[socket.socket], None]


def reply(body: str, *, kind: str = "application/json", status: str = "200 OK") -> Talk:
    def talk(one: socket.socket) -> None:
        one.recv(65536)
        head = (
            f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\nconnection: close"
        )
        one.sendall(f"{head}\r\n\r\n{body}".encode())

    return talk


def mute(one: socket.socket) -> None:
    """Never answers."""
    while one.recv(65536):
        pass


def drip(one: socket.socket) -> None:
    """Begins an answer and goes on with it, a byte at a time, without end."""
    one.recv(65536)
    one.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
    while True:
        one.sendall(b" ")
        time.sleep(0.02)  # its pace


def hang_up(one: socket.socket) -> None:
    one.recv(65536)


@pytest.fixture
def listen() -> Iterator[Callable[[Talk], int]]:
    """Somebody who talks so at a port, which is returned."""
    with ExitStack() as stack:

        def started(talk: Talk) -> int:
            server = stack.enter_context(closing(socket.create_server(("127.0.0.1", 0))))

            def serve() -> None:
                with suppress(OSError):
                    while True:
                        one, _ = server.accept()
                        with one, suppress(OSError):
                            talk(one)

            threading.Thread(target=serve, daemon=True).start()
            return int(server.getsockname()[1])

        yield started


@pytest.fixture
def known(machine: Machine) -> Iterator[Callable[..., Record]]:
    """A record of a process that lives, with a password; kept."""
    with subprocess.Popen(["sleep", "100"]) as lives:

        def made(port: int = 1, name: str = "shop", **more: Any) -> Record:
            directory = machine.home / name
            directory.mkdir(exist_ok=True)
            given: dict[str, Any] = {
                "state": "ready",
                "server": process.of(lives.pid),
                "began": time.time() - 60,
            }
            one = Record(str(directory), f"http://127.0.0.1:{port}", port, **(given | more))
            password.ensure(one.places.make())
            record.write(one)
            return one

        yield made
        lives.kill()


def look(*records: Record | Unreadable) -> tuple[Seen, ...]:
    return asyncio.run(seen.look(records, patience=DEADLINE))


def soon(known: Record) -> tuple[Seen, ...]:
    """How it is, looked at with little patience; told in time."""

    async def looked() -> tuple[Seen, ...]:
        task = asyncio.create_task(seen.look([known], patience=PATIENCE, whole=False))
        for _ in range(TURNS):
            await asyncio.wait([task], timeout=0.05)
        assert task.done(), "it is waited for"
        return task.result()

    return asyncio.run(looked())


@pytest.mark.parametrize(
    ("talk", "word"),
    [
        pytest.param(reply("<html>", kind="text/html"), "foreign", id="a web page"),
        pytest.param(reply("{", kind="application/json"), "foreign", id="JSON that ends in the middle"),
        pytest.param(reply("[" * 200_000), "foreign", id="JSON without a bottom"),
        pytest.param(reply("", status="401 Unauthorized"), "foreign", id="another password"),
        pytest.param(reply('{"directory": "/else"}'), "foreign", id="another directory"),
        pytest.param(reply("[]"), "foreign", id="no directory at all"),
        pytest.param(reply('{"name": "UnknownError"}', status="500 no"), "hung", id="nothing but failures"),
        pytest.param(hang_up, "hung", id="hangs up"),
    ],
)
def test_who_answers_badly_is_told_so(
    known: Callable[..., Record], listen: Callable[[Talk], int], talk: Talk, word: Health
) -> None:
    (one,) = look(known(listen(talk)))
    assert one.health == word
    assert not one.answers


@pytest.mark.parametrize("talk", [mute, drip], ids=["no answer", "an answer without end"])
def test_who_never_answers_is_told_to_hang_in_time(
    known: Callable[..., Record], listen: Callable[[Talk], int], talk: Talk
) -> None:
    (one,) = soon(known(listen(talk)))
    assert one.health == "hung"
    assert not one.answers


def test_many_are_asked_at_the_same_time(known: Callable[..., Record], listen: Callable[[Talk], int]) -> None:
    asked = threading.Barrier(20, timeout=DEADLINE)

    def together(one: socket.socket) -> None:
        one.recv(65536)
        with suppress(threading.BrokenBarrierError):
            asked.wait()

    found = look(*(known(listen(together), f"d{number}") for number in range(20)))
    assert {one.health for one in found} == {"hung"}
    assert not asked.broken


def test_what_is_seen_of_one_that_answers(
    machine: Machine,
    known: Callable[..., Record],
    listen: Callable[[Talk], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(footprint, "_PATIENCE", DEADLINE)
    directory = str(machine.home / "shop")
    began = time.time() - 60
    told = known(listen(reply(json.dumps({"directory": f"{directory}/", "worktree": "/"}))), began=began)
    (one,) = look(told)
    assert (one.health, one.conversations) == ("orphan", 0)
    assert one.memory > 0
    assert 59 < one.uptime <= time.time() - began
    with lock.held(told.places.lock, wait=0, blocked=lambda: None):
        assert look(told)[0].health == "ready"


def test_one_that_starts_is_not_disturbed(
    known: Callable[..., Record], listen: Callable[[Talk], int]
) -> None:
    asked: list[bytes] = []
    told = known(listen(lambda one: asked.append(one.recv(1))), state="starting", reason="it ended\x1b[2J")
    with lock.held(told.places.lock, wait=0, blocked=lambda: None):
        (one,) = look(told)
    assert (one.health, asked) == ("starting", [])
    assert one.why == "it ended\\x1b[2J"


def test_what_cannot_be_told(known: Callable[..., Record]) -> None:
    gone = Process(4_194_303, "1")
    elsewhere = known(1, "elsewhere", host="another.machine", server=gone)
    loose = known(1, "loose")
    loose.places.password.chmod(0o644)
    found = look(Unreadable("odd-123456", "it is damaged"), elsewhere, loose)
    assert [one.health for one in found] == ["unknown"] * 3
    assert [one.why.rpartition("/")[2] for one in found] == [
        "it is damaged",
        "it is of machine another.machine",
        "password can be read by others: mode 0644",
    ]


def test_a_process_that_has_the_id_of_a_dead_server_is_not_it(known: Callable[..., Record]) -> None:
    other = Process(process.this().pid, "0")
    (one,) = look(known(server=other))
    assert (one.health, one.memory, one.uptime) == ("dead", 0, 0.0)


def test_a_pipe_in_place_of_a_record_is_not_waited_for(machine: Machine) -> None:
    place = places.of(Path("/somewhere")).make()
    os.mkfifo(place.record)
    assert record.every() == (
        Unreadable(place.name, f"the record of server {place.name} cannot be read: it is not a plain file"),
    )
