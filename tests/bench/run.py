"""One run of a program: how long, how much CPU and memory, which tmux processes, which imports."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.bench.place import Place

LONGEST = 300

T = TypeVar("T")
_IMPORT = re.compile(r"^import time:\s*\d+ \|\s*\d+ \|\s*(\S+)$", re.MULTILINE)

# A program that was started keeps the peak memory of who started it until it grows past that: this one is small.
_WEIGH = """\
import os, sys
null = [(os.POSIX_SPAWN_OPEN, n, os.devnull, os.O_WRONLY, 0) for n in (1, 2)]
os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=null)
print(os.wait3(0)[2].ru_maxrss)
"""


@dataclass(frozen=True, slots=True)
class Command:
    """What is run: arguments, and what it reads."""

    argv: tuple[str, ...]
    stdin: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run took, in seconds; `cpu` is that of the program and of the clients it waited for."""

    seconds: float
    cpu: float
    code: int
    said: str


def timed(command: Command, at: Place) -> Run:
    """Run a program once; TimeoutError after LONGEST seconds."""
    said, stdin = at.root / "said", at.root / "stdin"
    stdin.write_text(command.stdin)
    writes = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, said, writes, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    program, environment = _program(command, at), at.environment
    with chdir(at.root):
        start = time.perf_counter()
        pid = os.posix_spawn(program, command.argv, environment, file_actions=actions)
        with _patience(pid):
            _, status, usage = os.wait4(pid, 0)
        seconds = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    return Run(seconds, usage.ru_utime + usage.ru_stime, code, said.read_text(errors="replace"))


@contextmanager
def _patience(pid: int) -> Iterator[None]:
    def late(*_: object) -> None:
        os.kill(pid, signal.SIGKILL)
        raise TimeoutError(f"no end after {LONGEST} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _program(command: Command, at: Place) -> str:
    found = shutil.which(command.argv[0], path=at.environment["PATH"])
    if not found:
        raise FileNotFoundError(command.argv[0])
    return found


def peak_memory(command: Command, at: Place) -> int:
    """The peak memory in KiB of a program, or of a client it waited for; some 8 MiB are the least it can tell."""
    argv = (sys.executable, "-I", "-S", "-c", _WEIGH, _program(command, at), *command.argv[1:])
    peak = int(_done(argv, at.environment, at, command.stdin).stdout)
    return peak // 1024 if sys.platform == "darwin" else peak


def imports(argv: tuple[str, ...], at: Place) -> frozenset[str]:
    """The modules that a Python program imports beyond those of a bare start."""
    bare = imported(_profiled((sys.executable, "-c", "pass"), at))
    return imported(_profiled(argv, at)) - bare


def imported(profile: str) -> frozenset[str]:
    """The modules that `PYTHONPROFILEIMPORTTIME` tells of."""
    return frozenset(_IMPORT.findall(profile))


def _profiled(argv: tuple[str, ...], at: Place) -> str:
    return _done(argv, {**at.environment, "PYTHONPROFILEIMPORTTIME": "1"}, at).stderr


def _done(
    argv: tuple[str, ...], environment: dict[str, str], at: Place, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv,
        env=environment,
        cwd=at.root,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )


def countable_tmux(directory: Path) -> Path:
    """A directory to come first on PATH, whose `tmux` is the real one until `tmux_calls` counts."""
    front = directory / "front"
    front.mkdir()
    # What launchers in panes tell tmux later is not the command's doing; they have TMUX_PANE.
    script = '#!/bin/sh\n[ -n "$TMUX_PANE" ] || echo "$*" >>"{}"\nexec {} "$@"\n'
    (front / "counting").write_text(script.format(front / "calls", _real_tmux()))
    (front / "counting").chmod(0o755)
    (front / "tmux").symlink_to(_real_tmux())
    return front


def tmux_calls(front: Path, call: Callable[[], T]) -> tuple[T, list[str]]:
    """What a call gives, and the calls of tmux meanwhile; PATH stays as it is, which caches depend on."""
    _put(front, "counting")
    try:
        given = call()
    finally:
        _put(front, _real_tmux())
    noted = front / "calls"
    lines = noted.read_text().splitlines() if noted.exists() else []
    noted.unlink(missing_ok=True)
    return given, lines


def _put(front: Path, target: str) -> None:
    (front / "next").symlink_to(target)
    (front / "next").replace(front / "tmux")


def _real_tmux() -> str:
    found = shutil.which("tmux")
    if not found:
        raise FileNotFoundError("tmux")
    return found
