"""The picker and the live view end well: killed, or left while tmux hangs, the terminal is as it was before."""

import os
import signal

import pytest

from tests.cli.test_pick import OCPROV, Terminal, need_fzf, printed
from tests.conftest import Machine, until
from tests.short import ways

LAYOUT = """\
session_name: opencode-observability-one
windows:
  - window_name: one-run
    panes: ["echo I am one; sleep 1000"]
"""
VIEWS = {
    "builtin": ("pick", "type to filter", "Escape"),
    "fzf": ("pick", "I am one", "Escape"),
    "watch": ("status --watch --interval 0.2", "? help", "q"),
}


@pytest.fixture
def terminal(machine: Machine) -> Terminal:
    """A terminal, and a layout that is live."""
    machine.layout("one", LAYOUT)
    assert machine.ocprov("up", "-d", "one").returncode == 0
    printed(machine, "opencode-observability-one", "I am one")
    return Terminal(machine)


def opened(terminal: Terminal, view: str) -> int:
    """A view that is open; the id of its process."""
    words, shown, _ = VIEWS[view]
    if view == "fzf":
        need_fzf()
    pid = terminal.machine.root / "pid"
    terminal.type(
        f"clear; OCPROV_PICK_PROGRAM={view.replace('watch', 'auto')}; export OCPROV_PICK_PROGRAM; "
        f"sh -c 'echo $$ >{pid}; exec {OCPROV} {words}'; echo co''de $?"
    )
    terminal.shows(shown)
    return int(pid.read_text())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["TERM", "HUP"])
@pytest.mark.parametrize("view", VIEWS)
def test_killed_it_leaves_the_terminal_well(terminal: Terminal, view: str, number: signal.Signals) -> None:
    os.kill(opened(terminal, view), number)
    terminal.shows(f"code {128 + number}")
    assert VIEWS[view][1] not in terminal.screen()
    terminal.type("echo; echo the te''rminal is well")  # the prompt may be there after what is typed
    terminal.shows("echo the te''rminal is well", "\nthe terminal is well")


@pytest.mark.parametrize("view", ["builtin", "watch"])
def test_a_tmux_that_hangs_keeps_nobody_from_leaving(terminal: Terminal, machine: Machine, view: str) -> None:
    hangs = machine.root / "hangs"
    asked = machine.root / "asked"
    path, _ = ways.recorded(
        machine, f'[ ! -e {hangs} ] || {{ echo $$ >{asked}; exec sleep 600; }}; exec "$real" "$@"'
    )
    terminal.type(f"PATH={path}; export PATH")
    opened(terminal, view)
    hangs.touch()
    until(lambda: asked.exists() and asked.read_text())
    terminal.keys(VIEWS[view][2])
    terminal.shows("code ")
    os.kill(int(asked.read_text()), signal.SIGKILL)  # whoever waits for it ends it before
