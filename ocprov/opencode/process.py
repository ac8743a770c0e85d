"""Processes by id, told from others that got the same id later."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from ocprov.opencode.record import Process

_STARTED = 19  # the field of /proc/PID/stat, counted from behind the name
_NAP = 0.02


def this() -> Process:
    """This process."""
    return of(os.getpid())


def of(pid: int) -> Process:
    """The process of that id, its start empty when it does not run."""
    return Process(pid, _started(pid))


def runs(process: Process) -> bool:
    """Whether that very process runs (a zombie does not)."""
    return process.pid > 0 and bool(process.started) and _started(process.pid) == process.started


def end(process: Process, patience: float, *, group: bool = False) -> bool:
    """Ask it to end, and kill it after `patience` seconds; `group`: what is left of its process group too.

    Whether it ran. It must be ours: by `runs`, which is asked again before each signal.
    """
    if not runs(process):
        return False
    _signal(process, signal.SIGTERM)
    if not gone(process, patience):
        _signal(process, signal.SIGKILL)
        gone(process, patience)
    if group:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    return True


def gone(process: Process, patience: float) -> bool:
    """Whether it has ended within `patience` seconds."""
    deadline = time.monotonic() + patience
    while runs(process):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_NAP)
    return True


def memory(pid: int) -> int:
    """Its resident memory in bytes, 0 where that cannot be told."""
    return int(_ps(pid, "rss=") or 0) * 1024


def _signal(process: Process, number: signal.Signals) -> None:
    if runs(process):
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)


def _started(pid: int) -> str:
    """When it started, as the system counts; empty when it does not run, or only as a zombie."""
    if not Path("/proc/self/stat").exists():
        return _ps(pid, "lstart=")
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[_STARTED]


def _ps(pid: int, column: str) -> str:
    done = subprocess.run(
        ["ps", "-p", str(pid), "-o", column], capture_output=True, text=True, check=False, timeout=10
    )
    return done.stdout.strip()
