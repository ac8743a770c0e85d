"""Which processes live, asked portably."""

import os
import re

from ocprov.core.value import dataclass
from ocprov.errors import TmuxError

_BORN_WITH = 5
_COLUMNS = 7
_SHELLS = frozenset(
    [
        "sh",
        "ash",
        "bash",
        "busybox",
        "csh",
        "dash",
        "elvish",
        "fish",
        "ksh",
        "mksh",
        "nu",
        "tcsh",
        "xonsh",
        "zsh",
    ]
)
_OPTION = re.compile(r"-[abd-z]+|--(login|norc|noprofile|posix|interactive)")  # without -c


@dataclass(frozen=True, slots=True)
class Process:
    """One process: its id, its parent's, and its arguments in one line."""

    pid: int
    parent: int
    arguments: str


@dataclass(frozen=True, slots=True)
class Rest:
    """A shell at its prompt: its age in seconds, and whether it is alone, or has a helper that it started with."""

    age: int
    alone: bool


def at_rest() -> dict[int, Rest]:
    """The interactive shells that sit at their prompt, by process id: in the foreground of their terminal, no work.

    TmuxError when ps cannot tell.
    """
    rows = [line.split(None, 6) for line in _ps("pid=,ppid=,pgid=,tpgid=,stat=,etime=,args=").splitlines()]
    rows = [row for row in rows if len(row) == _COLUMNS]
    age = {row[0]: _seconds(row[5]) for row in rows}
    parents = {row[1] for row in rows}
    works = {
        parent
        for pid, parent, _, _, state, *_ in rows
        if state.startswith("T") or age.get(parent, 0) - age[pid] > _BORN_WITH
    }
    return {
        int(pid): Rest(age[pid], alone=pid not in parents)
        for pid, _, group, foreground, _, _, arguments in rows
        if group == foreground and pid not in works and interactive(arguments)
    }


def interactive(arguments: str) -> bool:
    """Whether it is a shell without a script or a command: what is idle else may be about to go on."""
    shell, *rest = arguments.split()
    return shell.removeprefix("-").rpartition("/")[2] in _SHELLS and all(
        _OPTION.fullmatch(word) for word in rest
    )


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
    import subprocess  # late: few runs look at processes

    try:
        # -ww: ps may cut its lines at the width of a terminal, or at COLUMNS.
        return subprocess.run(
            ["ps", "-A", "-ww", "-o", columns],
            capture_output=True,
            text=True,
            errors="replace",  # anybody's arguments, in any encoding
            timeout=60,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise TmuxError("cannot list processes with ps", "install it: apt install procps") from error
