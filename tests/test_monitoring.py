"""The main job, whole: `up monitoring` on the real ocmonitor, with data and before there is any."""

import json
import os
import re
import signal
import subprocess
from datetime import datetime

import pytest

from ocprov import sample
from tests.conftest import Machine, until

NAME = "opencode-observability-monitoring"
WINDOWS = [
    "ocmonitor-live-feed",
    "ocmonitor-daily-costs",
    "ocmonitor-model-breakdown",
    "ocmonitor-session-history",
    "opencode-logs-tail",
    "workspace",
]
COST = re.compile(r"\$\d*[1-9]\d*\.\d\d|\$0\.(0[1-9]|[1-9]\d)")


@pytest.fixture
def with_data(machine: Machine) -> Machine:
    put_data(machine)
    return machine


def put_data(machine: Machine) -> None:
    """Data where OpenCode itself keeps it."""
    place = machine.home / ".local/share/opencode"
    place.parent.mkdir(parents=True, exist_ok=True)
    sample.write(place, now=datetime.now().astimezone())


def states(machine: Machine) -> dict[str, str]:
    (session,) = json.loads(machine.ocprov("status", "--json", "monitoring").stdout)["data"]["sessions"]
    return {window["name"]: window["state"] for window in session["windows"]}


def screen(machine: Machine, window: str) -> str:
    return machine.tmux("capture-pane", "-e", "-p", "-t", f"={NAME}:={window}")


def shows(machine: Machine, window: str, pattern: str) -> None:
    until(lambda: re.search(pattern, screen(machine, window)))


SHOWN = {
    "ocmonitor-live-feed": "OpenCode Live Dashboard",
    "ocmonitor-daily-costs": "Daily Usage Breakdown",
    "ocmonitor-model-breakdown": "claude-sonnet",
    "ocmonitor-session-history": "Session Workflows",
}


def test_six_windows_show_real_tables_with_costs_in_colour(with_data: Machine) -> None:
    assert with_data.ocprov("up", "-d", "monitoring").returncode == 0
    assert with_data.windows(NAME) == [f"{number} {name}" for number, name in enumerate(WINDOWS)]
    for window, words in SHOWN.items():
        shows(with_data, window, re.escape(words))
        shows(with_data, window, COST.pattern)
        shows(with_data, window, "\x1b\\[")
    until(lambda: "level=" in re.sub(r"\x1b\[[0-9;]*m", "", screen(with_data, "opencode-logs-tail")))
    assert "your home directory" in screen(with_data, "workspace")
    until(lambda: set(states(with_data).values()) == {"running"})
    assert "nothing changed" in with_data.ocprov("up", "-d", "monitoring").stdout


def test_windows_wait_for_data_and_come_alive(machine: Machine) -> None:
    assert machine.ocprov("up", "-d", "monitoring").returncode == 0
    until(lambda: set(states(machine).values()) == {"running"})
    for window in WINDOWS[:5]:
        shows(machine, window, "Waiting for")
    put_data(machine)
    for window, words in SHOWN.items():
        shows(machine, window, re.escape(words))


