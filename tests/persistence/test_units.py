"""The files of services: installed once, removed alone, never over another's."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ocprov.errors import ConflictError, OcprovError
from ocprov.persistence import units
from ocprov.persistence.service import Call
from ocprov.persistence.units import Unit
from ocprov.tmux import client
from tests.conftest import Machine

CALL = Call(("/bin/ocprov", "save"))


@pytest.fixture
def directory(machine: Machine) -> Path:
    return machine.home / ".config/systemd/user"


def timer() -> tuple[Unit, ...]:
    return units.timer("systemd", CALL, 15)


def actions(changes: list[units.Change]) -> list[str]:
    return [f"{change.action} {change.path.name}" for change in changes]


def test_what_runs_services_here(tmp_path: Path) -> None:
    assert units.manager(booted=tmp_path, platform="linux") == "systemd"
    assert units.manager(booted=tmp_path / "no", platform="linux") == "cron"
    assert units.manager(booted=tmp_path, platform="darwin") == "launchd"


def test_install_writes_and_enables(directory: Path) -> None:
    done = units.install(timer())
    assert actions(done) == ["created ocprov-save.service", "created ocprov-save.timer"]
    path = directory / "ocprov-save.timer"
    assert path.stat().st_mode & 0o777 == 0o644
    link = directory / "timers.target.wants/ocprov-save.timer"
    assert link.readlink() == path
    assert sorted(found.name for found in directory.rglob("*") if not found.is_dir()) == [
        "ocprov-save.service",
        "ocprov-save.timer",
        "ocprov-save.timer",
    ]


def test_the_boot_service_is_wanted_by_the_login(directory: Path) -> None:
    units.install(units.boot("systemd", CALL, CALL))
    link = directory / "default.target.wants/ocprov-boot.service"
    assert link.resolve() == directory / "ocprov-boot.service"


def test_a_second_install_changes_nothing(directory: Path) -> None:
    units.install(timer())
    before = (directory / "ocprov-save.timer").stat().st_mtime_ns
    assert actions(units.install(timer())) == ["unchanged ocprov-save.service", "unchanged ocprov-save.timer"]
    assert (directory / "ocprov-save.timer").stat().st_mtime_ns == before


def test_a_changed_unit_and_one_that_was_disabled_are_put_right(directory: Path) -> None:
    units.install(timer())
    link = directory / "timers.target.wants/ocprov-save.timer"
    link.unlink()
    assert actions(units.install(timer()))[1] == "replaced ocprov-save.timer"
    assert link.is_symlink()
    done = units.install(units.timer("systemd", CALL, 20))
    assert actions(done) == ["unchanged ocprov-save.service", "replaced ocprov-save.timer"]
    assert "20min" in (directory / "ocprov-save.timer").read_text()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        pytest.param("ocprov-save.timer", lambda path: path.write_text("[Timer]\n"), id="a-file-of-a-person"),
        pytest.param("ocprov-save.service", lambda path: path.symlink_to("/dev/null"), id="masked"),
        pytest.param("ocprov-save.timer", lambda path: path.mkdir(), id="a-directory"),
        pytest.param(
            "timers.target.wants/ocprov-save.timer", lambda path: path.symlink_to("/dev/null"), id="its-link"
        ),
    ],
)
def test_what_ocprov_did_not_write_is_a_conflict_and_nothing_is_touched(
    directory: Path, name: str, make: Callable[[Path], object]
) -> None:
    (directory / "timers.target.wants").mkdir(parents=True)
    make(directory / name)
    before = sorted(directory.rglob("*"))
    for change in (units.install, units.uninstall):
        with pytest.raises(ConflictError, match="did not write it"):
            change(timer())
        assert sorted(directory.rglob("*")) == before


def test_uninstall_removes_just_these(directory: Path) -> None:
    units.install(timer())
    units.install(units.boot("systemd", CALL, CALL))
    (directory / "mine.service").touch()
    done = units.uninstall(timer())
    assert actions(done) == ["removed ocprov-save.service", "removed ocprov-save.timer"]
    left = sorted(path.name for path in directory.rglob("*") if not path.is_dir())
    assert left == ["mine.service", "ocprov-boot.service", "ocprov-boot.service"]
    assert units.uninstall(timer()) == []


def test_uninstall_removes_what_a_killed_one_left(directory: Path) -> None:
    units.install(timer())
    (directory / "ocprov-save.timer").unlink()
    assert actions(units.uninstall(timer()))[1] == "removed ocprov-save.timer"
    assert not os.path.lexists(directory / "timers.target.wants/ocprov-save.timer")


def test_launch_agents(machine: Machine) -> None:
    (unit,) = units.timer("launchd", CALL, 15)
    assert actions(units.install([unit])) == ["created ocprov.save.plist"]
    assert (machine.home / "Library/LaunchAgents/ocprov.save.plist").read_text() == unit.text
    assert actions(units.install([unit])) == ["unchanged ocprov.save.plist"]
    assert actions(units.uninstall([unit])) == ["removed ocprov.save.plist"]


def test_cron_has_no_files() -> None:
    assert units.timer("cron", CALL, 15) == units.boot("cron", CALL, CALL) == ()


def test_a_call_holds_what_a_service_needs_and_no_secret(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENCODE_CONFIG", "OCPROV_QUIET", "ANTHROPIC_API_KEY", "TMUX_PANE", "LC_ALL"):
        monkeypatch.setenv(name, "secret" if name != "LC_ALL" else "C.UTF-8")
    monkeypatch.setenv("PATH", f"bin::{os.environ['PATH']}:/usr/bin")
    monkeypatch.setenv("XDG_STATE_HOME", str(machine.home / "state"))
    call = units.call(client.server(), "save")
    told = dict(call.environment)
    assert "secret" not in told.values()
    assert {"PATH", "LC_ALL", "SHELL", "TMUX_TMPDIR", "XDG_STATE_HOME"} <= set(told)
    folders = told["PATH"].split(":")
    assert all(folder.startswith("/") for folder in folders)
    assert len(folders) == len(set(folders))
    assert call.argv[-3:] == ("-L", "default", "save")
    assert Path(call.argv[0]).is_absolute()


def test_the_socket_is_named_also_inside_tmux(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    own = client.server("mine").socket
    own.parent.mkdir(mode=0o700)
    monkeypatch.setenv("TMUX", f"{own},1,0")
    assert units.call(client.server()).argv[-2:] == ("-L", "mine")
    elsewhere = machine.root / "my socket"
    assert units.call(client.server(path=str(elsewhere))).argv[-2:] == ("-S", str(elsewhere))
    monkeypatch.setenv("TMUX_TMPDIR", str(machine.root / "gone"))
    assert units.call(client.server()).argv[-2:] == ("-S", str(own))


def test_what_no_file_of_services_can_hold_is_refused(machine: Machine) -> None:
    for word in ("two\nlines", "bell\a", "not-utf-8\udcff"):
        with pytest.raises(OcprovError, match="cannot be told"):
            units.call(client.server(), word)


def test_why_the_manager_did_not_do_it() -> None:
    assert units.ask_manager(["true"]) == ""
    assert units.ask_manager(["false"]) == "it ended with 1"
    assert units.ask_manager(["sh", "-c", "echo 'no bus' >&2; exit 1"]) == "no bus"
    assert "No such file" in units.ask_manager(["/nonexistent/systemctl"])


def test_whether_the_user_lingers(tmp_path: Path) -> None:
    import pwd

    assert not units.lingers(tmp_path)
    (tmp_path / pwd.getpwuid(os.getuid()).pw_name).touch()
    assert units.lingers(tmp_path)
