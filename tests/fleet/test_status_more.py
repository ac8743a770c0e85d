"""`status --waits` and `--costs`, and `alert --dry-run`: what hosts are asked for, on this machine."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ocprov.lock import held
from ocprov.opencode.heard import activity
from ocprov.opencode.places import Places
from tests.cli.watched import costing, program, settings
from tests.conftest import Machine, Result
from tests.fleet.reading import shown
from tests.short.ways import CHOICE, LONG, SHORT


@pytest.fixture(autouse=True)
def _path(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.environ["PATH"])  # programs of a test go before it, and away after it


def data(result: Result) -> Any:
    return json.loads(result.stdout)["data"]


def waiting(machine: Machine, *waits: activity.Wait) -> Places:
    """A server that was heard of, whose supervisor lives while its lock is held."""
    place = Places(machine.state / "opencode/api-1a2b3c")
    place.root.mkdir(parents=True, mode=0o700)
    place.lock.touch()
    activity.write(place, activity.Activity(True, time.time(), waits=waits))
    return place


def test_conversations_that_wait(machine: Machine) -> None:
    asks = activity.Wait("q1", "ses_1", "question", "which one?")
    with held(waiting(machine, asks).lock, wait=0, blocked=lambda: None):
        result = machine.ocprov("status", "--waits", "--json")
        assert data(result)["waits"] == [
            {"server": "api-1a2b3c", "conversation": "ses_1", "kind": "question", "text": "which one?"}
        ]
        assert shown(machine.ocprov("status", "--waits"))[-1] == "asks api-1a2b3c question: which one?"
    assert data(machine.ocprov("status", "--waits", "--json"))["waits"] == []  # nobody runs it


def test_none_waits(machine: Machine) -> None:
    assert data(machine.ocprov("status", "--waits", "--json")) == {"sessions": [], "waits": []}
    assert shown(machine.ocprov("status", "--waits"))[-1] == "no conversation waits"
    assert not machine.state.exists()


def test_without_asking_status_says_what_it_always_said(machine: Machine) -> None:
    assert data(machine.ocprov("status", "--json")) == {"sessions": []}


@pytest.mark.parametrize("way", [SHORT, LONG, CHOICE], ids=["short", "long", "as it comes"])
def test_both_ways_say_the_same(way: str, machine: Machine) -> None:
    asks = activity.Wait("q1", "ses_1", "question", "which one?")
    with held(waiting(machine, asks).lock, wait=0, blocked=lambda: None):
        done = subprocess.run(
            [sys.executable, "-c", way, "status", "--json", "--waits"],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["data"]["waits"][0]["text"] == "which one?"


def test_costs(machine: Machine) -> None:
    costing(machine, 2.5)
    costs = data(machine.ocprov("status", "--costs", "--json"))["costs"]
    assert costs == {"today": 2.5, "month": 2.5, "currency": "USD", "source": "ocmonitor"}
    assert shown(machine.ocprov("status", "--costs"))[-1] == "$2.50 today, $2.50 this month"


def test_costs_that_are_not_known(machine: Machine) -> None:
    program(machine, "ocmonitor", "exit 1")
    result = machine.ocprov("status", "--costs", "--json")
    assert "ocmonitor tells nothing" in data(result)["costs"]["problem"]
    assert result.returncode == 0


def test_a_dry_run_of_alert_tells_nobody_and_keeps_nothing(machine: Machine) -> None:
    costing(machine, 5)
    said = machine.root / "said"
    teller: Path = program(machine, "teller", f"cat >>'{said}'")
    settings(machine, f'[alert]\nnotify = ["command"]\ncommand = ["{teller}"]\n')
    result = machine.ocprov("alert", "--daily", "1", "--dry-run", "--json")
    assert (data(result)["passed"], data(result)["said"], data(result)["problems"]) == (True, [], [])
    assert result.returncode == 3
    assert not said.exists()
    assert not list(machine.state.glob("alert*"))
    machine.ocprov("alert", "--daily", "1")
    assert said.exists()
