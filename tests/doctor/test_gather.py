"""The facts that doctor judges, read from a real tmux, real files and processes."""

import os

import pytest

from ocprov.doctor import persistence
from ocprov.doctor.command import commands
from ocprov.doctor.facts import Conf
from ocprov.doctor.gather import gather
from ocprov.persistence import units
from ocprov.tmux.client import server
from tests.conftest import Machine
from tests.doctor.samples import LAUNCHER, OURS, PANE, WINDOW, program, start


def test_no_server_is_started_by_looking(machine: Machine) -> None:
    assert persistence.report(server())
    assert not list((machine.root / "tmux").rglob("default"))


def test_a_server_without_any_session_is_no_failure(machine: Machine) -> None:
    start(machine, ("exit-empty", "off"))
    machine.tmux("kill-session", "-t", "=work")

    assert [check.state for check in persistence.report(server())] == ["warn"]


def test_the_conf_files_of_the_server_are_read(machine: Machine) -> None:
    conf = machine.home / ".tmux.conf"
    conf.write_text("set -g @plugin 'tmux-plugins/tmux-resurrect'\n")
    machine.tmux("new-session", "-d")

    assert Conf(conf, conf.read_text()) in gather(server()).confs


def test_the_launchers_in_the_save_that_are_not_there_are_found(machine: Machine) -> None:
    run = machine.state / "run/default-0a1b2c" / OURS
    run.mkdir(parents=True)
    (run / "there").write_text("")
    saves_directory = machine.home / ".local/share/tmux/resurrect"
    saves_directory.mkdir(parents=True)
    panes = [PANE.replace(LAUNCHER, str(run / key)) for key in ("there", "absent")]
    (saves_directory / "last").write_text("\n".join((*panes, WINDOW, "state\t\t", "")))

    assert gather(server()).gone == (run / "absent",)


def test_a_save_that_cannot_be_read_fails(machine: Machine) -> None:
    directory = machine.home / ".local/share/tmux/resurrect"
    directory.mkdir(parents=True)
    (directory / "last").symlink_to("last")

    last = gather(server()).last

    assert last.kind == "unreadable"
    assert "Too many levels" in last.why


def test_a_directory_of_saves_that_cannot_be_looked_into_fails(machine: Machine) -> None:
    (machine.home / ".local/share/tmux").mkdir(parents=True)
    (machine.home / ".local/share/tmux/resurrect").write_text("")

    checks = persistence.report(server())

    assert ["cannot look into" in check.found for check in checks if check.state == "fail"] == [True]


def test_a_last_that_is_no_file_fails(machine: Machine) -> None:
    (machine.home / ".local/share/tmux/resurrect/last").mkdir(parents=True)

    last = gather(server()).last

    assert (last.kind, "is no file" in last.why) == ("unreadable", True)


@pytest.mark.parametrize(
    ("script", "timer"),
    [
        pytest.param("echo '*/15 * * * * PATH=/bin /opt/ocprov --quiet save'", True, id="a line"),
        pytest.param("echo '# */15 * * * * ocprov save'", False, id="a comment"),
        pytest.param("echo '@reboot ocprov up --detach monitoring'", False, id="another line"),
        pytest.param("echo 'no crontab for me' >&2; exit 1", False, id="none"),
        pytest.param("echo 'you may not use this program' >&2; exit 1", None, id="not allowed"),
    ],
)
def test_a_line_of_cron_is_a_timer(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, script: str, timer: bool | None
) -> None:
    program(machine, monkeypatch, "crontab", script)
    start(machine)

    assert gather(server()).timer is (timer if timer is not None or units.manager() == "cron" else False)


def test_a_server_that_needs_no_name_gets_none(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert commands(server("other")).tmux("ls") == "tmux -L other ls"
    assert commands(server()).ocprov("save") == "ocprov save"

    monkeypatch.setenv("TMUX", f"{server('other').socket},1,0")
    (machine.root / "tmux" / f"tmux-{os.getuid()}").mkdir(exist_ok=True)

    assert commands(server("default")).tmux("ls") == "tmux -L default ls"
    assert commands(server()).tmux("ls") == f"tmux -S {server().socket} ls"
