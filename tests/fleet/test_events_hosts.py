"""`ocprov events --host`: the events of several machines in one stream, through ssh."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from ocprov.opencode import record as records
from ocprov.opencode.heard import event
from tests.conftest import DEADLINE, Machine
from tests.fleet import processes, reading
from tests.fleet.following import fleet, following, named, password, record, served, words
from tests.fleet.sshd import Fleet, Host

BUSY = {"type": "busy"}


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The machine on which the command runs, for all tests here."""
    yield from reading.laptop(tmp_path_factory)


@pytest.fixture(scope="module")
def two(laptop: Machine) -> Iterator[Fleet]:
    """Two hosts that have ocprov; the first tells all that its sshd does."""
    one = Host("one", laptop.root / "hosts/one", lines=("LogLevel DEBUG3",))
    yield from fleet(laptop, one, "two")


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


def test_passwords_are_in_no_arguments_no_environment_and_no_file(laptop: Machine, two: Fleet) -> None:
    one = two["one"]
    with served(one, "shop") as peer:
        known = record(one, peer)
        secret = password(one, known).encode()
        with following(laptop, two, "--host=one", OCPROV_FLEET_SSH=f"ssh -vvv -F {two.config}") as told:
            told.until(event.UP)
            there = [told.process.pid, *told.ssh(), *one.processes()]
            seen = [processes.content(pid, part) for pid in there for part in ("cmdline", "environ")]
            assert len(there) > 3
            assert not [one for one in seen if secret in one]
            files = [path for path in laptop.root.rglob("*") if path.is_file() and path.name != "password"]
            assert one.root / "sshd.log" in files
            assert not [path for path in files if secret in path.read_bytes()]
