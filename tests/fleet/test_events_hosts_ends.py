"""How `ocprov events --host` ends, and what is left of it: nothing, here or on the hosts."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ocprov.fleet import sockets
from ocprov.opencode.heard import event
from tests.conftest import DEADLINE, Machine, until
from tests.fleet import processes
from tests.fleet.following import fleet, following, record, served, short, words
from tests.fleet.sshd import Fleet


@pytest.fixture
def one(machine: Machine) -> Iterator[Fleet]:
    """One host, that has ocprov."""
    yield from fleet(machine, "one")


@pytest.fixture
def runtime(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory for sockets."""
    made = short()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(made))
    yield made
    shutil.rmtree(made)


# What it ends with.
ENDS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGKILL: -9}


def test_several_run_at_once_and_however_they_end_nothing_of_them_runs_on(
    machine: Machine, one: Fleet, runtime: Path
) -> None:
    host = one["one"]
    with served(host, "shop") as peer, ExitStack() as stack:
        record(host, peer)
        every = {number: stack.enter_context(following(machine, one, "--host=one")) for number in ENDS}
        for told in every.values():
            told.until(event.UP)
        assert [path.stat().st_mode & 0o777 for path in runtime.iterdir()] == [0o700] * len(ENDS)
        there = [pid for told in every.values() for pid in told.ssh()]
        assert len(there) == len(ENDS)
        assert host.runs("servers")
        for number, told in every.items():
            told.process.send_signal(number)
        assert {number: told.process.wait(DEADLINE) for number, told in every.items()} == ENDS

        def ended() -> bool:
            # A server that never says anything would not notice, and ssh waits for it.
            peer.say("todo.updated")
            return not [pid for pid in there if processes.lives(pid)]

        until(ended)
        until(lambda: not host.runs("servers"))
    assert len(list(runtime.iterdir())) == 1, "what was killed by force removes nothing"
    with sockets.folder() as made:
        assert list(runtime.iterdir()) == [made]


def test_it_ends_when_nobody_reads_it_any_more(machine: Machine, one: Fleet, runtime: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "ocprov", "events", "--host=one"],
        env={**os.environ, **words(one)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        assert b"host up" in process.stdout.readline()
        process.stdout.close()
        assert process.wait(DEADLINE) == 0
        assert process.stderr.read() == b"ocprov: connecting to one\n"
    assert not list(runtime.iterdir())


def test_the_users_own_connection_is_used_and_left_as_it_was(
    machine: Machine, one: Fleet, runtime: Path
) -> None:
    one.write_config("ControlMaster auto", f"ControlPath {runtime}/c-%n", "ControlPersist 600")
    (runtime / "r").mkdir(mode=0o700)

    def ssh(*arguments: str) -> int:
        done = subprocess.run(
            ["ssh", "-F", str(one.config), *arguments, "one"],
            check=False,
            timeout=DEADLINE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return done.returncode

    assert ssh("-N", "-f") == 0
    before = len(one["one"].runs("sshd"))
    try:
        with served(one["one"], "shop") as peer:
            record(one["one"], peer)
            with following(machine, one, "--host=one", XDG_RUNTIME_DIR=str(runtime / "r")) as told:
                told.until(event.UP)
                peer.say("todo.updated", sessionID="ses_1")
                told.until("todo.updated")
                assert len(one["one"].runs("sshd")) <= before
        assert ssh("-O", "check") == 0
        assert not list((runtime / "r").iterdir())
        assert str(runtime / "r") not in Path("/proc/net/unix").read_text()
        until(lambda: not one["one"].runs("servers"))
    finally:
        ssh("-O", "exit")
