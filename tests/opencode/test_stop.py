import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from ocprov.lock import held
from ocprov.opencode import places, process, record
from ocprov.opencode.life import options, removal
from ocprov.opencode.places import Places
from ocprov.opencode.record import Options, Record
from ocprov.opencode.spec import ServerSpec
from tests.conftest import DEADLINE, Machine


def silent() -> None:
    pass


def stopped(machine: Machine, name: str, **asked: object) -> Record:
    """A server that was, with its files."""
    directory = machine.home / name
    directory.mkdir()
    known = Record(str(directory), state="stopped", port=20001, options=Options(**asked))  # type: ignore[arg-type] # a table of some
    known.places.make()
    record.write(known)
    return known


def test_nothing_that_runs_is_no_failure(machine: Machine) -> None:
    known = stopped(machine, "shop")

    done = machine.ocprov("server", "stop", "--dir", known.directory)

    assert (done.returncode, done.stdout) == (0, f"{known.name}: did not run, in {known.directory}\n")
    assert record.read(known.places) == known


def test_all_of_them_a_line_each(machine: Machine) -> None:
    one, two = stopped(machine, "blog"), stopped(machine, "shop")
    (two.places.xdg / "data").mkdir(parents=True)  # also where its record does not tell that it was isolated

    done = machine.ocprov("server", "stop", "--all", "--delete")

    assert done.stdout.splitlines() == [
        f"{one.name}: did not run, in {one.directory}; its state directory is removed, your conversations stay",
        f"{two.name}: did not run, in {two.directory}; its state directory is removed, its own conversations too",
    ]
    assert places.every() == ()
    assert Path(one.directory).is_dir()


def test_one_to_delete_on_exit_is_removed_also_when_its_supervisor_was_killed(machine: Machine) -> None:
    known = stopped(machine, "shop", delete_on_exit=True)

    done = machine.ocprov("server", "stop", "--dir", known.directory, "--json")

    assert json.loads(done.stdout)["data"]["servers"] == [
        {"name": known.name, "directory": known.directory, "pid": 0, "removed": True}
    ]
    assert not known.places.root.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nobody"], 1, "no server is called 'nobody'"),
        (["--dir", "missing"], 1, "no such file"),
        (["--all", "shop"], 2, "one of them"),
        ([""], 2, "NAME is empty"),
    ],
    ids=["name", "directory", "two-ways", "empty"],
)
def test_whom_it_cannot_mean(arguments: list[str], code: int, said: str, machine: Machine) -> None:
    done = machine.ocprov("server", "stop", *arguments)

    assert done.returncode == code
    assert said in done.stderr


@pytest.mark.parametrize(
    "content",
    ["{", '{"schema": 1, "directory": "/shop", "port": 99999999}', '{"schema": 1, "directory": "shop"}'],
    ids=["cut", "port", "directory"],
)
def test_a_record_that_cannot_be_read_needs_force_and_is_put_aside(content: str, machine: Machine) -> None:
    known = stopped(machine, "shop")
    known.places.record.write_text(content)

    refused = machine.ocprov("server", "stop", known.name)
    done = machine.ocprov("server", "stop", known.name, "--force")

    assert refused.returncode == 4
    assert f"ocprov server stop --force {known.name}" in refused.stderr
    assert done.returncode == 0
    assert record.read(known.places) is None
    assert known.places.record.with_suffix(".damaged").read_text() == content


def test_what_is_to_be_deleted_is_said_each_time(machine: Machine) -> None:
    before = Options("data", port=20001, delete_on_exit=True)

    assert options.merged(ServerSpec(machine.home), before) == Options("data", port=20001)
    assert options.merged(ServerSpec(machine.home, delete_on_exit=True), Options()).delete_on_exit


def test_one_whose_password_is_lost_is_ended_by_force(machine: Machine) -> None:
    known = stopped(machine, "shop")
    with subprocess.Popen(["sleep", "1000"], start_new_session=True) as running:
        try:
            record.write(replace(known, state="ready", server=process.of(running.pid)))
            refused = machine.ocprov("server", "stop", known.name)
            done = machine.ocprov("server", "stop", known.name, "--force")
            assert running.wait(DEADLINE) < 0
        finally:
            running.kill()

    assert refused.returncode == 4
    assert "password: No such file or directory; so server" in refused.stderr
    assert f"ocprov server stop --force {known.name}" in refused.stderr
    assert done.returncode == 0


def test_who_holds_the_lock_and_is_no_supervisor_is_not_ended(machine: Machine) -> None:
    known = stopped(machine, "shop")
    with held(known.places.lock, wait=0, blocked=silent):  # by this test
        done = machine.ocprov("server", "stop", known.name, "--force")

    assert done.returncode == 4
    assert "it cannot be told who" in done.stderr


def test_removal_goes_through_what_its_owner_may_not_write_and_no_link(machine: Machine) -> None:
    known = stopped(machine, "shop")
    (machine.home / "mine").mkdir()
    (machine.home / "mine/file").touch()
    deep = known.places.xdg / "cache/go"
    deep.mkdir(parents=True)
    (deep / "module").touch()
    (deep / "link").symlink_to(machine.home / "mine")
    deep.chmod(0o500)

    removal.remove(known.places)

    assert not known.places.root.exists()
    assert (machine.home / "mine/file").exists()


def test_only_a_state_directory_is_removed(machine: Machine) -> None:
    with pytest.raises(Exception, match="not a state directory"):
        removal.remove(Places(machine.home))
    assert machine.home.is_dir()
