"""How many conversations wait, told to tmux's status line by a supervisor."""

import time
from contextlib import ExitStack

import pytest

from ocprov import lock
from ocprov.cli.app import App
from ocprov.cli.waiting import told
from ocprov.opencode import places
from ocprov.opencode.heard import activity
from ocprov.opencode.heard.activity import Activity, Wait
from tests.conftest import Machine
from tests.opencode.kept import keep


def test_all_servers_are_counted_and_nothing_is_shown_when_nobody_waits(machine: Machine) -> None:
    machine.tmux("-f", "/dev/null", "new-session", "-d")
    show = told(App())
    with ExitStack() as stack:
        for name in ("mail", "shop"):
            place = places.of(machine.home / name).make()
            stack.enter_context(lock.held(place.lock, wait=0, blocked=lambda: None))
            waits = (Wait("per_1", f"ses_{name}", "permission"), Wait("per_2", f"ses_{name}", "permission"))
            activity.write(place, Activity(True, time.time(), waits=waits))
        show()
        assert machine.tmux("show-options", "-gv", "@ocprov_waiting") == "?2"
        assert machine.tmux("show-options", "-gv", "@ocprov_attention") == "?2"
        for place in places.every():
            activity.forget(place)
        show()

    assert machine.tmux("show-options", "-gv", "@ocprov_attention") == ""


def test_a_tmux_that_does_not_run_is_not_started_and_nothing_is_said(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    told(App())()

    assert machine.tmux("list-sessions") == ""
    assert capsys.readouterr().err == ""


def test_a_tmux_that_cannot_be_asked_is_said_once(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TMUX_TMPDIR", "/nowhere")
    show = told(App())

    show()
    show()

    assert capsys.readouterr().err == (
        "ocprov: how many conversations wait is not shown: TMUX_TMPDIR is not a directory: /nowhere\n"
    )


@pytest.mark.parametrize("words", [("server", "stop", "--dir", "shop"), ("server", "ls")], ids=["stop", "ls"])
def test_what_a_killed_supervisor_told_is_taken_back(machine: Machine, words: tuple[str, ...]) -> None:
    machine.tmux("-f", "/dev/null", "new-session", "-d")
    machine.tmux("set-option", "-g", "@ocprov_waiting", "?1")
    known = keep(machine)
    activity.write(known.places, Activity(True, time.time(), waits=(Wait("per_1", "ses_1", "permission"),)))

    assert machine.ocprov(*words).returncode == 0

    assert machine.tmux("show-options", "-gv", "@ocprov_waiting") == ""
