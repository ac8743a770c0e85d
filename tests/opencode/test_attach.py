"""`server attach`: why it cannot be, what OpenCode's interface is started with, and how it ends."""

import os
import pty
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ocprov.lock import held
from ocprov.opencode import password, process, record
from ocprov.opencode.look import attaching
from ocprov.opencode.record import Options, Record
from tests.conftest import Machine, until
from tests.opencode.kept import GONE, keep
from tests.opencode.peer import Peer, running
from tests.opencode.real import Opencode
from tests.opencode.stubs import stub


@dataclass
class Terminal:
    """`ocprov server attach` in a terminal of its own, its stderr beside."""

    child: "subprocess.Popen[str]"

    def end(self) -> tuple[int, str]:
        """Its code, and what it told."""
        _, told = self.child.communicate(timeout=60)
        return self.child.returncode, told


@contextmanager
def attach(*arguments: str, **more: str) -> Iterator[Terminal]:
    here, there = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "ocprov", "server", "attach", *arguments],
        env={**os.environ, **more},
        stdin=there,
        stdout=there,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    os.close(there)
    try:
        yield Terminal(child)
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
        os.close(here)


@pytest.mark.parametrize(
    ("known", "what", "hint", "code"),
    [
        (None, "no server", "--ensure", 1),
        ({}, "has ended", "ensure --dir {shop}", 1),
        ({"state": "stopped"}, "is stopped", "ensure --dir {shop}", 1),
        ({"state": "failed", "reason": "no\x1bgood"}, "failed: no\\x1bgood", "server logs", 1),
        ({"state": "restarting"}, "has ended", "ensure", 1),
        ({"host": "another.machine"}, "of machine another.machine", "server ls", 1),
    ],
    ids=["none", "dead", "stopped", "failed", "no supervisor", "elsewhere"],
)
def test_why_there_is_nothing_to_attach_to(
    machine: Machine, known: dict[str, Any] | None, what: str, hint: str, code: int
) -> None:
    if known is not None:
        keep(machine, **known)
    (machine.home / "shop").mkdir(exist_ok=True)
    with attach("--dir", "shop") as terminal:
        ended, told = terminal.end()
    error, help_ = told.splitlines()
    assert (ended, what in error, hint.format(shop=machine.home / "shop") in help_) == (code, True, True), (
        told
    )


def test_one_that_hangs_and_one_that_is_another(machine: Machine) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as mute, running(machine.home / "other") as other:
        port = mute.getsockname()[1]
        keep(machine, server=process.this(), port=port)
        with attach("--dir", "shop") as terminal:
            code, told = terminal.end()
        assert (code, "runs and does not answer" in told) == (1, True)
        keep(machine, port=other.port)
        with attach("--dir", "shop") as terminal:
            code, told = terminal.end()
        assert (code, f"not what answers at port {other.port}" in told) == (4, True)


def test_one_that_starts_is_waited_for_and_not_for_ever(machine: Machine) -> None:
    known = keep(machine, state="starting", options=Options(startup_timeout=0.01))
    with held(known.places.lock, wait=0, blocked=lambda: None), attach("--dir", "shop") as terminal:
        code, told = terminal.end()
    first, error, _ = told.splitlines()
    assert first == f"ocprov: waiting for the server of {known.directory}, which is starting"
    assert (code, "is not ready after 0.01 s" in error) == (1, True)


def test_without_a_terminal_it_says_so(machine: Machine) -> None:
    done = machine.process("server", "attach")
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, "error: there is no terminal to attach in")


@pytest.fixture
def peer(machine: Machine) -> Iterator[Peer]:
    directory = machine.home / "shop"
    directory.mkdir()
    with running(directory) as made:
        yield made


def attachable(machine: Machine, peer: Peer, script: str) -> Record:
    """A server that answers, and a program whose interface does what `script` says."""
    program = stub(machine.root / "bin", f'cd "{machine.root}"\n{script}')
    return peer.record(options=Options(binary=str(program)))


def test_what_the_interface_is_started_with(machine: Machine, peer: Peer) -> None:
    known = attachable(machine, peer, 'echo "$*" >args; env >env; ls -d "$TMPDIR" >tmp; exit 7')
    dead = known.places.root / "attach-4194303"
    dead.mkdir()
    (dead / "left.so").write_text("x")
    with attach("--dir", "shop", "--", "--mini", "-c", TMUX="/t,1,0", OPENCODE_DB="/else") as terminal:
        assert terminal.end() == (7, "")
    secret = password.read(known.places)
    words = (machine.root / "args").read_text().split()
    assert words == ["attach", known.url, "--dir", known.directory, "--mini", "-c"]
    told = dict(line.split("=", 1) for line in (machine.root / "env").read_text().splitlines())
    assert (told["OPENCODE_SERVER_PASSWORD"], told["TMUX"]) == (secret, "/t,1,0")
    assert "OPENCODE_DB" not in told
    assert told["TMPDIR"] == str(known.places.root / f"attach-{terminal.child.pid}")
    assert (machine.root / "tmp").read_text().strip() == told["TMPDIR"]
    assert list(known.places.root.glob("attach-*")) == []


