"""`@ocprov_attention` in a real tmux: who changes what it is made of, and what it says then."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocprov.core import attention, launcher
from ocprov.core.desired import Pane
from ocprov.errors import TmuxError
from ocprov.tmux import client
from ocprov.tmux.attention import set_source
from tests.conftest import Machine, until
from tests.tmux.test_launcher_in_tmux import PROMPT, SH, installed

SESSION = "opencode-observability-monitoring"
LAYOUT = f"""---
session_name: {SESSION}
windows:
  - window_name: good
    panes: [sleep 1000]
  - window_name: fails
    panes: ["test -e $HOME/mended && sleep 1000; exit 3"]
  - window_name: ends
    panes: ["exit 0"]
  - window_name: twice
    panes: ["exit 1", "exit 2", sleep 1000]
"""


def says(machine: Machine, text: str) -> None:
    until(lambda: machine.tmux("show-options", "-gqv", attention.ATTENTION) == text)


@pytest.fixture
def failed(machine: Machine) -> Machine:
    """A session of four windows, of which two failed."""
    machine.layout("monitoring", LAYOUT)
    machine.tmux("-f", "/dev/null", "new-session", "-d", "-s", "other ##(touch pwn) | '")
    assert machine.ocprov("up", "-d", "monitoring").returncode == 0
    for pane in ("fails.0", "twice.0", "twice.1"):  # "!2" is told with one of two panes
        until(lambda pane=pane: PROMPT in machine.tmux("capture-pane", "-p", "-t", f"={SESSION}:{pane}"))  # type: ignore[misc] # mypy cannot infer a lambda with a default
    says(machine, "!2")
    return machine


def test_windows_that_failed_are_counted_and_no_python_does_it(failed: Machine) -> None:
    failed.tmux("send-keys", "-t", f"={SESSION}:twice.0", "C-d")
    until(
        lambda: "shell" in failed.tmux("show-options", "-pqv", "-t", f"={SESSION}:twice.0", "@ocprov_state")
    )
    says(failed, "!2")
    failed.tmux("send-keys", "-t", f"={SESSION}:twice.1", "C-d")
    says(failed, "!1")
    (failed.home / "mended").touch()
    failed.tmux("send-keys", "-t", f"={SESSION}:fails", "Enter")
    says(failed, "")


@pytest.mark.parametrize("end", ["kill-window", "kill-pane", "respawn-window"])
def test_a_window_that_a_person_closes_calls_no_longer(failed: Machine, end: str) -> None:
    more = ("-k", "sleep 1000") if end == "respawn-window" else ()
    failed.tmux(end, "-t", f"={SESSION}:fails", *more)

    says(failed, "!1")


def test_a_session_that_a_person_ends_calls_no_longer(failed: Machine) -> None:
    failed.tmux("kill-session", "-t", f"={SESSION}")
    says(failed, "")


def test_a_launcher_that_is_killed_leaves_a_shell_that_calls_for_nothing(failed: Machine) -> None:
    pid = failed.tmux("show-options", "-pqv", "-t", f"={SESSION}:fails", "@ocprov_state").split()[3]
    os.kill(int(pid), 1)  # SIGHUP, as from a terminal that goes
    says(failed, "!1")
    assert failed.tmux("show-options", "-pqv", "-t", f"={SESSION}:fails", "@ocprov_state").startswith("shell")


@pytest.mark.parametrize("told_by", ["its signal", "its terminal's end"])
def test_a_launcher_that_another_one_replaced_says_nothing_of_the_pane(failed: Machine, told_by: str) -> None:
    pane, state = f"={SESSION}:fails", ("show-options", "-pqv", "-t", f"={SESSION}:fails", "@ocprov_state")
    pid = failed.tmux(*state).split()[-1]
    failed.tmux("set-option", "-p", "-t", pane, "@ocprov_state", "running 1 - 1")  # as the one after it tells
    if told_by == "its signal":
        os.kill(int(pid), 1)  # SIGHUP, as respawn-pane sends it, which may arrive late
    else:
        failed.tmux("send-keys", "-t", pane, "C-d")  # what it reads there may be at its end before that
    until(lambda: not Path(f"/proc/{pid}").exists())
    says(failed, "!1")
    assert failed.tmux(*state) == "running 1 - 1"


def test_up_restart_and_down_leave_it_right(failed: Machine) -> None:
    (failed.home / "mended").touch()
    assert failed.ocprov("restart", "monitoring", "fails").returncode == 0
    says(failed, "!1")
    failed.layout("monitoring", LAYOUT.replace('"exit 1", "exit 2", ', ""))
    assert failed.ocprov("up", "-d", "--prune", "monitoring").returncode == 0
    says(failed, "")

    failed.layout("monitoring", LAYOUT)
    (failed.home / "mended").unlink()
    assert failed.ocprov("up", "-d", "--restart-changed", "monitoring").returncode == 0
    says(failed, "!1")
    assert failed.ocprov("down", "--yes", "monitoring").returncode == 0
    says(failed, "")
    assert failed.tmux("list-sessions", "-F", "#{session_name}") == "other #(touch pwn) | '"


def test_it_counts_right_whatever_is_linked_grouped_moved_and_renamed(failed: Machine) -> None:
    failed.tmux("new-session", "-d", "-t", f"={SESSION}", "-s", "grouped")
    failed.tmux("rename-session", "-t", f"={SESSION}:", "new ##{pid}, }} name")
    failed.tmux("rename-window", "-t", "grouped:fails", "} , x|#[fg=red]")
    failed.tmux("select-window", "-t", "grouped:good")
    assert failed.ocprov("status", "monitoring").returncode == 0
    server = client.server()
    set_source(server, attention.COST, "")
    says(failed, "!2")


def test_a_dead_pane_of_ours_is_counted_and_a_strangers_is_not(failed: Machine) -> None:
    for name, command in (("dead", "exit 1"), ("stranger", "exit 1")):
        failed.tmux("new-window", "-d", "-t", f"={SESSION}:", "-n", name, "sleep 1000")
        failed.tmux("set-option", "-w", "-t", f"={SESSION}:{name}", "remain-on-exit", "on")
        if name == "dead":
            failed.tmux("set-option", "-p", "-t", f"={SESSION}:{name}", "@ocprov_pane", name)
        failed.tmux("respawn-pane", "-k", "-t", f"={SESSION}:{name}", command)
        pane = f"={SESSION}:{name}"
        until(lambda pane=pane: failed.tmux("display-message", "-p", "-t", pane, "#{pane_dead}") == "1")  # type: ignore[misc] # mypy cannot infer a lambda with a default
    set_source(client.server(), attention.COST, "")
    says(failed, "!3")


def test_sources_are_told_side_by_side(machine: Machine) -> None:
    machine.tmux("-f", "/dev/null", "new-session", "-d")
    server = client.server()

    assert set_source(server, attention.COST, "$105%")
    says(machine, "$105%")
    assert set_source(server, attention.WAITING, "?1")
    says(machine, "$105% ?1")
    machine.layout("monitoring", LAYOUT)
    machine.ocprov("up", "-d", "monitoring")
    says(machine, "!2 $105% ?1")
    assert set_source(server, attention.COST, "")
    says(machine, "!2 ?1")
    assert set_source(server, attention.WAITING, "")
    says(machine, "!2")


@pytest.mark.parametrize("text", ["-5", "a;", "$HOME", "}", ",", "'\"", "%H", "; kill-server"])
def test_a_source_is_text_and_nothing_else(machine: Machine, text: str) -> None:
    machine.tmux("-f", "/dev/null", "new-session", "-d")
    assert set_source(client.server(), attention.COST, text)
    for option in (attention.COST, attention.ATTENTION):
        told = machine.tmux("display-message", "-p", f"#{{{option}}}")
        assert told.replace("\\$", "$") == text  # as tmux 3.4 prints it, and only prints


def test_two_servers_tell_each_their_own(failed: Machine) -> None:
    failed.tmux("-L", "second", "-f", "/dev/null", "new-session", "-d")
    assert set_source(client.server("second"), attention.WAITING, "?2")
    assert failed.tmux("-L", "second", "show-options", "-gqv", attention.ATTENTION) == "?2"
    says(failed, "!2")
    failed.tmux("-L", "second", "kill-server")


def test_no_server_is_started_and_a_dead_socket_is_none(machine: Machine) -> None:
    assert not set_source(client.server(), attention.COST, "x")
    machine.tmux("-f", "/dev/null", "new-session", "-d")
    machine.end_tmux()
    assert not set_source(client.server(), attention.COST, "x")


def test_a_socket_that_cannot_be_used_is_said(machine: Machine) -> None:
    socket = Path(client.server().socket)
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket.touch()
    socket.parent.chmod(0o777)
    with pytest.raises(TmuxError, match="cannot set @ocprov_cost: "):
        set_source(client.server(), attention.COST, "x")


def test_a_server_without_a_session_takes_it_too(machine: Machine) -> None:
    machine.tmux("-f", "/dev/null", "start-server", ";", "set-option", "-s", "exit-empty", "off")
    assert set_source(client.server(), attention.COST, "$50%")
    says(machine, "$50%")


def test_every_launcher_composes_it_by_the_same_words() -> None:
    for command in attention.COMPOSE:
        assert command[-1] in launcher.REST


@pytest.mark.parametrize("name", SH)
def test_every_sh_tells_that_its_window_was_closed(machine: Machine, name: str) -> None:
    sh = machine.root / "sh"
    sh.symlink_to(installed(name))
    file = machine.root / "launcher"
    pane = Pane("demo", str(machine.home), ("exit 3",))
    file.write_text(launcher.text(pane, path=os.environ["PATH"]).replace("/bin/sh", str(sh)))
    argv = [part.replace("/bin/sh", str(sh)) for part in launcher.process(str(file), pane.directory)]
    machine.tmux("-f", "/dev/null", "new-session", "-d", "-s", "kept")
    machine.tmux(*("new-session", "-d", "-s", "ours", *argv), ";", "set-option", "@ocprov_session", "x")
    says(machine, "!1")

    machine.tmux("kill-window", "-t", "=ours:")

    says(machine, "")
    until(lambda: not list(processes(str(file))))


def processes(file: str) -> Iterator[str]:
    """Who has the file among its arguments."""
    rows = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True)
    yield from (row for row in rows.stdout.splitlines() if file in row)
