"""The installer killed, without room, several at once, with what is no tar of ours: nothing half made counts."""

import fcntl
import json
import os
import signal
import subprocess
import tarfile
from pathlib import Path

import pytest

from ocprov.fleet import bundle, installer
from ocprov.fleet.kind import Kind
from tests.conftest import Machine, until
from tests.fleet import house
from tests.fleet.installing import KEY, OTHER, command, fleet, install, left, runs, tar_of, there


@pytest.fixture(scope="module")
def pip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return house.packed(tmp_path_factory.mktemp("pip"), "pip")


@pytest.fixture
def tar(machine: Machine) -> Path:
    return tar_of(machine)


def test_killed_while_it_makes_the_environment_the_next_run_completes_it(machine: Machine, tar: Path) -> None:
    with subprocess.Popen(command(tar), stdout=subprocess.DEVNULL, start_new_session=True) as killed:
        until(lambda: (fleet(machine) / KEY / "bin/python").exists())
        os.killpg(killed.pid, signal.SIGKILL)
    assert there(machine) == []
    assert not (fleet(machine) / "current").exists()
    assert install(machine, tar).returncode == 0
    assert there(machine) == [KEY]
    assert left(machine) == [".lock", KEY, "current"]
    assert runs(machine, machine.home / ".local/bin/ocprov") == "ocprov 1.0\n"


def test_killed_alone_what_it_started_goes_on_and_the_next_run_waits_for_that(machine: Machine) -> None:
    slow = (
        "import os, time\n"
        "while not os.path.exists(os.path.expanduser('~/go')):\n    open(os.path.expanduser('~/slow'), 'w').close()\n"
        "    time.sleep(0.02)\n"
        "def main():\n    print('ocprov 1.0')\nmain()\n"
    )
    tar = tar_of(machine, contents={"ocprov/__main__.py": slow})
    with subprocess.Popen(command(tar), stdout=subprocess.DEVNULL) as killed:
        until(lambda: (machine.home / "slow").exists())
        killed.kill()
    lock = fleet(machine) / ".lock"
    with lock.open() as open_lock, pytest.raises(BlockingIOError):
        fcntl.flock(open_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with subprocess.Popen(command(tar), stdout=subprocess.PIPE, text=True) as second:
        (machine.home / "go").touch()
        said, _ = second.communicate(timeout=120)
    assert json.loads(said)["changed"] is True
    assert there(machine) == [KEY]


# Blocks of 512 bytes: for nothing; for pip's wheel half; for all wheels, and not for what is in them.
@pytest.mark.parametrize("blocks", [0, 1000, 8000])
def test_without_room_it_says_so_and_leaves_nothing(machine: Machine, pip: Path, blocks: int) -> None:
    tar = tar_of(machine, pip, contents={"ocprov/large": "x" * 8_000_000})
    done = install(machine, tar, before=f"ulimit -f {blocks}; ")
    assert done.returncode == 1, done.stdout
    error, hint = done.stderr.splitlines()
    assert error.startswith("error: ocprov could not be installed: ")
    assert "too large" in error.lower()
    assert hint.startswith("hint: ")
    assert left(machine) == [".lock"]


def test_without_room_for_an_upgrade_what_was_there_stays(machine: Machine, tar: Path) -> None:
    install(machine, tar)
    assert install(machine, tar, OTHER, before="ulimit -f 1; ").returncode == 1
    assert left(machine) == [".lock", KEY, "current"]
    assert runs(machine, machine.home / ".local/bin/ocprov") == "ocprov 1.0\n"


def test_several_at_once_install_once(machine: Machine, tar: Path) -> None:
    three = [subprocess.Popen(command(tar), stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [json.loads(one.communicate(timeout=120)[0]) for one in three]
    assert sorted(answer["changed"] for answer in answers) == [False, False, True]
    assert left(machine) == [".lock", KEY, "current"]


def test_another_run_that_does_not_end_is_said_after_the_wait(tmp_path: Path) -> None:
    held = installer.locked(tmp_path / "lock")
    with pytest.raises(installer.Failure) as caught:
        installer.locked(tmp_path / "lock", wait=0.2)
    assert caught.value.code == 75
    os.close(held)
    os.close(installer.locked(tmp_path / "lock", wait=0))


def test_what_does_not_start_is_not_installed(machine: Machine) -> None:
    tar = tar_of(machine, contents={"ocprov/__main__.py": "raise SystemExit('broken')\n"})
    done = install(machine, tar)
    assert done.returncode == 1
    assert "broken" in done.stderr
    assert left(machine) == [".lock"]


def test_a_wheel_that_is_missing_is_named(machine: Machine, pip: Path) -> None:
    done = install(machine, tar_of(machine, pip, ["missing_one"]))
    assert done.returncode == 1
    assert "missing_one" in done.stderr.splitlines()[0]
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("wrong", ["", "no tar", "other python", "directory", "no pip", "no file"])
def test_what_is_no_tar_of_ours_is_said(machine: Machine, tar: Path, wrong: str) -> None:
    if wrong == "no pip":
        next((machine.root / "tar.wheels").glob("pip-*")).unlink()
        bundle.write(tar, machine.root / "tar.wheels", house.here(), ())
    elif wrong in ("", "no tar"):
        tar.write_text(wrong)
    elif wrong == "no file":
        tar.unlink()
    elif wrong == "other python":
        bundle.write(tar, machine.root / "tar.wheels", Kind("3.99", "x86_64", "glibc 2.36"), ())
    elif wrong == "directory":
        with tarfile.open(tar, "a") as out:
            out.add(machine.home, "../outside")
    done = install(machine, tar)
    assert done.returncode == 1
    assert [line.partition(" ")[0] for line in done.stderr.splitlines()] == ["error:", "hint:"]
    assert left(machine) == [".lock"]
