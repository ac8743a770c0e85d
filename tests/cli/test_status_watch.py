"""The live view of `status`, as a person at a terminal has it, and what a program reads instead."""

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ocprov.cli import live_frame
from ocprov.cli.live_frame import Frame
from ocprov.core.condition import Condition
from ocprov.core.status import PaneStatus, SessionStatus, WindowStatus
from ocprov.tmux import client, provision
from ocprov.tmux.apply import Manner
from tests.cli.test_pick import NAME, OCPROV, Terminal, clients
from tests.conftest import DEADLINE, Machine, until
from tests.short import ways

LAYOUT = """\
---
session_name: opencode-observability-one
windows:
  - window_name: runs
    panes: ["echo I am it; sleep 1000"]
  - window_name: fails
    panes: ["exit 3"]
  - window_name: shell
"""
ONE = NAME.format("one")


@pytest.fixture
def terminal(machine: Machine) -> Terminal:
    """A terminal; the layout `one` is live, and one of its windows has failed."""
    machine.layout("one", LAYOUT)
    assert machine.ocprov("up", "-d", "one").returncode == 0
    until(lambda: "exited" in machine.tmux("list-panes", "-a", "-F", "#{@ocprov_state}"))
    return Terminal(machine)


def watch(terminal: Terminal, line: str = "--interval 0.3") -> str:
    terminal.type(f"clear; {OCPROV} status --watch {line}; echo co''de $?")
    return terminal.shows("? help")


def pids(machine: Machine, window: str) -> str:
    return machine.tmux("list-panes", "-t", f"={ONE}:={window}", "-F", "#{pane_pid}")


def test_it_shows_all_and_follows_what_happens(terminal: Terminal, machine: Machine) -> None:
    text = watch(terminal)
    assert text.splitlines()[0].startswith(" 1 session  2 running  1 failed   !1   ")
    terminal.shows(f"> {ONE}", "0* runs", "1  fails  failed    with 3", "2  shell  running")
    machine.tmux("kill-window", "-t", f"={ONE}:=shell")
    terminal.shows("-  shell  missing   u brings it back", "1 missing", "!2")
    machine.tmux("new-window", "-d", "-t", f"={ONE}:", "-n", "a\x1b[31mb\tc", "sh")
    terminal.shows("foreign", "not ocprov's")
    terminal.keys("q")
    terminal.shows("code 0")
    assert "1 session" not in terminal.screen()  # what was there before is there again


@pytest.mark.parametrize(("key", "code"), [("q", 0), ("C-c", 130)])
def test_leaving_it(terminal: Terminal, key: str, code: int) -> None:
    watch(terminal)
    terminal.keys(key)
    terminal.shows(f"code {code}")


def test_the_last_look_decides_the_exit_code(terminal: Terminal) -> None:
    watch(terminal, "--exit-code")
    terminal.keys("q")
    terminal.shows("code 3")


def test_a_window_that_failed_is_run_again_at_once(terminal: Terminal, machine: Machine) -> None:
    before = pids(machine, "fails")
    watch(terminal)
    terminal.keys("j", "Down")
    terminal.shows(">    1  fails")
    terminal.keys("r")
    terminal.shows("fails of opencode-observability-one was run again")
    assert pids(machine, "fails") != before


def test_a_window_that_runs_is_run_again_when_agreed(terminal: Terminal, machine: Machine) -> None:
    before = pids(machine, "runs")
    watch(terminal)
    terminal.keys("j", "r")
    terminal.shows("runs runs: end it and run it again? y/n")
    for refusal in ("n", "Escape", "k", "?"):  # whatever comes instead of y is no
        terminal.keys(refusal)
        until(lambda: "y/n" not in terminal.screen())
        terminal.keys("y")
        terminal.keys("Home", "j", "r")
        terminal.shows(">    0* runs", "y/n")
    assert pids(machine, "runs") == before
    terminal.keys("y")
    terminal.shows("was run again")
    assert pids(machine, "runs") != before


def test_what_is_missing_comes_back_with_what_the_last_up_was_told(
    terminal: Terminal, machine: Machine
) -> None:
    text = LAYOUT.replace("---\n", "variables: {speed: slow}\n---\n", 1)
    machine.layout("one", text.replace("sleep 1000", "sleep 1000; : {{ speed }}"))
    assert machine.ocprov("up", "-d", "--set", "speed=fast", "--restart-changed", "one").returncode == 0
    machine.tmux("kill-window", "-t", f"={ONE}:=runs")
    watch(terminal)
    terminal.shows("runs   missing")
    terminal.keys("u")
    terminal.shows("0  runs   running", "made")
    launcher = next((machine.state / "run").rglob("runs")).read_text()
    assert ": fast" in launcher


