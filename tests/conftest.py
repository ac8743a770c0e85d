"""A machine of the test's own: HOME, state, and a tmux socket directory that nobody else uses."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner

from ocprov.cli.main import cli

Result = subprocess.CompletedProcess[str]

KEPT = ("PATH", "LANG", "LC_ALL", "CI", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG", "COVERAGE_FILE")
# Long, because a busy machine stands still for seconds now and then; what is in order never waits for it.
DEADLINE = 60.0

T = TypeVar("T")

# Under nohup or in the background of a script they are ignored, which programs that a test starts would inherit; what
# is handled they do not.
for _number in (signal.SIGHUP, signal.SIGINT):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, lambda *_: None)


def until(question: Callable[[], T], deadline: float = DEADLINE) -> T:
    """The first true answer; an AssertionError with the last one when none comes in time."""
    end = time.monotonic() + deadline
    while not (answer := question()):
        assert time.monotonic() < end, f"still {answer!r} after {deadline} s"
        time.sleep(0.02)
    return answer


def _state(pid: str) -> str:
    done = subprocess.run(["ps", "-o", "stat=", "-p", pid], capture_output=True, text=True, check=False)
    return done.stdout.strip()


@dataclass(frozen=True, slots=True)
class Machine:
    """A fresh HOME and a private tmux, as a person or a script has them."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def state(self) -> Path:
        return self.home / ".local/state/ocprov"

    @property
    def layouts(self) -> Path:
        return self.home / ".config/ocprov/layouts"

    def ocprov(self, *arguments: str, **more: str) -> Result:
        """Run the command line in this process, without a terminal; `more` goes into its environment."""
        done = CliRunner().invoke(cli, arguments, env=more, prog_name="ocprov")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)

    def process(self, *arguments: str, **more: str) -> Result:
        """Run `ocprov` as a process of its own, without a terminal."""
        return subprocess.run(
            [sys.executable, "-m", "ocprov", *arguments],
            env={**os.environ, **more},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def tmux(self, *arguments: str) -> str:
        """What a tmux client prints; empty where no server runs."""
        done = subprocess.run(
            ["tmux", "-u", *arguments],
            env=dict(
                os.environ
            ),  # without what readline puts only into C's environment: COLUMNS, by which ps cuts
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout.rstrip("\n")

    def end_tmux(self) -> None:
        """End the server, if one runs, after the run-shell jobs it has; while it ends, the next client fails."""
        if pid := self.tmux("display-message", "-p", "#{pid}"):
            self.tmux("kill-server")
            until(lambda: _state(pid)[:1] in {"", "Z"})

    def windows(self, session: str) -> list[str]:
        """The names of a session's windows, in order, as `index name`."""
        return self.tmux(
            "list-windows", "-t", f"={session}", "-F", "#{window_index} #{window_name}"
        ).splitlines()

    def layout(self, name: str, text: str) -> Path:
        """Write a layout of the user's."""
        path = self.layouts / f"{name}.yaml.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """A machine of the test's own, made the environment of the test itself too."""
    yield from fresh(tmp_path, monkeypatch)


def fresh(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """A machine in an empty directory, for as long as a fixture of any scope lives."""
    for name in set(os.environ) - set(KEPT):
        monkeypatch.delenv(name)
    made = Machine(root)
    made.home.mkdir()
    (root / "tmux").mkdir(mode=0o700)
    for name, value in {
        "HOME": made.home,
        "TMUX_TMPDIR": root / "tmux",
        "SHELL": "/bin/sh",
        "TERM": "xterm-256color",
    }.items():
        monkeypatch.setenv(name, str(value))
    if "LANG" not in os.environ and "LC_ALL" not in os.environ:
        monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.chdir(made.home)
    yield made
    for socket in (root / "tmux").rglob("*"):
        if socket.is_socket():
            made.tmux("-S", str(socket), "kill-server")