def test_five_things_go_wrong_and_just_they_are_mended(with_data: Machine) -> None:
    machine = with_data
    machine.layout("monitoring", USERS)
    assert machine.ocprov("up", "-d", "monitoring").returncode == 0
    until(lambda: set(states(machine).values()) == {"running"})
    machine.tmux("kill-window", "-t", f"={NAME}:=ocmonitor-live-feed")
    os.kill(until(lambda: child(machine, "ocmonitor-daily-costs")), signal.SIGTERM)
    until(lambda: states(machine)["ocmonitor-daily-costs"] == "exited")
    machine.tmux("rename-window", "-t", f"={NAME}:=ocmonitor-model-breakdown", "mine")
    machine.tmux("new-window", "-d", "-t", f"={NAME}:8", "-n", "theirs")
    machine.layout("monitoring", USERS.replace("--limit 5", "--limit 6"))
    kept = {
        window: panes(machine, window)
        for window in ("ocmonitor-session-history", "opencode-logs-tail", "theirs")
    }

    plan = json.loads(machine.ocprov("plan", "--json", "monitoring").stdout)["data"]
    assert sorted((entry["action"], entry["window"]) for entry in plan["changes"]) == [
        ("create window", "ocmonitor-live-feed"),
        ("rename window", "ocmonitor-model-breakdown"),
        ("run again", "ocmonitor-daily-costs"),
        ("write launcher", "ocmonitor-session-history"),
    ]
    assert sorted((entry["action"], entry["window"]) for entry in plan["notes"]) == [
        ("changed", "ocmonitor-session-history"),
        ("foreign", "theirs"),
    ]

    done = json.loads(machine.ocprov("up", "--json", "monitoring").stdout)["data"]["sessions"][0]
    assert done["changes"] == plan["changes"]
    assert machine.windows(NAME) == [*(f"{number} {name}" for number, name in enumerate(WINDOWS)), "8 theirs"]
    assert {window: panes(machine, window) for window in kept} == kept
    until(lambda: set(states(machine).values()) == {"running", "foreign"})
    assert "nothing changed" in machine.ocprov("up", "-d", "monitoring").stdout


USERS = """\
alias: monitoring
---
{% extends "observability/monitoring.yaml.j2" %}
{% block session_history %}
  - window_name: ocmonitor-session-history
    panes: ["COLUMNS=180 ocmonitor sessions --limit 5 | less -RS"]
{% endblock %}
"""


def panes(machine: Machine, window: str) -> str:
    return machine.tmux("list-panes", "-t", f"={NAME}:={window}", "-F", "#{pane_id} #{pane_pid}")


def child(machine: Machine, window: str) -> int:
    """The command that a window's launcher runs; 0 when there is none, as while it tells its state."""
    pane = machine.tmux("list-panes", "-t", f"={NAME}:={window}", "-F", "#{pane_pid}")
    launcher = below(int(pane), "/bin/sh /")
    return below(launcher, "/bin/sh -c ") if launcher else 0


def below(parent: int, command: str) -> int:
    """The child of a process that was called so."""
    columns = ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="]
    rows = subprocess.run(columns, capture_output=True, text=True, check=True).stdout
    words = (line.split(None, 2) for line in rows.splitlines())
    return next(
        (
            int(pid)
            for pid, above, *args in words
            if int(above) == parent and "".join(args).startswith(command)
        ),
        0,
    )


def test_the_demo_is_there_with_one_command_and_gone_with_another(machine: Machine) -> None:
    assert machine.ocprov("demo", "-d").returncode == 0
    demo = "opencode-observability-demo"
    assert [name.split()[1] for name in machine.windows(demo)] == WINDOWS
    until(
        lambda: COST.search(machine.tmux("capture-pane", "-p", "-t", f"={demo}:=ocmonitor-model-breakdown"))
    )
    assert "SAMPLE DATA" in machine.tmux("show-options", "-v", "-t", f"={demo}:", "status-left")
    assert "nothing changed" in machine.ocprov("demo", "-d").stdout
    assert machine.ocprov("down", "-y", "demo").returncode == 0
    assert machine.tmux("list-sessions") == ""
    left = [
        path for path in (machine.home / ".local").rglob("*") if path.is_file() and "lock" not in path.parts
    ]
    assert left == []


def test_a_program_that_is_missing_is_refused_with_how_to_get_it(machine: Machine) -> None:
    machine.layout(
        "needy",
        "requires:\n  no-such-program-9: apt install nothing\n---\n"
        "session_name: opencode-observability-needy\nwindows: [{window_name: a}]\n",
    )
    result = machine.ocprov("up", "-d", "needy")
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "error: needy needs no-such-program-9, which is not on PATH",
        "hint: apt install nothing",
    ]
    assert machine.tmux("list-sessions") == ""
