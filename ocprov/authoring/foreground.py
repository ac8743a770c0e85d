"""What runs in the foreground of a pane, as a command that a shell would read."""

import os
import shlex
import subprocess
from collections.abc import Iterable
from pathlib import Path

from ocprov.core.value import dataclass
from ocprov.errors import TmuxError
from ocprov.tmux.processes import interactive

_COLUMNS = "pid=,ppid=,pgid=,tpgid=,args="
_SURE = ""
_PIPELINE = "it was put together from what runs: redirections, and what comes after it, are not known"
_NO_WORDS = "where its words end is not known on this system"
_BYTES = "its arguments are not UTF-8"


@dataclass(frozen=True, slots=True)
class Running:
    """The command, empty for a shell at its prompt; `doubt` is what may be wrong about it."""

    command: str = ""
    doubt: str = _SURE


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    parent: int
    group: int
    foreground: int
    line: str


def running(pids: Iterable[int]) -> dict[int, Running]:
    """What runs in the terminals that these processes were started in; TmuxError when ps cannot tell."""
    table = {process.pid: process for process in map(_process, _ps().splitlines()) if process}
    return {pid: _running(table[pid], table) if pid in table else Running() for pid in pids}


def _process(line: str) -> _Process | None:
    words = line.split(None, 4)
    if len(words) != 5:
        return None
    pid, parent, group, foreground = map(int, words[:4])
    return _Process(pid, parent, group, foreground, words[4])


def _running(shell: _Process, table: dict[int, _Process]) -> Running:
    group = [process for process in table.values() if process.group == shell.foreground]
    heads = _heads(group)
    # Where this very command runs there is a prompt when it is over.
    ours = os.getpid() in {process.pid for process in group}
    if ours or not heads or any(interactive(head.line) for head in heads):
        return Running()
    commands = [_command(head) for head in sorted(heads, key=lambda head: head.pid)]
    doubts = [command.doubt for command in commands if command.doubt]
    if len(commands) > 1:
        doubts.insert(0, _PIPELINE)
    return Running(
        " | ".join(command.command for command in commands if command.command), "; ".join(doubts[:1])
    )


def _heads(group: list[_Process]) -> list[_Process]:
    """The processes that others of the group come from; of a subshell those that it runs."""
    members = {process.pid for process in group}
    heads = [process for process in group if process.parent not in members]
    children = [process for process in group if process.parent in {head.pid for head in heads}]
    if len(heads) == 1 and children and interactive(heads[0].line):
        return _heads([process for process in group if process.pid != heads[0].pid])
    return heads


def _command(process: _Process) -> Running:
    words = _words(process)
    if words is None:
        return Running(process.line, _NO_WORDS)
    try:
        line = shlex.join(words)
        line.encode()
    except UnicodeEncodeError:
        return Running("", _BYTES)
    return Running(line)


def _words(process: _Process) -> list[str] | None:
    """Its arguments, which Linux tells as they are; None where only ps tells, a line of them."""
    try:
        data = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    except OSError:
        return None
    words = [word.decode("utf-8", "surrogateescape") for word in data.rstrip(b"\0").split(b"\0")]
    # A program that gives itself a title has that for its only word.
    return words[0].split() if len(words) == 1 and " " in words[0] and not Path(words[0]).exists() else words


def _ps() -> str:
    try:
        return subprocess.run(
            ["ps", "-A", "-ww", "-o", _COLUMNS], capture_output=True, timeout=10, check=True
        ).stdout.decode("utf-8", "surrogateescape")
    except (OSError, subprocess.SubprocessError) as error:
        raise TmuxError("cannot list processes with ps", "install it: apt install procps") from error
