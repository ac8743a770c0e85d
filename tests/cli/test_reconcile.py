"""`ocprov reconcile`: takes over what a restore brought back, and touches nothing else."""

import json
from pathlib import Path

import pytest

from ocprov.tmux.client import server
from ocprov.tmux.files import files
from tests.conftest import Machine, until

NAME = "opencode-development-one"
ONE = """\
alias: one
---
session_name: opencode-development-one
windows:
  - window_name: runs
    panes: ["sleep 1000"]
  - window_name: fails
    panes: ["echo x >>~/failed; exit 3"]
  - window_name: place
"""


@pytest.fixture
def one(machine: Machine) -> Machine:
    machine.layout("one", ONE)
    assert machine.ocprov("up", "-d", "one").returncode == 0
    until(lambda: states(machine) == ["running", "exited", "running"])
    return machine


def states(machine: Machine) -> list[str]:
    (session,) = json.loads(machine.ocprov("status", "--json", "one").stdout)["data"]["sessions"]
    return [window["state"] for window in session["windows"]]


def forget(machine: Machine) -> None:
    """As a restore leaves it whose commands nobody typed back: names and shells, no mark."""
    machine.end_tmux()
    machine.tmux("new-session", "-d", "-s", NAME, "-n", "runs")
    for name in ("fails", "place"):
        machine.tmux("new-window", "-d", "-t", f"={NAME}:", "-n", name)
    until(lambda: shells(machine))


def shells(machine: Machine) -> bool:
    """Whether every pane has its shell: before that it is still a tmux."""
    return set(machine.tmux("list-panes", "-a", "-F", "#{pane_current_command}").splitlines()) == {"sh"}


def record(machine: Machine) -> Path:
    return files(server(), NAME).run / ".up"


def test_where_no_server_runs_nothing_is_started(machine: Machine) -> None:
    done = machine.ocprov("reconcile")
    assert (done.returncode, done.stdout) == (0, "")
    assert "nothing to reconcile" in done.stderr
    assert machine.tmux("list-sessions") == ""


def test_what_is_in_place_stays_as_it_is(one: Machine) -> None:
    before = one.tmux("list-panes", "-a", "-F", "#{pane_id} #{pane_pid}")
    done = one.ocprov("reconcile")
    assert (done.returncode, done.stdout) == (0, f"{NAME}: nothing changed\n")
    assert one.tmux("list-panes", "-a", "-F", "#{pane_id} #{pane_pid}") == before
    assert (one.home / "failed").read_text() == "x\n"


def test_idle_shells_get_their_commands_back_and_a_second_run_changes_nothing(one: Machine) -> None:
    forget(one)
    place = one.tmux("display-message", "-p", "-t", f"={NAME}:=place", "#{pane_pid}")
    done = one.ocprov("reconcile", "--json")
    assert done.returncode == 0
    (session,) = json.loads(done.stdout)["data"]["sessions"]
    again = [change["window"] for change in session["changes"] if change["action"] == "run again"]
    assert again == ["runs", "fails"]
    until(lambda: states(one) == ["running", "exited", "running"])
    assert one.tmux("display-message", "-p", "-t", f"={NAME}:=place", "#{pane_pid}") == place
    assert "nothing changed" in one.ocprov("reconcile").stdout
    assert (one.home / "failed").read_text() == "x\nx\n"


def test_a_shell_that_somebody_uses_is_left_alone(one: Machine) -> None:
    forget(one)
    one.tmux("send-keys", "-t", f"={NAME}:=runs", "sleep 999", "Enter")
    until(
        lambda: (
            one.tmux("display-message", "-p", "-t", f"={NAME}:=runs", "#{pane_current_command}") == "sleep"
        )
    )
    assert one.ocprov("reconcile").returncode == 0
    assert one.tmux("display-message", "-p", "-t", f"={NAME}:=runs", "#{pane_current_command}") == "sleep"


def test_it_goes_by_what_was_declared_then_even_without_its_layout(one: Machine) -> None:
    forget(one)
    (one.layouts / "one.yaml.j2").unlink()
    assert one.ocprov("reconcile", PATH="/usr/bin:/bin").returncode == 0
    until(lambda: states(one) == ["running", "exited", "running"])


def test_only_the_windows_that_were_asked_for_come_back(machine: Machine) -> None:
    machine.layout("one", ONE)
    assert machine.ocprov("up", "-d", "one:place").returncode == 0
    assert machine.ocprov("up", "-d", "one:runs").returncode == 0
    machine.end_tmux()
    machine.tmux("new-session", "-d", "-s", NAME, "-n", "place")
    until(lambda: shells(machine))
    assert machine.ocprov("reconcile").returncode == 0
    assert [window.split()[1] for window in machine.windows(NAME)] == ["runs", "place"]


@pytest.mark.parametrize("text", ["", "{", '{"schema": 99}'], ids=["empty", "cut", "of another version"])
def test_what_is_not_known_is_said_and_left_alone(one: Machine, text: str) -> None:
    forget(one)
    before = one.tmux("list-panes", "-a", "-F", "#{pane_id} #{pane_pid}")
    record(one).write_text(text)
    done = one.ocprov("reconcile")
    assert done.returncode == 0
    assert f"nothing is known of {NAME}; and it has no mark of ocprov's: it is left alone" in done.stderr
    assert one.ocprov("up", "-d", "one").returncode == 4
    assert one.tmux("list-panes", "-a", "-F", "#{pane_id} #{pane_pid}") == before


def test_what_is_not_known_and_has_marks_is_for_up_to_take_over(one: Machine) -> None:
    record(one).unlink()
    one.tmux("set-option", "-u", "-t", f"={NAME}:", "@ocprov_session")
    assert f"nothing is known of {NAME}; ocprov up takes it over" in one.ocprov("reconcile").stderr
    assert one.ocprov("up", "-d", "one").returncode == 0
    assert "nothing changed" in one.ocprov("reconcile").stdout


def test_one_session_that_cannot_come_back_hinders_no_other(one: Machine) -> None:
    one.layout("two", ONE.replace("one", "two"))
    assert one.ocprov("up", "-d", "two").returncode == 0
    log = next((one.state / "log").rglob(f"{NAME}.log"))
    log.unlink()
    log.mkdir()
    one.tmux("kill-window", "-t", "=opencode-development-two:=runs")
    done = one.ocprov("reconcile")
    assert done.returncode == 1
    assert "error: cannot write" in done.stderr
    assert "runs" in one.tmux("list-windows", "-t", "=opencode-development-two", "-F", "#{window_name}")


def test_a_session_of_a_persons_is_never_taken_over(machine: Machine) -> None:
    for name in ("mine", NAME, "opencode-development-../../x"):
        machine.tmux("new-session", "-d", "-s", name, "-n", "runs")
    before = machine.tmux("list-panes", "-a", "-F", "#{session_name} #{pane_id} #{pane_pid} #{@ocprov_pane}")
    assert machine.ocprov("reconcile").returncode == 0
    assert before == machine.tmux(
        "list-panes", "-a", "-F", "#{session_name} #{pane_id} #{pane_pid} #{@ocprov_pane}"
    )


def test_a_person_reads_what_was_run_again_and_no_list_of_marks(one: Machine) -> None:
    forget(one)
    assert one.ocprov("plan", "one").stdout.startswith(f"{NAME}: came back from a save, to be taken over\n")
    assert one.ocprov("reconcile").stdout.splitlines() == [
        f"{NAME}: came back from a save, taken over",
        "  ~ runs   its command did not come back, is run again",
        "  ~ fails  its command did not come back, is run again",
    ]
