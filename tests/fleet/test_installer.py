"""The installer that is sent to a host: from nothing, again, to another version and back."""

import json
import sys
from pathlib import Path

import pytest

from tests.conftest import Machine
from tests.fleet import house, processes
from tests.fleet.installing import KEY, OTHER, fleet, install, left, runs, tar_of, there


@pytest.fixture(scope="module")
def pip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return house.packed(tmp_path_factory.mktemp("pip"), "pip")


@pytest.fixture
def tar(machine: Machine) -> Path:
    return tar_of(machine)


def test_from_nothing_to_programs_that_run(machine: Machine, tar: Path) -> None:
    done = install(machine, tar)
    assert done.stderr == ""
    assert json.loads(done.stdout) == {"schema": 1, "key": KEY, "changed": True, "notices": []}
    assert left(machine) == [".lock", KEY, "current"]
    assert (fleet(machine) / "current").readlink() == Path(KEY)
    for name in ("ocprov", "ocmonitor"):
        assert runs(machine, machine.home / ".local/bin" / name) == "ocprov 1.0\n"
    assert fleet(machine).stat().st_mode & 0o777 == 0o700
    mine = f"HOME={machine.home}"
    assert not [pid for pid, _ in processes.parents() if processes.has(pid, mine)]


def test_again_changes_nothing_and_needs_no_wheels(machine: Machine, tar: Path) -> None:
    install(machine, tar)
    python = fleet(machine) / KEY / "bin/python"
    before = python.lstat().st_ino
    tar.unlink()
    done = install(machine, tar)
    assert json.loads(done.stdout)["changed"] is False
    assert python.lstat().st_ino == before


def test_an_upgrade_leads_current_to_it_and_back(machine: Machine, tar: Path) -> None:
    install(machine, tar)
    upgrade = install(machine, tar, OTHER)
    assert json.loads(upgrade.stdout)["changed"] is True
    assert (fleet(machine) / "current").readlink() == Path(OTHER)
    back = install(machine, tar, KEY)
    assert json.loads(back.stdout)["changed"] is True
    assert (fleet(machine) / "current").readlink() == Path(KEY)
    assert there(machine) == [KEY, OTHER]


def test_an_environment_whose_python_is_gone_is_made_anew(machine: Machine, tar: Path) -> None:
    install(machine, tar)
    python = fleet(machine) / KEY / "bin/python"
    assert python.readlink().name == f"python{sys.version_info[0]}.{sys.version_info[1]}"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    done = install(machine, tar)
    assert json.loads(done.stdout)["changed"] is True
    assert runs(machine, machine.home / ".local/bin/ocprov") == "ocprov 1.0\n"


@pytest.mark.parametrize("key", ["../../x", "", "0123456789ag", "0123456789abc"])
def test_a_key_of_another_form_is_refused(machine: Machine, tar: Path, key: str) -> None:
    assert install(machine, tar, key).returncode == 2
    assert not fleet(machine).exists()


def test_it_goes_where_xdg_has_it_whatever_is_set_for_pip_and_python(
    machine: Machine, pip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(machine.root / "a place; with 'quotes' & more"))
    monkeypatch.setenv("PIP_TARGET", str(machine.home / "elsewhere"))
    monkeypatch.setenv("PIP_NO_BINARY", ":all:")
    monkeypatch.setenv("PYTHONPATH", str(machine.root))
    (machine.home / "json.py").write_text("raise SystemExit('read')")
    assert install(machine, tar_of(machine, pip)).returncode == 0
    assert runs(machine, machine.home / ".local/bin/ocprov") == "ocprov 1.0\n"
    assert not (machine.home / "elsewhere").exists()


@pytest.mark.parametrize("name", ["$(touch x)", "`touch x`", 'a"b', "a\\b", "a\nb"])
def test_a_place_that_the_first_line_of_a_program_cannot_name_is_refused(
    machine: Machine, tar: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(machine.root / name))
    done = install(machine, tar)
    assert done.returncode == 1
    assert done.stderr.splitlines()[1] == "hint: set XDG_DATA_HOME to another directory"
    assert not (machine.root / name).exists()
