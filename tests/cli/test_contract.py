"""The contract of the commands: exit codes, JSON, streams, what each one touches."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ocprov import __version__
from ocprov.cli.main import COMMANDS
from tests.conftest import Machine, Result, until

NAME = "opencode-observability-two"
TWO = """\
alias: two
description: two windows
variables:
  seconds: {type: int, default: 1000, help: how long}
---
session_name: opencode-observability-two
windows:
  - window_name: run
    panes: ["sleep {{ seconds }}"]
  - window_name: shell
"""


@pytest.fixture
def two(machine: Machine) -> Machine:
    machine.layout("two", TWO)
    return machine


def data(result: Result) -> Any:
    """The data of a JSON answer, whose envelope never changes."""
    answer = json.loads(result.stdout)
    assert list(answer) == ["schema", "command", "data"]
    assert answer["schema"] == 1
    return answer["data"]


def test_up_answers_on_stdout_and_talks_on_stderr(two: Machine) -> None:
    result = two.ocprov("up", "-d", "two")
    assert result.stdout == f"{NAME}: created with 2 windows\n"
    assert "attach with: tmux attach" in result.stderr
    assert two.ocprov("-q", "up", "-d", "two").stderr == ""


def test_verbose_shows_every_tmux_command(two: Machine) -> None:
    told = two.ocprov("-v", "up", "-d", "two").stderr
    assert "new-session -d" in told
    assert "rename-session" in told


def test_the_variable_of_an_option_is_called_as_the_option_is(two: Machine) -> None:
    assert data(two.ocprov("ls", OCPROV_LS_JSON="1"))["layouts"]
    assert data(two.ocprov("config", OCPROV_CONFIG_SHOW_JSON="1"))["settings"]
    assert "sleep 7" in two.ocprov("render", "two", OCPROV_RENDER_SET="seconds=7").stdout


def test_the_variable_of_a_setting_is_no_option_s(machine: Machine) -> None:
    told = machine.ocprov("export", OCPROV_EXPORT_FORMATS="json,csv")
    assert told.returncode == 1, told.stderr
    assert "Usage:" not in told.stderr


def test_up_in_json(two: Machine) -> None:
    (first,) = data(two.ocprov("up", "--json", "two"))["sessions"]
    assert first["changed"] is True
    assert first["changes"][0]["action"] == "create session"
    (second,) = data(two.ocprov("up", "--json", "two"))["sessions"]
    assert (second["changed"], second["changes"], second["in_sync"]) == (False, [], True)


def test_a_dry_run_touches_nothing(two: Machine) -> None:
    before = sorted(two.root.rglob("*"))
    result = two.ocprov("up", "-n", "two")
    assert result.returncode == 0
    assert "to be created" in result.stdout
    assert sorted(two.root.rglob("*")) == before
    assert two.tmux("list-sessions") == ""


def test_plan_says_whether_something_differs(two: Machine) -> None:
    assert two.ocprov("plan", "two").returncode == 0
    assert two.ocprov("plan", "--exit-code", "two").returncode == 3
    two.ocprov("up", "-d", "two")
    assert two.ocprov("plan", "--exit-code", "two").returncode == 0
    result = two.ocprov("plan", "--exit-code", "two", "--set", "seconds=5")
    assert result.returncode == 3
    assert "its declaration changed" in result.stdout


def test_plan_prints_the_commands_that_up_would_send(two: Machine) -> None:
    commands = two.ocprov("plan", "--commands", "two").stdout
    assert commands.startswith("new-session -d ")
    assert "rename-session" in commands.splitlines()[-3]  # then the status line


def test_status_in_json(two: Machine) -> None:
    two.ocprov("up", "-d", "two")
    until(lambda: '"since": 1' in two.ocprov("status", "--json").stdout)
    (session,) = data(two.ocprov("status", "--json"))["sessions"]
    assert (session["name"], session["layout"], session["live"]) == (NAME, "two", True)
    assert [(w["index"], w["name"], w["state"]) for w in session["windows"]] == [
        (0, "run", "running"),
        (1, "shell", "running"),
    ]


def test_status_tells_missing_failed_and_foreign(two: Machine) -> None:
    two.layout("two", TWO.replace("sleep {{ seconds }}", "exit 3"))
    two.ocprov("up", "-d", "two")
    until(lambda: "failed   with 3" in two.ocprov("status", "two").stdout)
    two.tmux("kill-window", "-t", f"={NAME}:=shell")
    two.tmux("new-window", "-d", "-t", f"={NAME}:5", "-n", "theirs")
    result = two.ocprov("status", "--exit-code", "two")
    assert result.returncode == 3
    assert "missing" in result.stdout
    assert "foreign" in result.stdout


def test_status_of_what_is_not_live(two: Machine) -> None:
    assert "no session of ocprov's is live" in two.ocprov("status").stdout
    result = two.ocprov("status", "--exit-code", "two")
    assert (result.returncode, "not running" in result.stdout) == (3, True)
    assert two.ocprov("status", "nonsense").returncode == 1


def test_down_asks_where_nobody_can_answer(two: Machine) -> None:
    two.ocprov("up", "-d", "two")
    result = two.ocprov("down", "two")
    assert result.returncode == 1
    assert "--yes" in result.stderr
    assert two.windows(NAME) == ["0 run", "1 shell"]
    assert two.ocprov("down", "--yes", "two").returncode == 0
    assert two.tmux("list-sessions") == ""


def test_restart_runs_one_window_again_and_moves_nothing_else(two: Machine) -> None:
    two.ocprov("up", "-d", "two")
    fields = "#{window_id} #{pane_id} #{pane_pid}"
    run, shell = two.tmux("list-panes", "-s", "-t", f"={NAME}", "-F", fields).splitlines()
    assert two.ocprov("restart", "two", "run").returncode == 0
    run_now, shell_now = two.tmux("list-panes", "-s", "-t", f"={NAME}", "-F", fields).splitlines()
    assert shell_now == shell
    assert run_now.split()[:2] == run.split()[:2]
    assert run_now != run


def test_restart_keeps_what_up_was_told(two: Machine) -> None:
    two.ocprov("up", "-d", "two", "--set", "seconds=77")
    assert two.ocprov("restart", "two", "run").returncode == 0
    (launcher,) = (path for path in two.state.rglob("run/*/*/run"))
    assert "sleep 77" in launcher.read_text()


def test_restart_of_what_is_not_there(two: Machine) -> None:
    result = two.ocprov("restart", "two")
    assert (result.returncode, "ocprov up two" in result.stderr) == (1, True)
    two.ocprov("up", "-d", "two")
    assert 'no window "nope"' in two.ocprov("restart", "two", "nope").stderr


def test_up_of_some_windows(two: Machine) -> None:
    assert two.ocprov("up", "-d", "two:shell").returncode == 0
    assert two.windows(NAME) == ["0 shell"]
    assert two.ocprov("up", "-d", "two").returncode == 0
    assert sorted(name.split()[1] for name in two.windows(NAME)) == ["run", "shell"]


def test_render_gives_what_tmuxp_loads(two: Machine) -> None:
    (two.home / "plain.yaml").write_text(two.ocprov("render", "two").stdout)
    tmuxp = [str(Path(sys.executable).parent / "tmuxp"), "load", "-d", "--no-progress", "plain.yaml"]
    done = subprocess.run(tmuxp, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done
    assert [row.split()[1] for row in two.windows(NAME)] == ["run", "shell"]


def test_render_as_json(two: Machine) -> None:
    assert json.loads(two.ocprov("render", "--format", "json", "two").stdout)["session_name"] == NAME


def test_capture_as_text_and_as_a_picture(machine: Machine) -> None:
    machine.layout(
        "color",
        "---\nsession_name: opencode-observability-color\nwindows:\n  - window_name: a\n"
        "    panes: [\"printf '\\\\033[31mred\\\\033[0m <plain> & more\\\\n'; sleep 1000\"]\n",
    )
    machine.ocprov("up", "-d", "color")
    until(lambda: "red <plain> & more" in machine.ocprov("capture", "color", "a").stdout)
    picture = machine.ocprov("capture", "color", "a", "-o", "a.svg")
    assert picture.returncode == 0
    text = (machine.home / "a.svg").read_text()
    assert text.startswith("<svg")
    assert "&lt;plain&gt;" in text.replace("&#160;", " ")
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "\x1b[31mred" in machine.ocprov("capture", "color", "0", "--format", "ansi").stdout
    assert 'no window "zzz"' in machine.ocprov("capture", "color", "zzz").stderr


def test_ls_shows_layouts_and_what_is_live(two: Machine) -> None:
    two.ocprov("up", "-d", "two")
    layouts = data(two.ocprov("ls", "--json"))["layouts"]
    (mine,) = [row for row in layouts if row["alias"] == "two"]
    assert (mine["live"], mine["user"], mine["description"]) == ([NAME], True, "two windows")


def test_check_tells_every_layout_that_is_wrong(two: Machine) -> None:
    two.layout("wrong", "---\nsession_name: opencode-observability-w\nwindws: []\n")
    two.layout("also", "---\nsession_name: x\nwindows: [{window_name: a}]\n")
    result = two.ocprov("check", "two", "wrong", "also")
    assert result.returncode == 1
    assert "two: fine, 2 windows" in result.stdout
    assert 'wrong.yaml.j2:3: unknown key "windws" in session' in result.stderr
    assert "also.yaml.j2:2: " in result.stderr
    assert two.ocprov("check", ".config/ocprov/layouts/two.yaml.j2").returncode == 0


def test_options_come_from_the_environment_too(two: Machine) -> None:
    assert two.ocprov("up", "two", OCPROV_SOCKET_NAME="other", OCPROV_UP_DETACH="1").returncode == 0
    assert two.tmux("-L", "other", "list-sessions", "-F", "#{session_name}") == NAME
    assert two.ocprov("-L", "other", "status", "two").stdout.startswith(NAME)


def test_a_server_by_the_path_of_its_socket(two: Machine) -> None:
    path = str(two.root / "tmux/mine")
    assert two.ocprov("-S", path, "up", "-d", "two").returncode == 0
    assert two.tmux("-S", path, "list-sessions", "-F", "#{session_name}") == NAME


def test_colour_is_for_terminals_that_want_it(two: Machine) -> None:
    two.ocprov("up", "-d", "two")
    assert "\x1b" not in two.process("status").stdout


def test_version() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ocprov", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"ocprov {__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(machine: Machine, name: str) -> None:
    result = machine.ocprov(name, "--help")
    assert result.returncode == 0
    assert "Usage: ocprov" in result.stdout


def start(machine: Machine, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "ocprov", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [2, 20])
def test_many_ups_at_once_make_one_session(two: Machine, number: int) -> None:
    runs = [start(two, "up", "-d", "two") for _ in range(number)]
    ended = [(*run.communicate(timeout=90), run.returncode) for run in runs]
    assert [code for *_, code in ended] == [0] * number, ended
    assert sum("created" in out for out, *_ in ended) == 1
    assert two.windows(NAME) == ["0 run", "1 shell"]


MOMENTS = {
    "before the batch is read": "kill -9 $PPID",
    "while the batch is on its way": '(sleep 0.05; kill -9 $PPID) & cat | "$real" "$@"; wait',
    "after the session is made": '"$real" "$@"; kill -9 $PPID',
    "the tmux client too": '"$real" "$@" & kill -9 $! $PPID',
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_the_next_up_completes_one_that_was_killed(two: Machine, moment: str) -> None:
    """A tmux in front of the real one kills the ocprov that started it, at a moment of its choice."""
    front = two.root / "front"
    front.mkdir()
    (front / "tmux").write_text(
        f"#!/bin/sh\nreal={shutil.which('tmux')}\n"
        f'case " $* " in *" source-file "*) {moment} ;; *) exec "$real" "$@" ;; esac\n'
    )
    (front / "tmux").chmod(0o755)
    killed = two.process("up", "-d", "two", PATH=f"{front}:{os.environ['PATH']}")
    assert killed.returncode == -signal.SIGKILL
    result = two.ocprov("up", "-d", "two")
    assert result.returncode == 0, result
    assert two.windows(NAME) == ["0 run", "1 shell"]
    assert two.tmux("list-sessions", "-F", "#{session_name}") == NAME


def test_two_sessions_have_logs_and_options_of_their_own(two: Machine) -> None:
    two.layout(
        "three", TWO.replace("two", "three").replace("windows:\n", "options: {status-left: mine}\nwindows:\n")
    )
    runs = [start(two, "up", "-d", name) for name in ("two", "three")]
    assert [run.wait(60) for run in runs] == [0, 0]
    for run in runs:
        run.communicate()
    logs = {path.name: path.read_text() for path in (two.state / "log").rglob("*.log")}
    assert set(logs) == {f"{NAME}.log", "opencode-observability-three.log"}
    assert "observability-three" not in logs[f"{NAME}.log"]
    assert "observability-two" not in logs["opencode-observability-three.log"]
    assert two.tmux("show-options", "-t", f"={NAME}:", "status-left") == ""
    assert two.tmux("show-options", "-t", "=opencode-observability-three:", "-v", "status-left") == "mine"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "<&- >&- 2>&-"])
def test_closed_streams_hinder_nothing(two: Machine, closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -m ocprov up two {closed}', sys.executable], check=False, timeout=60
    )
    assert done.returncode == 0
    assert two.windows(NAME) == ["0 run", "1 shell"]


def test_a_full_disk_is_said_in_two_lines(two: Machine) -> None:
    command = ["sh", "-c", 'exec "$0" -m ocprov ls >/dev/full', sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].startswith("error: No space left")


def test_of_two_layouts_a_conflict_of_one_leaves_the_other_untouched(two: Machine) -> None:
    two.layout("three", TWO.replace("two", "three"))
    two.tmux("new-session", "-d", "-s", "opencode-observability-three")
    assert two.ocprov("up", "-d", "two", "three").returncode == 4
    assert two.tmux("list-sessions", "-F", "#{session_name}") == "opencode-observability-three"


def test_files_are_private(two: Machine) -> None:
    two.ocprov("up", "-d", "two")
    for path in (two.state, *two.state.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_server_that_is_named_goes_before_one_that_is_inherited(machine: Machine) -> None:
    socket = str(machine.root / "tmux/inherited")
    machine.tmux("-S", socket, "new-session", "-d", "-s", "opencode-development-x")
    machine.layout("one", "session_name: opencode-development-one\nwindows: [{window_name: one}]\n")
    assert machine.ocprov("-L", "named", "up", "-d", "one", OCPROV_SOCKET_PATH=socket).returncode == 0
    assert machine.tmux("-L", "named", "list-sessions", "-F", "#{session_name}") == "opencode-development-one"
    assert machine.tmux("-S", socket, "list-sessions", "-F", "#{session_name}") == "opencode-development-x"


def test_a_variable_of_a_setting_is_read_as_that_and_not_as_an_option(machine: Machine) -> None:
    done = machine.ocprov("status", OCPROV_STATUS_INTERVAL="5")
    assert (done.returncode, done.stderr) == (0, "")
