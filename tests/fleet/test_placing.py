"""The last step of an installation: links, and what is not needed any more."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ocprov.fleet import placing
from tests.conftest import Machine

# Of this process alone: what runs from a key is looked for in all command lines of the machine.
KEYS = [f"{os.getpid():08x}{number:04x}" for number in range(5)]


@pytest.fixture
def fleet(machine: Machine) -> Path:
    """Five environments, the newest first, each with two programs."""
    root = machine.home / ".local/share/ocprov/fleet"
    for number, key in enumerate(KEYS):
        (root / key / "bin").mkdir(parents=True)
        (root / key / "complete").touch()
        os.utime(root / key / "complete", (1000 - number, 1000 - number))
        for name in ("ocprov", "ocmonitor"):
            (root / key / "bin" / name).touch()
    return root


def place(
    fleet: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], key: str
) -> object:
    """Take the last step as the ocprov of a key would."""
    monkeypatch.setattr(sys, "prefix", str(fleet / key))
    placing.main()
    return json.loads(capsys.readouterr().out)


def left(fleet: Path) -> list[str]:
    return sorted(path.name for path in fleet.iterdir() if not path.is_symlink())


def test_the_programs_are_linked_by_a_name_that_upgrades_do_not_change(
    machine: Machine, fleet: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = place(fleet, monkeypatch, capsys, KEYS[1])
    second = place(fleet, monkeypatch, capsys, KEYS[0])
    again = place(fleet, monkeypatch, capsys, KEYS[0])
    assert [first, second, again] == [{"changed": changed, "notices": []} for changed in (True, True, False)]
    for name in ("ocprov", "ocmonitor"):
        assert (machine.home / ".local/bin" / name).readlink() == fleet / "current/bin" / name
    assert (fleet / "current").readlink() == Path(KEYS[0])


@pytest.mark.parametrize("kind", ["file", "link", "dangling"])
def test_an_ocprov_of_the_hosts_own_stays_and_is_told(
    machine: Machine,
    fleet: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
) -> None:
    own = machine.home / ".local/bin/ocprov"
    own.parent.mkdir(parents=True)
    (machine.home / "pipx").touch()
    if kind == "file":
        own.write_text("mine")
    else:
        own.symlink_to(machine.home / ("pipx" if kind == "link" else "missing"))
    before = own.lstat()
    said = place(fleet, monkeypatch, capsys, KEYS[0])
    program = fleet / "current/bin/ocprov"
    assert said == {
        "changed": True,
        "notices": [f"{own} is not the fleet's and stays; the fleet's is {program}"],
    }
    assert own.lstat() == before


def test_a_program_that_an_upgrade_has_no_more_loses_its_link(
    machine: Machine, fleet: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place(fleet, monkeypatch, capsys, KEYS[0])
    (fleet / KEYS[0] / "bin/ocmonitor").unlink()
    second = place(fleet, monkeypatch, capsys, KEYS[0])
    third = place(fleet, monkeypatch, capsys, KEYS[0])
    assert [second, third] == [{"changed": changed, "notices": []} for changed in (True, False)]
    assert [path.name for path in (machine.home / ".local/bin").iterdir()] == ["ocprov"]


def test_the_last_two_are_kept(
    machine: Machine, fleet: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (fleet / "something else/bin").mkdir(parents=True)
    place(fleet, monkeypatch, capsys, KEYS[2])
    assert left(fleet) == [KEYS[0], KEYS[2], "something else"]


def test_what_something_runs_from_is_kept(
    machine: Machine, fleet: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = fleet / KEYS[3] / "bin/python"
    program.symlink_to("/bin/sh")
    # At a terminal of its own, as a window is.
    apart = "import os, pty; pty.spawn([os.environ['OF_THE_TEST'], '-c', 'echo there; read line; exit'])"
    with subprocess.Popen(
        [sys.executable, "-c", apart],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "OF_THE_TEST": str(program)},
    ) as running:
        assert running.stdout
        assert running.stdout.readline().strip() == b"there"
        try:
            place(fleet, monkeypatch, capsys, KEYS[0])
            assert left(fleet) == [KEYS[0], KEYS[1], KEYS[3]]
        finally:
            running.communicate(b"\n")
    place(fleet, monkeypatch, capsys, KEYS[0])
    assert left(fleet) == [KEYS[0], KEYS[1]]


def test_what_a_launcher_names_is_kept(
    machine: Machine, fleet: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    launcher = machine.state / "run/default/session/window"
    launcher.parent.mkdir(parents=True)
    launcher.write_text(f"export PATH=/bin:{fleet}/{KEYS[4]}/bin\n")
    place(fleet, monkeypatch, capsys, KEYS[0])
    assert left(fleet) == [KEYS[0], KEYS[1], KEYS[4]]


@pytest.mark.parametrize("ps", ["", "#!/bin/sh\nexit 1\n"], ids=["none", "one that fails"])
def test_without_ps_nothing_is_removed(
    ps: str,
    machine: Machine,
    fleet: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if ps:
        (machine.home / "ps").write_text(ps)
        (machine.home / "ps").chmod(0o755)
    monkeypatch.setenv("PATH", str(machine.home))
    place(fleet, monkeypatch, capsys, KEYS[0])
    assert left(fleet) == KEYS


def test_half_a_removed_one_does_not_count(
    machine: Machine, fleet: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As where the run is killed there."""
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    place(fleet, monkeypatch, capsys, KEYS[0])
    assert [key for key in KEYS if (fleet / key / "complete").exists()] == KEYS[:2]


def test_a_link_that_a_killed_run_left_is_no_hindrance(
    machine: Machine, fleet: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (fleet / ".current.new").symlink_to(KEYS[3])
    place(fleet, monkeypatch, capsys, KEYS[0])
    assert (fleet / "current").readlink() == Path(KEYS[0])


def test_half_made_ones_count_as_the_oldest(
    machine: Machine, fleet: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (fleet / KEYS[1] / "complete").unlink()
    place(fleet, monkeypatch, capsys, KEYS[0])
    assert left(fleet) == [KEYS[0], KEYS[2]]