def test_a_conversation_that_is_not_there_or_is_of_another_directory(machine: Machine, peer: Peer) -> None:
    attachable(machine, peer, "exit 0")
    peer.sessions.append({"id": "ses_a", "directory": str(machine.home / "blog")})
    with attach("--dir", "shop", "--conversation", "ses_a") as terminal:
        code, told = terminal.end()
    assert (code, f"--dir {machine.home}/blog --conversation ses_a" in told) == (4, True)


def test_it_follows_a_server_to_another_port(machine: Machine, peer: Peer) -> None:
    known = attachable(machine, peer, 'echo "$2" >>urls; exec sleep 100')
    with attach("--dir", "shop") as terminal:
        until((machine.root / "urls").exists)
        moved = replace(known, url="http://127.0.0.1:2", port=2)
        record.write(replace(moved, state="restarting"))
        record.write(moved)
        until(lambda: len((machine.root / "urls").read_text().split()) == 2)
        record.write(replace(moved, state="stopped", server=GONE))
        code, told = terminal.end()
    assert (machine.root / "urls").read_text().split() == [known.url, moved.url]
    again, error, hint = told.splitlines()
    assert again == "ocprov: the server has port 2 now, and is attached to again"
    assert (code, error) == (1, f"error: the server of {known.directory} has been stopped")
    assert "--ensure" in hint


def test_it_opens_the_conversation_that_was_worked_on_again(machine: Machine, peer: Peer) -> None:
    known = attachable(machine, peer, 'echo "$*" >>args; exec sleep 100')
    args = machine.root / "args"

    def started(times: int) -> list[str]:
        until(lambda: args.exists() and args.read_text().count("\n") == times)
        return args.read_text().splitlines()

    with running(machine.home / "shop") as other, attach("--dir", "shop", "--stay"):
        started(1)
        other.sessions = [{"id": "ses_a"}, {"id": "ses_sub", "parentID": "ses_a"}]
        record.write(replace(known, url=f"http://127.0.0.1:{other.port}", port=other.port))
        assert started(2)[1].endswith(f"{machine.home}/shop --session ses_a")
        record.write(replace(known, state="stopped", server=GONE))
        peer.sessions = [{"id": "ses_a"}, {"id": "ses_b"}]  # which of them was on show cannot be told
        until(lambda: "attach-" not in str(list(known.places.root.iterdir())))
        record.write(known)
        assert started(3)[2].endswith(f"--dir {machine.home}/shop")


def test_a_signal_in_the_moment_that_the_interface_starts_ends_it_too() -> None:
    with attaching._passed_on() as passing:
        signal.raise_signal(signal.SIGTERM)
        child = subprocess.Popen(["sleep", "1000"])
        passing.to(child)
        assert child.wait(timeout=60) == -signal.SIGTERM
    assert passing.told == [signal.SIGTERM]


@pytest.mark.parametrize(
    ("number", "script"),
    [
        pytest.param(signal.SIGHUP, "exec sleep 100", id="its window is closed"),
        pytest.param(signal.SIGTERM, "exec sleep 100", id="it is ended"),
        pytest.param(signal.SIGHUP, "while :; do sleep 1; done", id="it does not listen"),
    ],
)
def test_signals_are_passed_on_and_nothing_is_left(
    machine: Machine, peer: Peer, number: signal.Signals, script: str
) -> None:
    deaf = "" if script.startswith("exec") else "trap '' HUP TERM; "
    known = attachable(machine, peer, f"{deaf}echo $$ >pid; {script}")
    pid = machine.root / "pid"
    with attach("--dir", "shop") as terminal:
        child = process.of(int(until(lambda: pid.exists() and pid.read_text().strip())))
        terminal.child.send_signal(number)
        code, told = terminal.end()
    assert (code, told) == (128 + (signal.SIGKILL if deaf else number), "")
    assert not process.runs(child)
    assert list(known.places.root.glob("attach-*")) == []


@pytest.mark.slow
def test_the_real_interface_outlives_its_server(opencode: Opencode, machine: Machine) -> None:
    """It is there before, works after the server was killed, and goes when the window does."""
    known = opencode.ensure()
    command = f"exec {sys.executable} -m ocprov server attach --dir {known.directory}"
    machine.tmux("-f", "/dev/null", "new-session", "-d", "-s", "a", "-x", "100", "-y", "30", command)

    def screen() -> str:
        return machine.tmux("capture-pane", "-p", "-t", "a")

    until(lambda: "Ask anything" in screen())
    os.kill(known.server.pid, signal.SIGKILL)
    until(lambda: opencode.record().restarts == 1 and opencode.record().state == "ready")
    assert opencode.record().url == known.url

    machine.tmux("send-keys", "-t", "a", "-l", "hello again")
    # Keys that come faster are taken for a paste, their Enter too.
    until(lambda: "hello again" in screen())
    machine.tmux("send-keys", "-t", "a", "Enter")
    until(lambda: "hello again" in opencode.provider.prompts)
    (own,) = known.places.root.glob("attach-*")
    wrapper = process.of(int(own.name.removeprefix("attach-")))
    machine.tmux("kill-session", "-t", "=a")
    until(lambda: not process.runs(wrapper) and not own.exists())
    assert (
        known.url
        not in subprocess.run(["ps", "-A", "-o", "args="], capture_output=True, text=True, check=True).stdout
    )
