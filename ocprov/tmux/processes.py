"""Which processes live, asked portably."""

import os
import subprocess
from dataclasses import dataclass

from ocprov.errors import TmuxError

_BORN_WITH = 5


@dataclass(frozen=True, slots=True)
class Process:
    """One process: its id, its parent's, and its arguments in one line."""

    pid: int
    parent: int
    arguments: str


def alive(pid: int) -> bool:
    """Whether a process with this id exists."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def at_rest() -> frozenset[int]:
    """The ids of processes that nothing keeps busy: in the foreground of their terminal, without a child.

    Helpers that a shell starts with itself, as some prompts do, are no work of its. TmuxError when ps cannot tell.
    """
    rows = [line.split() for line in _ps("pid=,ppid=,pgid=,tpgid=,etime=").splitlines()]
    age = {int(row[0]): _seconds(row[4]) for row in rows}
    works = {int(parent) for pid, parent, *_ in rows if age.get(int(parent), 0) - age[int(pid)] > _BORN_WITH}
    return frozenset(int(row[0]) for row in rows if row[2] == row[3] and int(row[0]) not in works)


def _seconds(elapsed: str) -> int:
    """ps tells `[[dd-]hh:]mm:ss`."""
    days, _, rest = elapsed.rpartition("-")
    seconds = 0
    for part in rest.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds + int(days or 0) * 86400


def table() -> dict[int, Process]:
    """Every process by its id; TmuxError when ps cannot tell."""
    found = {}
    for line in _ps("pid=,ppid=,args=").splitlines():
        pid, parent, arguments = (*line.split(None, 2), "")[:3]
        found[int(pid)] = Process(int(pid), int(parent), arguments)
    return found


def ancestors(processes: dict[int, Process]) -> frozenset[int]:
    """Our own process, its parent, and so on up."""
    found: set[int] = set()
    pid = os.getpid()
    while pid in processes and pid not in found:
        found.add(pid)
        pid = processes[pid].parent
    return frozenset(found)


def _ps(columns: str) -> str:
    try:
        # -ww: ps may cut its lines at the width of a terminal, or at COLUMNS.
        return subprocess.run(
            ["ps", "-A", "-ww", "-o", columns], capture_output=True, text=True, timeout=10, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise TmuxError("cannot list processes with ps", "install it: apt install procps") from error
