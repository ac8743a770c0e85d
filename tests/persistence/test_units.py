"""The files of services: installed once, removed alone, never over another's."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ocprov.errors import BusyError, ConflictError, OcprovError
from ocprov.lock import held
from ocprov.persistence import installing, units
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


def actions(changes: list[installing.Done]) -> list[str]:
    return [f"{change.action} {change.path.name}" for change in changes]


def test_what_runs_services_here(tmp_path: Path) -> None:
    assert units.manager(booted=tmp_path, platform="linux") == "systemd"
    assert units.manager(booted=tmp_path / "no", platform="linux") == "cron"
    assert units.manager(booted=tmp_path, platform="darwin") == "launchd"


def test_install_writes_and_enables(directory: Path) -> None:
    done = installing.install(timer())
    assert actions(done) == ["create ocprov-save.service", "create ocprov-save.timer"]
    path = directory / "ocprov-save.timer"
    assert path.stat().st_mode & 0o777 == 0o600
    link = directory / "timers.target.wants/ocprov-save.timer"
    assert link.readlink() == path
    assert sorted(found.name for found in directory.rglob("*") if not found.is_dir()) == [
        "ocprov-save.service",
        "ocprov-save.timer",
        "ocprov-save.timer",
    ]


def test_the_boot_service_is_wanted_by_the_login(directory: Path) -> None:
    installing.install(units.boot("systemd", CALL, CALL))
    link = directory / "default.target.wants/ocprov-boot.service"
    assert link.resolve() == directory / "ocprov-boot.service"


def test_a_second_install_changes_nothing(directory: Path) -> None:
    installing.install(timer())
    before = (directory / "ocprov-save.timer").stat().st_mtime_ns
    assert actions(installing.install(timer())) == ["none ocprov-save.service", "none ocprov-save.timer"]
    assert (directory / "ocprov-save.timer").stat().st_mtime_ns == before


def test_a_changed_unit_and_one_that_was_disabled_are_put_right(directory: Path) -> None:
    installing.install(timer())
    link = directory / "timers.target.wants/ocprov-save.timer"
    link.unlink()
    assert actions(installing.install(timer()))[1] == "replace ocprov-save.timer"
    assert link.is_symlink()
    done = installing.install(units.timer("systemd", CALL, 20))
    assert actions(done) == ["none ocprov-save.service", "replace ocprov-save.timer"]
    assert "20min" in (directory / "ocprov-save.timer").read_text()


def test_a_unit_that_others_can_read_is_put_right(directory: Path) -> None:
    installing.install(timer())
    path = directory / "ocprov-save.service"
    path.chmod(0o644)
    assert actions(installing.install(timer())) == ["replace ocprov-save.service", "none ocprov-save.timer"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_dry_run_writes_nothing(machine: Machine, directory: Path) -> None:
    both = ["ocprov-save.service", "ocprov-save.timer"]
    assert actions(installing.install(timer(), dry_run=True)) == [f"create {name}" for name in both]
    assert list(machine.home.rglob("*")) == []
    installing.install(timer())
    before = sorted(directory.rglob("*"))
    assert actions(installing.uninstall(timer(), dry_run=True)) == [f"remove {name}" for name in both]
    assert sorted(directory.rglob("*")) == before


def test_what_a_unit_held_before_is_told(machine: Machine) -> None:
    installing.install(timer())
    _, done = installing.install(units.timer("systemd", CALL, 20))
    assert "OnUnitActiveSec=15min" in done.before


def test_the_lock_of_deploy_is_waited_for(machine: Machine) -> None:
    machine.state.mkdir(parents=True)
    with held(machine.state / "deploy.lock", wait=0, blocked=lambda: None), pytest.raises(BusyError):
        installing.install(timer(), wait=0)
    assert actions(installing.install(timer(), wait=0))[0] == "create ocprov-save.service"


def a_loop(home: Path) -> None:
    (home / ".config").symlink_to(home / ".config")


def a_file(home: Path) -> None:
    (home / ".config").touch()


def a_file_for_the_links(home: Path) -> None:
    (home / ".config/systemd/user").mkdir(parents=True)
    (home / ".config/systemd/user/timers.target.wants").touch()


@pytest.mark.parametrize("make", [a_loop, a_file, a_file_for_the_links])
def test_a_place_that_cannot_be_looked_at_is_an_error_that_names_it(
    machine: Machine, make: Callable[[Path], None]
) -> None:
    make(machine.home)
    for change in (installing.install, installing.uninstall):
        with pytest.raises(OcprovError, match=r"cannot look at .*ocprov-save"):
            change(timer())


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
    for change in (installing.install, installing.uninstall):
        with pytest.raises(ConflictError, match="did not write it"):
            change(timer())
        assert sorted(directory.rglob("*")) == before


def test_uninstall_removes_just_these(directory: Path) -> None:
    installing.install(timer())
    installing.install(units.boot("systemd", CALL, CALL))
    (directory / "mine.service").touch()
    done = installing.uninstall(timer())
    assert actions(done) == ["remove ocprov-save.service", "remove ocprov-save.timer"]
    left = sorted(path.name for path in directory.rglob("*") if not path.is_dir())
    assert left == ["mine.service", "ocprov-boot.service", "ocprov-boot.service"]
    assert actions(installing.uninstall(timer())) == ["none ocprov-save.service", "none ocprov-save.timer"]


def test_uninstall_removes_what_a_killed_one_left(directory: Path) -> None:
    installing.install(timer())
    (directory / "ocprov-save.timer").unlink()
    assert actions(installing.uninstall(timer()))[1] == "remove ocprov-save.timer"
    assert not os.path.lexists(directory / "timers.target.wants/ocprov-save.timer")


def test_launch_agents(machine: Machine) -> None:
    (unit,) = units.timer("launchd", CALL, 15)
    assert actions(installing.install([unit])) == ["create ocprov.save.plist"]
    assert (machine.home / "Library/LaunchAgents/ocprov.save.plist").read_text() == unit.text
    assert actions(installing.install([unit])) == ["none ocprov.save.plist"]
    assert actions(installing.uninstall([unit])) == ["remove ocprov.save.plist"]


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


def test_a_call_holds_what_layouts_asked_for_where_it_is_set(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    for name in ("EDITOR", "OPENCODE_API_KEY", "TMUX"):
        monkeypatch.setenv(name, f"/tmp/{name},1,0")
    asked = ("EDITOR", "VISUAL", "OPENCODE_API_KEY", "HOME", "PATH", "TMUX", "LANG")
    told = units.call(client.server(), "up", variables=asked).environment
    assert dict(told)["EDITOR"] == "/tmp/EDITOR,1,0"
    assert not {"VISUAL", "OPENCODE_API_KEY", "HOME", "TMUX"} & set(dict(told))
    assert len(told) == len(dict(told))


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
