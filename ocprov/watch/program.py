"""Run programs that are not ours: with a time limit, in a place of their own, their output of a bounded size."""

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from ocprov import state
from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.questions import search_path

LARGEST = 64 * 1024 * 1024
# A report may take half a gigabyte of memory, and all its time is the processor's.
AT_ONCE = 2
_NAP = 0.2
_INSTALL = {"ocmonitor": "it is in the package opencode-monitor: uv tool install opencode-monitor"}


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def reason(self) -> str:
        """Why it failed, in a line: the last that it complained with."""
        lines = (self.err.strip() or self.out.strip()).splitlines()
        return f"it ended with {self.code}" + (f": {printable(lines[-1].strip())[:200]}" if lines else "")


def run(command: Sequence[str], *, patience: float, environment: Mapping[str, str], stdin: str = "") -> Ran:
    """Run one program; see `run_all`."""
    return run_all([command], patience=patience, environment=environment, stdin=stdin)[0]


def run_all(
    commands: Sequence[Sequence[str]], *, patience: float, environment: Mapping[str, str], stdin: str = ""
) -> list[Ran]:
    """Run programs, two at a time, `patience` seconds for each; what they leave in their directory stays out of sight.

    OcprovError when one is not there, takes longer, or prints more than 64 MiB; the others are ended then.
    """
    place = workplace()
    results: list[Ran] = []
    for first in range(0, len(commands), AT_ONCE):
        with ExitStack() as all_over:
            started = [
                all_over.enter_context(_started(command, place, environment, stdin))
                for command in commands[first : first + AT_ONCE]
            ]
            deadline = time.monotonic() + patience
            results += [one.result(deadline, patience) for one in started]
    return results


def workplace() -> Path:
    """Where programs run: ocmonitor makes ./exports and reads ./config.toml wherever it starts."""
    return state.private_dir(state.state_dir() / "watch")


def environment() -> dict[str, str]:
    """The caller's environment for such a program, without settings of ocprov, some of which are secrets."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OCPROV_")}
    return kept | {"PATH": search_path()}


class _Started:
    """A program that runs, and the files that it prints into.

    No pipes: a program of the background that a command starts may keep them open for ever.
    """

    def __init__(self, name: str, process: "subprocess.Popen[bytes]", out: IO[bytes], err: IO[bytes]) -> None:
        self._name = printable(name)
        self._process = process
        self._out = out
        self._err = err

    def result(self, deadline: float, patience: float) -> Ran:
        """Wait until it is over."""
        while not self._over(min(_NAP, max(0.0, deadline - time.monotonic()))):
            if time.monotonic() >= deadline:
                raise OcprovError(
                    f"{self._name} gave no answer within {patience:g} s", f"run {self._name} by hand"
                )
            self._refuse_much()
        self._refuse_much()
        return Ran(self._process.returncode, _text(self._out), _text(self._err))

    def end(self) -> None:
        """Kill what still runs of it; nothing when it is over."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _over(self, seconds: float) -> bool:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
            return True
        return False

    def _refuse_much(self) -> None:
        if any(os.fstat(file.fileno()).st_size > LARGEST for file in (self._out, self._err)):
            raise OcprovError(f"{self._name} printed more than 64 MiB", f"run {self._name} by hand")


@contextmanager
def _started(
    command: Sequence[str], place: Path, environment: Mapping[str, str], stdin: str
) -> Iterator[_Started]:
    with ExitStack() as over:
        try:
            given, out, err = (over.enter_context(tempfile.TemporaryFile(dir=place)) for _ in range(3))
            given.write(stdin.encode())
            given.seek(0)
            with _signals_later():
                process = subprocess.Popen(
                    [_found(command[0], environment), *command[1:]],
                    cwd=place,
                    env=dict(environment),
                    stdin=given,
                    stdout=out,
                    stderr=err,
                    start_new_session=True,  # where it has to be ended, what it started ends with it
                )
                started = _Started(command[0], process, out, err)
                over.callback(started.end)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "a NUL character"
            raise OcprovError(f"cannot run {printable(command[0])}: {why}", f"df -h {place}") from error
        yield started


@contextmanager
def _signals_later() -> Iterator[None]:
    """Have what is to end us wait: out of the middle of Popen it would leave a program behind that nobody knows of."""
    came: list[int] = []
    before = {}
    if threading.current_thread() is threading.main_thread():  # elsewhere none comes
        ends = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: handler for number in ends if callable(handler := signal.getsignal(number))}
    try:
        for number in before:
            signal.signal(number, lambda number, _: came.append(number))
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for one in came:
            signal.raise_signal(one)


def _found(name: str, environment: Mapping[str, str]) -> str:
    import shutil

    found = shutil.which(name, path=environment["PATH"])
    if found is None:
        how = _INSTALL.get(name, f"install {printable(name)}, or correct PATH")
        raise OcprovError(f"{printable(name)} is not on PATH", how)
    return found


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")
