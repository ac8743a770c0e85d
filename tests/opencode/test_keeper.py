"""A server's first start and its record, with programs that stand for OpenCode."""

import os
import pty
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocprov.opencode import places, process, record
from ocprov.opencode.life import found
from ocprov.opencode.places import Places
from ocprov.opencode.record import Record
from tests.conftest import Machine, until
from tests.opencode.real import end_all
from tests.opencode.stubs import stub

# It says where it works, and that nothing is busy.
ANSWERING = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"directory": os.getcwd()} if self.path == "/path" else {}).encode())
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""

# Seconds: a supervisor starts, and looks, on a busy machine.
LONG = 60


@pytest.fixture
def place(machine: Machine) -> Iterator[Places]:
    (machine.home / "shop").mkdir()
    yield places.of(machine.home / "shop")
    end_all()


def program(machine: Machine, first: str) -> str:
    """One that writes a line for each start, runs `first`, and answers."""
    (machine.home / "answering.py").write_text(ANSWERING)
    script = f'echo $$ >> {machine.home}/starts\n{first}\nexec python3 {machine.home}/answering.py "$3"'
    return str(stub(machine.home / "bin", script))


def starts(machine: Machine) -> list[int]:
    return [int(one) for one in (machine.home / "starts").read_text().split()]


def blocked(place: Places) -> Path:
    """Where a directory keeps the record from being written, as a full disk does."""
    return place.root / ".server.json.new"


def known(place: Places) -> Record:
    there = record.read(place)
    assert there is not None
    return there


@pytest.mark.parametrize(
    ("said", "times", "code", "count"),
    [
        ("Failed query: CREATE TABLE `project`", 1, 0, 2),
        ("Failed query: CREATE TABLE `project`", 9, 1, 3),
        ("ConfigInvalidError", 1, 1, 1),
    ],
    ids=["once", "always", "for-another-reason"],
)
def test_one_that_met_another_at_the_database_is_started_again(
    said: str, times: int, code: int, count: int, machine: Machine, place: Places
) -> None:
    fails = f"[ $(wc -l < {machine.home}/starts) -gt {times} ] || {{ echo '{said}' >&2; exit 1; }}"

    done = machine.ocprov("server", "ensure", "--dir", "shop", "--binary", program(machine, fails))

    assert (done.returncode, len(starts(machine))) == (code, count), done.stderr
    assert known(place).state == ("failed" if code else "ready")


def test_one_that_nobody_would_find_as_the_disk_is_full_is_ended(machine: Machine, place: Places) -> None:
    full = program(machine, f"mkdir {blocked(place)}")

    done = machine.ocprov("server", "ensure", "--dir", "shop", "--binary", full, "--startup-timeout", "60")

    assert done.returncode == 1
    *_, error, hint = done.stderr.splitlines()
    assert (error, hint) == (
        f"error: cannot write {place.record}: Is a directory",
        f"hint: df -h {place.root}",
    )
    assert not process.of(starts(machine)[0]).started


def test_a_window_whose_output_is_held_holds_up_no_supervisor(machine: Machine, place: Places) -> None:
    ours, its = pty.openpty()
    words = ["-m", "ocprov", "server", "run", "--dir", "shop", "--binary", program(machine, "")]
    with subprocess.Popen([sys.executable, *words], stdin=its, stdout=its, stderr=its) as run:
        try:
            until(lambda: place.record.exists() and known(place).state == "ready", LONG)
            termios.tcflow(its, termios.TCOOFF)  # as Ctrl-S does
            os.kill(known(place).server.pid, signal.SIGKILL)
            until(lambda: known(place).restarts and known(place).state == "ready", LONG)
            termios.tcflow(its, termios.TCOON)
            shown = b""
            while shown.count(b"  ready: ") < 2:
                assert select.select([ours], [], [], LONG)[0], shown
                shown += os.read(ours, 4096)
            run.send_signal(signal.SIGINT)
            assert run.wait(LONG) == 130
        finally:
            termios.tcflow(its, termios.TCOON)
            run.kill()
    assert b"it was killed by SIGKILL; started again in 1 s" in shown


def test_one_whose_password_is_no_secret_is_not_adopted_and_not_ended(
    machine: Machine, place: Places
) -> None:
    command = ("server", "ensure", "--dir", "shop", "--binary", program(machine, ""))
    machine.ocprov(*command)
    before = known(place)
    os.kill(before.supervisor.pid, signal.SIGKILL)
    assert process.gone(before.supervisor, LONG)
    place.password.chmod(0o644)

    detached = ("server", "run", "--detached", "--dir", before.directory)
    done = [machine.ocprov(*command), machine.ocprov(*detached)]

    assert process.end(before.server, 10, group=True), "it ran on"
    for one in done:
        assert one.returncode == 1
        assert f"error: {place.password} can be read by others: mode 0644" in one.stderr


def test_a_record_that_could_not_be_written_is_written_later_and_stops_no_stop(
    machine: Machine, place: Places
) -> None:
    full = f"[ $(wc -l < {machine.home}/starts) = 1 ] || mkdir {blocked(place)}"
    machine.ocprov("-S", "socket", "server", "ensure", "--dir", "shop", "--binary", program(machine, full))
    assert f"ocprov -S {machine.home}/socket server run" in found.command(known(place).supervisor.pid)
    os.kill(known(place).server.pid, signal.SIGKILL)
    until(lambda: blocked(place).exists(), LONG)
    until(lambda: "cannot write" in place.supervisor_log.read_text(), LONG)
    assert known(place).state != "ready"
    blocked(place).rmdir()
    until(lambda: known(place).state == "ready", LONG)
    after = known(place)
    assert after.server.pid == starts(machine)[1]

    blocked(place).mkdir()
    done = machine.ocprov("server", "stop", place.name)

    assert done.returncode == 1
    told = (
        f"error: server {place.name} is stopped, and its record does not say so: cannot write {place.record}"
    )
    assert done.stderr.startswith(told)
    assert not process.runs(after.server)
    assert not process.runs(after.supervisor)
    assert machine.ocprov("server", "stop", place.name, "--delete").returncode == 0
    assert not place.root.exists()
