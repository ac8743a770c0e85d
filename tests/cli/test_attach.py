"""Attaching, as a person at a terminal: tmux runs in a terminal of another tmux."""

import sys
from collections.abc import Callable

import pytest

from ocprov.tmux import client, provision
from ocprov.tmux.apply import Manner
from tests.conftest import Machine, until

LAYOUT = "---\nsession_name: opencode-observability-{0}\nwindows:\n  - window_name: {0}-run\n    panes: [sleep 1000]\n"


@pytest.fixture
def typed(machine: Machine) -> Callable[[str], None]:
    """Types a line into a terminal; `screen` reads it."""
    for name in ("one", "two"):
        machine.layout(name, LAYOUT.format(name))
    machine.tmux(
        "-L", "terminal", "-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "30", "env -u TMUX sh"
    )

    def type_line(line: str) -> None:
        machine.tmux("-L", "terminal", "send-keys", line, "Enter")

    return type_line


def screen(machine: Machine) -> str:
    return machine.tmux("-L", "terminal", "capture-pane", "-p")


def clients(machine: Machine) -> list[str]:
    return machine.tmux("list-clients", "-F", "#{session_name}").splitlines()


def test_up_attaches_in_the_size_of_the_terminal(machine: Machine, typed: Callable[[str], None]) -> None:
    typed(f"{sys.executable} -m ocprov up one")
    until(lambda: clients(machine) == ["opencode-observability-one"])
    until(lambda: "one-run" in screen(machine))
    size = machine.tmux("list-windows", "-t", "=opencode-observability-one", "-F", "#{window_width}")
    assert size == "120"


def test_attach_and_inside_tmux_switch(machine: Machine, typed: Callable[[str], None]) -> None:
    for name in ("one", "two"):
        assert machine.ocprov("up", "-d", name).returncode == 0
    typed(f"{sys.executable} -m ocprov attach one")
    until(lambda: clients(machine) == ["opencode-observability-one"])
    machine.tmux("new-window", "-t", "=opencode-observability-one:", "-n", "prompt", "sh")
    machine.tmux(
        "send-keys",
        "-t",
        "=opencode-observability-one:=prompt",
        f"{sys.executable} -m ocprov attach two",
        "Enter",
    )
    until(lambda: clients(machine) == ["opencode-observability-two"])
    machine.tmux(
        "send-keys",
        "-t",
        "=opencode-observability-one:=prompt",
        f"{sys.executable} -m ocprov up one",
        "Enter",
    )
    until(lambda: clients(machine) == ["opencode-observability-one"])


def test_a_session_on_another_server_is_not_nested(machine: Machine, typed: Callable[[str], None]) -> None:
    assert machine.ocprov("-L", "other", "up", "-d", "one").returncode == 0
    assert machine.ocprov("up", "-d", "two").returncode == 0
    typed(f"{sys.executable} -m ocprov attach two")
    until(lambda: clients(machine) == ["opencode-observability-two"])
    machine.tmux("new-window", "-t", "=opencode-observability-two:", "-n", "prompt", "sh")
    pane = "=opencode-observability-two:=prompt"
    machine.tmux("send-keys", "-t", pane, f"{sys.executable} -m ocprov -L other attach one", "Enter")
    until(lambda: "detach first" in machine.tmux("capture-pane", "-p", "-t", pane))


def test_down_asks_a_person(machine: Machine, typed: Callable[[str], None]) -> None:
    assert machine.ocprov("up", "-d", "one").returncode == 0
    typed(f"{sys.executable} -m ocprov down one")
    until(lambda: "End opencode-observability-one" in screen(machine))
    typed("n")
    until(lambda: "nothing was ended" in screen(machine))
    assert machine.windows("opencode-observability-one")
    typed("clear")
    until(lambda: "nothing was ended" not in screen(machine))
    typed(f"{sys.executable} -m ocprov down one")
    until(lambda: "End opencode-observability-one" in screen(machine))
    typed("y")
    until(lambda: "ended, 1 pane" in screen(machine))
    assert machine.tmux("list-sessions") == ""


def test_colours_on_a_terminal_unless_no_color(machine: Machine, typed: Callable[[str], None]) -> None:
    assert machine.ocprov("up", "-d", "one").returncode == 0
    typed(f"{sys.executable} -m ocprov status")
    until(lambda: "\x1b[32mrunning" in machine.tmux("-L", "terminal", "capture-pane", "-e", "-p"))
    typed(f"clear; NO_COLOR=1 {sys.executable} -m ocprov status; echo do''ne")
    until(lambda: "\ndone" in screen(machine) and "one-run" in screen(machine))
    assert "\x1b[32mrunning" not in machine.tmux("-L", "terminal", "capture-pane", "-e", "-p")


def test_ctrl_c_while_waiting_for_another_ocprov(machine: Machine, typed: Callable[[str], None]) -> None:
    with provision.locked(client.server(), "opencode-observability-one", Manner(10, lambda _: None)):
        typed(f"{sys.executable} -m ocprov up -d one; echo code $?")
        until(lambda: "waiting for another ocprov" in screen(machine))
        machine.tmux("-L", "terminal", "send-keys", "C-c")
        until(lambda: "code 130" in screen(machine))
