"""`ocprov events --host`: the events of several machines in one stream, through ssh."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from ocprov.opencode import record as records
from ocprov.opencode.heard import event
from tests.conftest import DEADLINE, Machine, fresh, until
from tests.fleet import conftest, processes
from tests.fleet.conftest import install_this
from tests.fleet.following import following, named, password, record, served, short, words
from tests.fleet.sshd import Fleet, Host

BUSY = {"type": "busy"}


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The machine on which the command runs, for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        yield from fresh(tmp_path_factory.mktemp("laptop"), patch)


@pytest.fixture(scope="module")
def two(laptop: Machine) -> Iterator[Fleet]:
    """Two hosts that have ocprov."""
    for fleet in conftest.hosts(laptop, "one", "two"):
        for host in fleet.hosts.values():
            install_this(host)
        yield fleet


@pytest.fixture(autouse=True)
def tidy(laptop: Machine, two: Fleet) -> Iterator[None]:
    """Each test has hosts without servers."""
    yield
    for host in two.hosts.values():
        shutil.rmtree(host.home / ".local/state", ignore_errors=True)


def test_events_of_several_hosts_come_in_one_stream_with_their_host(laptop: Machine, two: Fleet) -> None:
    with ExitStack() as stack:
        shops = {name: stack.enter_context(served(host, "shop")) for name, host in two.hosts.items()}
        known = {name: record(two[name], peer) for name, peer in shops.items()}
        here = stack.enter_context(served(Host("", laptop.root), "shop"))
        here.record()
        told = stack.enter_context(following(laptop, two, *named(["one", "two"])))
        for name, peer in shops.items():
            up = told.until(event.UP, host=name)
            assert up["server"] == known[name].name
            assert up["directory"] == str(peer.directory)
            assert up["properties"] == {"url": known[name].url}
            peer.say("session.status", sessionID=f"ses_{name}", status=BUSY)
            told.until("session.status", host=name, conversation=f"ses_{name}")

    assert {one["host"] for one in told.rows()} == {"one", "two"}
    assert [one["properties"] for one in told.all(event.HOST_UP)] == [{"servers": 1}] * 2
    assert here.connections == 0


def test_a_person_reads_the_host_before_the_server_and_titles_come_through_ssh(
    laptop: Machine, two: Fleet
) -> None:
    with served(two["one"], "shop") as peer:
        peer.sessions = [{"id": "ses_1", "title": "the talk", "time": {"created": 1, "updated": 2}}]
        peer.status = {"ses_1": BUSY}
        record(two["one"], peer)
        done = subprocess.run(
            [sys.executable, "-m", "ocprov", "events", "--host", "one,two", "--limit", "4"],
            env={**os.environ, **words(two)},
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )

    lines = sorted(re.sub(r"^\d\d:\d\d:\d\d +", "", one) for one in done.stdout.splitlines())
    assert done.stderr == "ocprov: connecting to one, two\n"
    assert [" ".join(one.split()) for one in lines] == [
        "one host up: 1 server",
        "one:shop server up",
        "one:shop the talk: (before) busy",
        "two host up: no server runs",
    ]


def test_a_server_that_comes_moves_and_goes_is_told_so(laptop: Machine, two: Fleet) -> None:
    one = two["one"]
    with following(laptop, two, "--host=one") as told:
        told.until(event.HOST_UP)
        with served(one, "shop") as peer:
            known = record(one, peer)
            told.until(event.UP, server=known.name)
        with served(one, "shop") as other:
            moved = record(one, other)
            assert moved.port != known.port
            other.say("todo.updated", sessionID="ses_1")
            told.until("todo.updated", server=known.name)
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("HOME", str(one.home))
                records.write(replace(moved, state="stopped", url="", port=0))
            other.break_off()
            told.until(event.DOWN, server=known.name, properties={"reason": "stopped", "stopped": True})
        shutil.rmtree(one.home / ".local/state")
        with served(one, "mail") as late:
            told.until(event.UP, server=record(one, late).name)


def test_a_host_that_goes_away_is_told_and_tried_again_while_others_go_on(
    laptop: Machine, two: Fleet
) -> None:
    one = two["one"]
    with ExitStack() as stack:
        shops = {name: stack.enter_context(served(host, "shop")) for name, host in two.hosts.items()}
        for name, peer in shops.items():
            record(two[name], peer)
        told = stack.enter_context(following(laptop, two, *named(["one", "two"])))
        for name in shops:
            told.until(event.UP, host=name)
        one.crash()
        why = told.until(event.HOST_DOWN, host="one")["properties"]["reason"]
        assert told.until(event.DOWN, host="one")["properties"] == {"reason": f"one: {why}", "stopped": False}
        shops["two"].say("session.status", sessionID="ses_2", status=BUSY)
        told.until("session.status", host="two")
        one.start(two.root)
        told.until(event.HOST_UP, 2, host="one")
        told.until(event.UP, 2, host="one")
        shops["one"].say("session.status", sessionID="ses_1", status=BUSY)
        told.until("session.status", host="one")

    assert not told.all(event.DOWN, host="two")
    assert not told.all(event.HOST_DOWN, host="two")


def test_passwords_are_in_no_arguments_no_environment_and_no_file_here(laptop: Machine, two: Fleet) -> None:
    one = two["one"]
    with served(one, "shop") as peer:
        known = record(one, peer)
        secret = password(one, known).encode()
        with following(laptop, two, "--host=one") as told:
            told.until(event.UP)
            there = [told.process.pid, *told.ssh(), *one.processes()]
            seen = [processes.content(pid, part) for pid in there for part in ("cmdline", "environ")]
            assert len(there) > 3
            assert not [one for one in seen if secret in one]
            files = [
                path for path in laptop.root.rglob("*") if path.is_file() and one.root not in path.parents
            ]
            assert not [path for path in files if secret in path.read_bytes()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_however_it_ends_nothing_of_it_runs_on(laptop: Machine, two: Fleet, number: signal.Signals) -> None:
    one = two["one"]
    with served(one, "shop") as peer:
        record(one, peer)
        runtime = short()
        with following(laptop, two, "--host=one", XDG_RUNTIME_DIR=str(runtime)) as told:
            told.until(event.UP)
            (folder,) = runtime.iterdir()
            assert folder.stat().st_mode & 0o777 == 0o700
            there = told.ssh()
            assert there
            assert one.runs("servers")
            told.process.send_signal(number)
            assert told.process.wait(DEADLINE) == (130 if number == signal.SIGINT else _code(number))

            def ended() -> bool:
                peer.say(
                    "todo.updated"
                )  # a server that never says anything would not notice, and ssh waits for it
                return not [pid for pid in there if processes.lives(pid)]

            until(ended)
            until(lambda: not one.runs("servers"))
        if number != signal.SIGKILL:
            assert not list(runtime.iterdir())
        shutil.rmtree(runtime)


def _code(number: signal.Signals) -> int:
    return -number if number == signal.SIGKILL else 128 + number


def without_ocprov(fleet: Fleet) -> Callable[[], None]:
    return _program(fleet, None)


def babbling(fleet: Fleet) -> Callable[[], None]:
    return _program(fleet, "echo '{\"schema\": 1}'; exec cat")


def failing(fleet: Fleet) -> Callable[[], None]:
    return _program(fleet, "printf 'error: no \\033[31mluck\\nhint: none\\n' >&2; exit 1")


def silent(fleet: Fleet) -> Callable[[], None]:
    return _program(fleet, "exec cat")


def endless(fleet: Fleet) -> Callable[[], None]:
    return _program(fleet, "exec cat /dev/zero")


def away(fleet: Fleet) -> Callable[[], None]:
    fleet["two"].stop()
    return lambda: fleet["two"].start(fleet.root)


def _program(fleet: Fleet, line: str | None) -> Callable[[], None]:
    """Let ocprov on host two be something else; what undoes it."""
    host = fleet["two"]
    program = install_this(host)
    program.unlink()
    if line is not None:
        program.write_text(f"#!/bin/sh\n{line}\n")
        program.chmod(0o755)

    def undo() -> None:
        install_this(host)

    return undo


@pytest.mark.parametrize(
    ("change", "why", "limit"),
    [
        pytest.param(without_ocprov, "it has no ocprov", DEADLINE, id="without ocprov"),
        pytest.param(babbling, "it answers with something else", DEADLINE, id="no servers"),
        pytest.param(failing, r"no \\x1b\[31mluck", DEADLINE, id="a failure"),
        pytest.param(silent, "no answer within 1 s|timed out", 1, id="nothing"),
        pytest.param(endless, "a line without end", DEADLINE, id="a line without end"),
        pytest.param(away, "Connection refused", DEADLINE, id="not there"),
    ],
)
def test_a_host_that_tells_nothing_is_told_once_with_why_and_others_are_heard(
    laptop: Machine, two: Fleet, change: Callable[[Fleet], Callable[[], None]], why: str, limit: float
) -> None:
    with served(two["one"], "shop") as peer, ExitStack() as changed:
        record(two["one"], peer)
        changed.callback(change(two))
        with following(laptop, two, *named(["one", "two"]), OCPROV_FLEET_TIMEOUT=f"{limit:g}") as told:
            down = told.until(event.HOST_DOWN, host="two")
            assert re.search(why, down["properties"]["reason"]), down
            if limit == DEADLINE:  # else the others may be too slow for it, too
                told.until(event.UP, host="one")
                changed.close()
                told.until(event.HOST_UP, host="two")
                assert len(told.all(event.HOST_DOWN, host="two")) == 1