def test_enter_goes_to_the_window(terminal: Terminal, machine: Machine) -> None:
    watch(terminal)
    terminal.keys("j", "j", "j")
    terminal.shows(">    2  shell")
    terminal.keys("Enter")
    until(lambda: clients(machine) == [ONE])
    assert machine.tmux("display-message", "-p", "-t", f"={ONE}:", "#{window_name}") == "shell"


def test_in_a_pane_enter_switches_and_the_view_stays(terminal: Terminal, machine: Machine) -> None:
    machine.tmux("new-session", "-d", "-s", "mine", f"{OCPROV} status --watch; sh")
    terminal.type("tmux attach -t =mine")
    terminal.shows("? help", f"> {ONE}")
    terminal.keys("j", "Enter")
    until(lambda: clients(machine) == [ONE])
    until(lambda: "? help" in machine.tmux("capture-pane", "-p", "-t", "=mine:"))


def test_the_server_may_go_and_come_back(terminal: Terminal, machine: Machine) -> None:
    watch(terminal)
    machine.end_tmux()
    terminal.shows("no session of ocprov's is live; ocprov up monitoring makes one", " 0 sessions")
    terminal.keys("j", "r", "Enter", "u", "y", "?")  # nothing is selected
    terminal.shows("these lines")  # so that all of them were read by now
    assert machine.ocprov("up", "-d", "one").returncode == 0
    terminal.shows(" 1 session", "0* runs")


def test_a_look_that_fails_is_told_and_the_next_one_may_not(terminal: Terminal, machine: Machine) -> None:
    lost = machine.root / "lost"
    failing = f'[ ! -e {lost} ] || {{ echo lost in thought >&2; exit 1; }}; exec "$real" "$@"'
    path, _ = ways.recorded(machine, failing)
    terminal.type(f"PATH={path}; export PATH")
    watch(terminal)
    lost.touch()
    terminal.shows("cannot read tmux: lost in thought", "0* runs")
    lost.unlink()
    until(lambda: "lost in thought" not in terminal.screen())
    terminal.shows("? help", "0* runs")


def test_what_an_action_refuses_is_told(terminal: Terminal, machine: Machine) -> None:
    watch(terminal)
    machine.layout("one", LAYOUT.replace("panes", "pains"))
    terminal.keys("u")
    terminal.shows('unknown key "pains"')
    terminal.keys("r")
    terminal.shows("select a window to run it again")


def test_a_layout_that_is_not_live_is_shown_and_brought_up(terminal: Terminal, machine: Machine) -> None:
    machine.layout("two", LAYOUT.replace("-one", "-two"))
    watch(terminal, "two")
    terminal.shows("> opencode-observability-two  not running; u brings it up")
    terminal.keys("u")
    terminal.shows("opencode-observability-two  two, 3 windows")
    assert ONE not in terminal.screen()


def test_a_session_that_an_ocprov_works_on_has_a_bar(terminal: Terminal, machine: Machine) -> None:
    manner = Manner(10, lambda _: None)
    watch(terminal)
    with provision.locked(client.server(), ONE, manner), provision.locked(client.server(), "new", manner):
        terminal.shows("░  ocprov is at work", "new  ", "░  is being built", " 2 sessions")
        first = at_work(terminal)
        until(lambda: at_work(terminal) not in ("", first))  # it moves
    until(lambda: "░" not in terminal.screen())


def test_what_u_brings_up_has_its_on_start_run_and_that_shows_as_work(
    terminal: Terminal, machine: Machine
) -> None:
    hook = "x-ocprov:\n  on_start: 'echo ran >>~/ran; while [ ! -e ~/go ]; do sleep 0.1; done; exit 3'\n"
    machine.layout("two", LAYOUT.replace("-one\n", f"-two\n{hook}"))
    watch(terminal, "two --interval 0.3")
    terminal.keys("u")
    until((machine.home / "ran").exists)
    terminal.shows("opencode-observability-two  ", "░  ocprov is at work")
    terminal.keys("q")
    terminal.shows("ocprov: waiting for what was begun in the view to end; Ctrl-C ends it")
    (machine.home / "go").touch()
    terminal.shows("code 0")
    (machine.home / "go").unlink()
    watch(terminal)
    terminal.keys("G", "u")
    terminal.shows("two", "ocprov is at work", " 2 sessions")
    assert ".hooks" not in terminal.screen()
    (machine.home / "go").touch()
    terminal.shows("on_start of opencode-observability-two ended with 3")


def at_work(terminal: Terminal) -> str:
    return next((line for line in terminal.screen().splitlines() if "at work" in line), "")


def test_the_pause_before_a_restart_has_a_bar(terminal: Terminal, machine: Machine) -> None:
    text = LAYOUT.replace('["exit 3"]\n', '["exit 3"]\n    x-ocprov: {restart: always}\n')
    machine.layout("one", text)
    assert machine.ocprov("up", "-d", "--restart-changed", "one").returncode == 0
    watch(terminal)
    terminal.shows("waiting", "█", "░  again in", " s, ended with 3")


