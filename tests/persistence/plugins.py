"""tmux-resurrect and tmux-continuum for tests: our model of them, and the real ones where a checkout is named."""

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from tests.conftest import Machine, until

MODEL = Path(__file__).resolve().parent / "model"
# Read now: the machine of a test keeps hardly any of our environment.
REAL = os.environ.get("OCPROV_RESURRECT_DIR"), os.environ.get("OCPROV_CONTINUUM_DIR")

How = Literal["quiet", "blocking", "background"]
LOADED: dict[How, str] = {
    "quiet": "run-shell '{} >/dev/null 2>&1'",
    "blocking": "run-shell {}",
    "background": "run-shell -b {}",
}

# continuum restores nothing 10 s after the start of a server, for which a busy machine may stand still.
LATE = "set -g @continuum-restore-max-delay 600"

# continuum counts the user's tmux processes on the whole computer: this hides those of other tests from it, and what
# it takes for more servers in 3 of 20 starts, and then restores nothing: calls of its own, and what the server forked
# for a pane or a job and is not yet another program, or is one by now.
PS = """#!/bin/sh
[ "$1" = -u ] && [ -e /proc/self/environ ] || exec {ps} "$@"
{ps} "$@" | while IFS= read -r line; do
	case $line in
	"tmux show-option "*|"tmux set-option "*) continue ;;
	tmux*)
		pid=${{line##* }} parent=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/${{line##* }}/status")
		cmp -s "/proc/$pid/cmdline" "/proc/$parent/cmdline" && continue
		case $(tr '\\0' ' ' <"/proc/$pid/cmdline") in tmux*) ;; *) continue ;; esac
		tr '\\0' '\\n' 2>/dev/null <"/proc/$pid/environ" | grep -qxF {tmpdir} || continue ;;
	esac
	printf '%s\\n' "$line"
done 2>/dev/null
"""


@dataclass(frozen=True, slots=True)
class Plugins:
    """Where the two plugins are."""

    resurrect: Path
    continuum: Path


def available() -> list[object]:
    """The parameters of a test that runs with the model, and with the real plugins where they are."""
    found: list[object] = [pytest.param(Plugins(MODEL / "resurrect", MODEL / "continuum"), id="model")]
    if REAL[0] and REAL[1]:
        found.append(pytest.param(Plugins(Path(REAL[0]).resolve(), Path(REAL[1]).resolve()), id="real"))
    return found


def conf(machine: Machine, plugins: Plugins, *lines: str, how: How = "quiet") -> Path:
    """Write ~/.tmux.conf: `lines`, then the plugins, loaded as tpm does, or by run-shell, with or without -b."""
    ps = machine.root / "bin/ps"
    ps.parent.mkdir(exist_ok=True)
    tmpdir = shlex.quote(f"TMUX_TMPDIR={os.environ['TMUX_TMPDIR']}")
    ps.write_text(PS.format(ps=shutil.which("ps", path=os.defpath), tmpdir=tmpdir))
    ps.chmod(0o755)
    loads = [
        LOADED[how].format(path)
        for path in (plugins.resurrect / "resurrect.tmux", plugins.continuum / "continuum.tmux")
    ]
    path = machine.home / ".tmux.conf"
    before = [f'set-environment -g PATH "{ps.parent}:$PATH"', LATE]
    path.write_text("\n".join([*before, *lines, *loads]) + "\n")
    return path


both = pytest.mark.parametrize("plugins", available())


def start(machine: Machine, plugins: Plugins, session: str, *lines: str, how: How = "quiet") -> None:
    """Start a server with this session, the plugins loaded after some lines of tmux.conf."""
    conf(machine, plugins, *lines, how=how)
    machine.tmux("new-session", "-d", "-s", session)


def directory(machine: Machine) -> Path:
    """Where saves go in a HOME that says nothing else."""
    return machine.home / ".local/share/tmux/resurrect"


def save(machine: Machine) -> str:
    """Save what the server runs, and give the content of the last save, which may be an older equal one."""
    # Two saves in the same second would be one file: equal to itself, therefore removed.
    until(lambda: not (directory(machine) / time.strftime("tmux_resurrect_%Y%m%dT%H%M%S.txt")).exists())
    _run(machine, "@resurrect-save-script-path")
    last = directory(machine) / "last"
    return last.read_text() if last.exists() else ""


def restore(machine: Machine) -> None:
    """Restore the last save into the running server."""
    _run(machine, "@resurrect-restore-script-path")


def by_hand(machine: Machine, *lines: Sequence[str]) -> None:
    """Make the last save one of these lines of fields; see `pane` and `window`."""
    directory(machine).mkdir(parents=True, exist_ok=True)
    text = "".join("\t".join(line) + "\n" for line in [*lines, ("state", "", "")])
    (directory(machine) / "by_hand.txt").write_text(text)
    last = directory(machine) / "last"
    last.unlink(missing_ok=True)
    last.symlink_to("by_hand.txt")


def pane(session: str, window: int, command: str = "", index: int = 0, path: str = "/") -> list[str]:
    """The fields of a pane's line in a save."""
    return [
        "pane",
        session,
        str(window),
        "1",
        ":*",
        str(index),
        "title",
        f":{path}",
        "1",
        "sh",
        f":{command}",
    ]


def window(session: str, index: int, name: str, renamed: str = "off") -> list[str]:
    """The fields of a window's line in a save."""
    return ["window", session, str(index), f":{name}", "1", ":*", "b25d,80x24,0,0,0", renamed]


def typed(machine: Machine, target: str) -> str:
    """What stands in a pane when all that has been typed into it before this call is there."""
    machine.tmux("send-keys", "-t", target, ": that is all", "Enter")

    def screen() -> str:
        text = machine.tmux("capture-pane", "-pJ", "-t", target)
        return text if ": that is all" in text else ""

    return until(screen)


def runs(machine: Machine, target: str, command: str, *children: str) -> None:
    """Type a command and wait until the pane's shell has started, and has just these children."""
    pid = machine.tmux("display-message", "-p", "-t", target, "#{pane_pid}")
    machine.tmux("send-keys", "-t", target, command, "Enter")
    until(lambda: machine.tmux("display-message", "-p", "-t", target, "#{pane_current_command}") != "tmux")
    until(lambda: _children(pid) == sorted(children))


def _children(pid: str) -> list[str]:
    lines = subprocess.run(["ps", "-ewwo", "ppid=,args="], capture_output=True, text=True, check=True).stdout
    found = (line.split(maxsplit=1) for line in lines.splitlines())
    return sorted(words[1] for words in found if words[0] == pid)


def _run(machine: Machine, option: str) -> None:
    script = machine.tmux("show-options", "-gv", option)
    assert script, f"{option} is not set: the plugin is not loaded"
    machine.tmux("run-shell", f"{shlex.quote(script)} quiet >/dev/null 2>&1")
