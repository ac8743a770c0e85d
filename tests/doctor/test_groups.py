"""All groups together, on machines on which something is wrong: each is told, and hides no other."""

import os
import signal
from pathlib import Path

import pytest

from ocprov.doctor import groups
from ocprov.doctor.check import Check
from ocprov.doctor.groups import report
from ocprov.doctor.seen import around
from ocprov.tmux.client import server
from tests.conftest import Machine
from tests.doctor.samples import found, program, start

pytestmark = pytest.mark.usefixtures("quick")


def test_every_group_is_there_on_a_fresh_machine(machine: Machine) -> None:
    seen = report(around.look(server), lambda: "none")
    assert [group.name for group in seen] == [
        "tmux",
        "shell",
        "layouts",
        "ocmonitor",
        "OpenCode",
        "files",
        "after a logout or reboot",
    ]
    assert [check for group in seen for check in group.checks if check.state == "fail"] == []
    assert not any((machine.root / "tmux").rglob("*"))
    assert sorted(path.name for path in machine.home.iterdir()) == []


@pytest.fixture
def no_tmux(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PATH with links to what is on it, but for tmux."""
    own = machine.root / "own"
    own.mkdir()
    for folder in os.environ["PATH"].split(os.pathsep):
        for path in Path(folder).iterdir() if Path(folder).is_dir() else ():
            if path.name != "tmux" and not (own / path.name).exists():
                (own / path.name).symlink_to(path)
    monkeypatch.setenv("PATH", str(own))


@pytest.mark.usefixtures("no_tmux")
def test_no_tmux() -> None:
    seen = found()
    assert (seen["version"].state, seen["version"].found) == ("fail", "tmux is not on PATH")
    assert (seen["persistence"].state, seen["persistence"].found) == (
        "warn",
        "not looked at: there is no tmux that ocprov can use",
    )


@pytest.mark.parametrize(("says", "words"), [("tmux 3.1c", "needs 3.2"), ("rubbish", "not tell its version")])
def test_a_tmux_that_cannot_be_used_is_asked_for_nothing_else(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, says: str, words: str
) -> None:
    start(machine)
    program(machine, monkeypatch, "tmux", f'echo "$*" >>{machine.root}/asked; echo {says}')
    seen = found()
    (machine.root / "bin/tmux").unlink()  # the machine ends its server with the real one

    assert seen["version"].state == "fail"
    assert words in seen["version"].found
    assert (machine.root / "asked").read_text() == "-V\n"


def test_a_server_that_hangs_is_told_in_time(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(around, "_BRIEF", 0.5)
    start(machine)
    pid = int(machine.tmux("display-message", "-p", "#{pid}"))
    os.kill(pid, signal.SIGSTOP)
    try:
        seen = found()
    finally:
        os.kill(pid, signal.SIGCONT)
    assert (seen["server"].state, "no answer" in seen["server"].found) == ("fail", True)
    assert seen["persistence"].found == "not looked at: the tmux server does not answer"


def test_a_server_without_a_session_answers(machine: Machine) -> None:
    start(machine, ("exit-empty", "off"))
    machine.tmux("kill-session", "-t", "=work")
    assert found(group="tmux")["server"].state == "ok"


def test_what_a_server_has_in_its_environment(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("OPENCODE_SERVER_PASSWORD", "hunter2")
    start(machine)
    machine.tmux("set-environment", "-g", "PATH", "/nonexistent")
    machine.tmux("set-environment", "-g", "COLUMNS", "80")

    seen = found()

    assert (seen["locale"].state, seen["locale in tmux"].state) == ("warn", "warn")
    assert "watch" in seen["PATH in tmux"].found
    assert seen["OPENCODE_*"].found.startswith("every new pane gets OPENCODE_SERVER_PASSWORD")
    assert seen["COLUMNS"].state == "warn"
    assert "hunter2" not in str(seen)


def test_tmux_tmpdir_that_does_not_exist(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX_TMPDIR", str(machine.root / "absent"))
    seen = found()
    assert (seen["socket"].state, seen["socket"].fix) == (
        "fail",
        f"make it: mkdir -m 700 -p {machine.root}/absent",
    )
    assert seen["persistence"].state == "warn"
    assert seen["locks"].state == "ok"


def test_a_socket_path_that_is_too_long(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = machine.root / ("x" * 100)
    deep.mkdir()
    monkeypatch.setenv("TMUX_TMPDIR", str(deep))
    assert "longer than 107 bytes" in found()["socket"].found


def test_tmux_of_a_dead_server(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", f"{machine.root}/tmux/gone,1,0")
    check = found()["socket"]
    assert (check.state, check.fix) == ("warn", "unset TMUX TMUX_PANE")


@pytest.mark.parametrize("home", ["", "relative"])
def test_without_home_each_group_says_so(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    monkeypatch.setenv("HOME", home)
    seen = found()
    assert seen["version"].state == "ok"
    for what in ("layouts", "ocmonitor", "opencode", "directories", "config.toml", "persistence"):
        assert seen[what].state == "fail"
        assert "HOME is not set" in seen[what].found


def test_a_directory_of_the_state_that_cannot_be_used(machine: Machine) -> None:
    machine.state.parent.mkdir(parents=True)
    machine.state.write_text("")
    check = found()["state"]
    assert (check.state, check.fix) == ("fail", f"move it away: mv {machine.state} {machine.state}.old")


def test_a_broken_config_toml_is_told_with_its_line(machine: Machine) -> None:
    path = machine.home / ".config/ocprov/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("[alert]\ndaly = 3\n")
    check = found()["config.toml"]
    assert (check.state, f"{path}:2: alert.daly" in check.found) == ("fail", True)
    path.write_text("[alert]\ndaily = 3\n")
    assert found()["config.toml"].found == f"{path}: 1 set, the others as they are by default"


def test_a_foreign_session_in_a_directory_with_a_newline(machine: Machine) -> None:
    odd = machine.root / "new\nline"
    odd.mkdir()
    machine.tmux("-f", "/dev/null", "new-session", "-d", "-s", "foreign", "-c", str(odd))
    seen = report(around.look(server), lambda: "none")
    assert [check for group in seen for check in group.checks if check.state == "fail"] == []


def test_a_working_directory_that_is_gone(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = machine.root / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert [check.found for check in found().values() if "Error" in check.found] == []


def test_what_nobody_foresaw_is_a_check_that_fails() -> None:
    def bad() -> list[Check]:
        raise ZeroDivisionError("no\x1b")

    (check,) = groups.seen("odd", bad)
    assert (check.state, check.found) == ("fail", "cannot be looked at: ZeroDivisionError: no\\x1b")
