"""`ocprov host servers`: what the laptop reads through ssh."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from ocprov.fleet import serving
from ocprov.opencode import record as records
from tests.conftest import DEADLINE, Machine, until
from tests.opencode.peer import Peer, running

COMMAND = [sys.executable, "-m", "ocprov", "host", "servers"]


@pytest.fixture
def peer(machine: Machine) -> Iterator[Peer]:
    (machine.home / "shop").mkdir()
    with running((machine.home / "shop").resolve()) as found:
        yield found


def asked(*arguments: str) -> list[dict[str, Any]]:
    """The servers that it prints."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    (line,) = done.stdout.splitlines()
    found: list[dict[str, Any]] = json.loads(line)["servers"]
    return found


@contextmanager
def following(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """With `--follow`; at the end its standard input ends, and so does it."""
    process = subprocess.Popen(
        [*COMMAND, "--follow", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.communicate(timeout=DEADLINE)
    assert process.returncode == 0


def line(process: "subprocess.Popen[str]") -> list[dict[str, Any]]:
    """The servers of its next line; an empty one comes where this machine stood still for long."""
    assert process.stdout is not None
    told = next(one for one in process.stdout if one.strip())
    found: list[dict[str, Any]] = json.loads(told)["servers"]
    return found


def test_a_server_that_runs_is_told_with_its_password(peer: Peer) -> None:
    known = peer.record(reason="it was restarted")
    (one,) = asked()
    assert one == {
        "name": known.name,
        "problem": "",
        "directory": str(peer.directory),
        "port": peer.port,
        "state": "ready",
        "reason": "it was restarted",
        "server": {"pid": known.server.pid, "started": known.server.started},
        "runs": True,
        "supervised": False,
        "password": known.places.password.read_text(),
    }


def test_one_that_does_not_run_is_told_without(peer: Peer) -> None:
    known = peer.record()
    records.write(replace(known, server=replace(known.server, started="another")))
    assert [(one["runs"], one["password"]) for one in asked()] == [(False, "")]
    records.write(replace(known, state="stopped"))
    assert [(one["state"], one["password"]) for one in asked()] == [("stopped", "")]


def test_a_password_that_others_can_read_is_not_told(peer: Peer) -> None:
    known = peer.record()
    known.places.password.chmod(0o644)
    (one,) = asked()
    assert one["password"] == ""
    assert "can be read by others" in one["problem"]


def test_a_record_that_cannot_be_read_is_told_as_such(peer: Peer, machine: Machine) -> None:
    known = peer.record()
    known.places.record.write_text("{")
    other = machine.state / "opencode/Not A Server" / known.places.record.name
    other.parent.mkdir()
    other.write_text("{")
    (one,) = asked()
    assert one["name"] == known.name
    assert "damaged" in one["problem"]


def test_it_is_told_again_when_anything_changes_and_only_then(peer: Peer) -> None:
    with following() as process:
        assert line(process) == []
        known = peer.record()
        until(lambda: [one["password"] for one in line(process)] == [known.places.password.read_text()])
        records.write(replace(known, port=4097))
        assert [one["port"] for one in line(process)] == [4097]
        known.places.record.unlink()
        assert line(process) == []


def test_that_it_lives_is_told_by_an_empty_line(machine: Machine) -> None:
    told: list[str] = []
    naps: list[float] = []

    def enough(seconds: float) -> bool:
        naps.append(seconds)
        return sum(naps) > 2 * serving.BEAT

    serving.follow((), told.append, enough)

    assert [bool(one) for one in told] == [True, False, False]


@pytest.mark.parametrize(
    ("directory", "there"),
    [
        ("{home}/shop", True),
        ("shop", True),
        ("~/shop", True),
        ("~/link", True),
        ("{home}/shop/../shop/", True),
        ("mail", False),
        ("~", False),
        ("$(touch ran)", False),
        ("", False),
    ],
)
def test_a_directory_is_from_the_home_on_and_links_are_followed(
    peer: Peer, machine: Machine, directory: str, there: bool
) -> None:
    peer.record()
    (machine.home / "link").symlink_to(machine.home / "shop")
    given = directory.format(home=machine.home)
    assert bool(asked(f"--dir={given}")) == there
    assert not (machine.home / "ran").exists()


def test_it_goes_into_no_file_and_to_no_terminal(peer: Peer, machine: Machine) -> None:
    known = peer.record()
    with (machine.root / "out").open("wb") as out:
        done = subprocess.run(
            COMMAND, stdout=out, stderr=subprocess.PIPE, timeout=DEADLINE, check=False, text=True
        )
    outer, inner = pty.openpty()
    shown = subprocess.run(
        COMMAND, stdout=inner, stderr=subprocess.PIPE, timeout=DEADLINE, check=False, text=True
    )
    os.close(inner)
    os.close(outer)

    says = "error: the passwords of servers are printed into a pipe alone\nhint: "
    assert (done.returncode, shown.returncode) == (1, 1)
    assert done.stderr.startswith(says)
    assert shown.stderr.startswith(says)
    assert (machine.root / "out").read_text() == ""
    assert known.places.password.exists()


def test_it_ends_when_nobody_reads_any_more(peer: Peer) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--follow"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert line(process) == []
    assert process.stdout is not None
    process.stdout.close()
    peer.record()
    assert process.wait(DEADLINE) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.stdin is not None
    process.stdin.close()