def test_a_resize_and_no_color(terminal: Terminal, machine: Machine) -> None:
    watch(terminal)
    assert "\x1b[31mfailed" in terminal.screen("-e")
    machine.tmux("-L", "terminal", "resize-window", "-x", "40", "-y", "8")
    until(lambda: terminal.screen().rstrip().endswith("? hel") or "Enter go" in terminal.screen())
    machine.tmux("-L", "terminal", "resize-window", "-x", "100", "-y", "20")
    terminal.shows("? help", "1  fails  failed    with 3")
    terminal.keys("q")
    terminal.shows("code 0")
    terminal.type(f"clear; NO_COLOR=1 {OCPROV} status --watch")
    terminal.shows("? help", "failed")
    assert "\x1b[31m" not in terminal.screen("-e")


def test_one_tmux_client_a_look(terminal: Terminal, machine: Machine) -> None:
    path, notes = ways.recorded(machine, 'exec "$real" "$@"')
    terminal.type(f"PATH={path} {OCPROV} status --watch --interval 0.2")
    terminal.shows("? help")
    until(lambda: len(notes.read_text().splitlines()) > 4)
    assert all("list-panes -a" in line for line in notes.read_text().splitlines())


# --- for programs


@contextmanager
def printing(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "ocprov", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    assert select.select([process.stdout], [], [], DEADLINE)[0], "nothing was printed in time"
    return process.stdout.readline()


def test_json_is_a_document_a_line(terminal: Terminal, machine: Machine) -> None:
    with printing("status", "--watch", "--interval", "0.2", "--json") as process:
        first = json.loads(line_of(process))
        assert (first["schema"], first["command"]) == (1, "status")
        assert [one["name"] for one in first["data"]["sessions"]] == [ONE]
        machine.end_tmux()
        until(lambda: json.loads(line_of(process))["data"]["sessions"] == [])


def test_without_a_terminal_plain_frames_go_on_after_a_look_that_failed(
    terminal: Terminal, machine: Machine
) -> None:
    with printing("status", "--watch", "--interval", "0.2") as process:
        assert line_of(process).startswith(f"{ONE}  one, 3 windows")
        assert "\x1b" not in line_of(process)
        socket = next((machine.root / "tmux").rglob("default"))
        socket.parent.chmod(0o755)
        assert process.stderr is not None
        assert "cannot read tmux" in process.stderr.readline()
        socket.parent.chmod(0o700)
        until(lambda: line_of(process).startswith(ONE))


REFUSED = {
    "a layout that is not there": (["status", "--watch", "nonsense"], 1, "no layout is called"),
    "an interval without --watch": (["status", "--interval", "1"], 2, "--interval goes with --watch"),
    "an interval of nothing": (["status", "--watch", "--interval", "0"], 2, "0.2<=x<=3600"),
    "a wrong setting": (["status", "--watch"], 1, "OCPROV_STATUS_INTERVAL"),
}


@pytest.mark.parametrize(("line", "code", "why"), REFUSED.values(), ids=REFUSED)
def test_refused(machine: Machine, line: list[str], code: int, why: str) -> None:
    told = {"OCPROV_STATUS_INTERVAL": "fast"} if "SETTING" in why or "STATUS_INTERVAL" in why else {}
    done = machine.process(*line, **told)
    assert (done.returncode, why in done.stderr) == (code, True), done.stderr


# --- what is shown, as values


PANE = PaneStatus("%0", "one", 1, Condition("waiting", 1, 100))
SESSION = SessionStatus(
    ONE, "one", live=True, windows=(WindowStatus("one", "one", 0, active=True, panes=(PANE,)),)
)


def text(frame: Frame) -> list[str]:
    fragments = live_frame.table(frame, live_frame.rows(frame), 0)
    return "".join(part for _, part, *_ in fragments).split("\n")


def test_a_bar_fills_until_the_command_runs_again() -> None:
    frames = [Frame((SESSION,), now, waits={"%0": 8}) for now in (100, 104, 107.5, 200, 50)]
    shown = [text(frame)[1].split("waiting   ")[1] for frame in frames]
    assert shown == [
        "░░░░░░░░░░░░  again in 8 s, ended with 1",
        "██████░░░░░░  again in 4 s, ended with 1",
        "███████████░  again in 1 s, ended with 1",
        "████████████  again in 0 s, ended with 1",
        "░░░░░░░░░░░░  again in 8 s, ended with 1",  # a clock that went back
    ]


def test_a_pause_of_unknown_length_has_no_bar() -> None:
    frame = Frame((SESSION,), 101)
    assert text(frame)[1].endswith("waiting   for its restart, ended with 1")
    assert not frame.moves


def test_the_mark_of_unknown_progress_stays_in_its_bar() -> None:
    bars = {live_frame.sweep(now / 4) for now in range(100)}
    assert {len(bar) for bar in bars} == {12}
    assert {bar.count("█") for bar in bars} == {3}
    assert len(bars) == 10
