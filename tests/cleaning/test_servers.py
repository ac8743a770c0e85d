"""Of servers that do not run the temporary files and old logs go; conversations never do."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocprov.lock import held
from ocprov.opencode import password, process, record
from ocprov.opencode.record import Options, Process, Record
from tests.cleaning.there import OLD, aged, left, removed
from tests.conftest import Machine

DEAD = Process(4_194_303, "1")


def keep(machine: Machine, name: str = "shop", isolation: str = "shared", server: Process = DEAD) -> Record:
    """A server with everything that one leaves."""
    directory = machine.home / name
    directory.mkdir(exist_ok=True)
    known = Record(str(directory), state="ready", server=server, options=Options(isolation))  # type: ignore[arg-type] # named per test
    place = known.places.make()
    password.ensure(place)
    record.write(known)
    for path in (place.tmp / "a.so", place.log, place.log.with_name("server.log.1"), place.supervisor_log):
        aged(path)
    aged(place.root / "attach-4194303/b.so")
    return known


def gone(known: Record) -> Record:
    """Its directory is no more, for long."""
    Path(known.directory).rmdir()
    os.utime(known.places.record, (OLD, OLD))
    return known


@pytest.fixture
def lives() -> Iterator[Process]:
    with subprocess.Popen(["sleep", "100"]) as child:
        yield process.of(child.pid)
        child.kill()


def test_temporary_files_go_and_logs_when_they_are_old(machine: Machine) -> None:
    place = keep(machine).places
    own = {str(place.root / name) for name in ("tmp", "attach-4194303")}
    assert set(removed(machine, "-n", OCPROV_CLEAN_DAYS="41")) == own
    logs = {str(place.root / name) for name in ("server.log", "server.log.1", "supervisor.log")}
    assert set(removed(machine)) == own | logs
    assert {one.name for one in place.root.iterdir()} == {"server.json", "password", "start.lock"}


def test_of_a_server_that_runs_only_what_attached_to_it_once_goes(machine: Machine, lives: Process) -> None:
    place = keep(machine, server=lives).places
    assert set(removed(machine, OCPROV_CLEAN_DAYS="0")) == {str(place.root / "attach-4194303")}
    supervised = keep(machine, "blog").places
    with held(supervised.lock, wait=0, blocked=lambda: None):
        assert set(removed(machine, OCPROV_CLEAN_DAYS="0")) == {str(supervised.root / "attach-4194303")}


def test_what_is_being_started_stays(machine: Machine) -> None:
    place = keep(machine).places
    with held(place.start_lock, wait=0, blocked=lambda: None):
        assert removed(machine) == {}
        assert {Path(path).name for path in left(machine)} >= {"tmp", "server.log"}


def test_a_server_goes_with_its_directory_when_that_is_gone_for_long(machine: Machine) -> None:
    known = gone(keep(machine))
    assert set(removed(machine, "-n", OCPROV_CLEAN_DAYS="41")) == {
        str(known.places.root / name) for name in ("tmp", "attach-4194303")
    }
    assert removed(machine) == {str(known.places.root): "server"}
    assert not known.places.root.exists()


@pytest.mark.parametrize("isolation", ["data", "full"])
def test_conversations_of_its_own_are_never_removed(machine: Machine, isolation: str) -> None:
    known = gone(keep(machine, isolation=isolation))
    database = aged(known.places.xdg / "data/opencode/opencode.db")
    done = machine.ocprov("clean", OCPROV_CLEAN_DAYS="0")
    assert (done.returncode, database.exists(), known.places.record.exists()) == (0, True, True)
    assert "server stop" in left(machine)[str(known.places.root)]


def test_links_out_of_it_are_not_followed(machine: Machine) -> None:
    mine = aged(machine.home / "mine/thesis.tex")
    place = keep(machine).places
    (place.tmp / "out").symlink_to(mine.parent)
    (place.root / "server.log.2").symlink_to(mine)
    os.utime(place.root / "server.log.2", (OLD, OLD), follow_symlinks=False)
    assert str(place.tmp) in removed(machine)
    assert mine.exists()
    assert left(machine) == {str(place.root / "server.log.2"): "it is a link"}


def test_a_record_that_cannot_be_read_keeps_its_server(machine: Machine) -> None:
    known = keep(machine)
    known.places.record.write_text("{")
    assert set(removed(machine)) == {str(known.places.root / "attach-4194303")}
    assert "it is damaged" in left(machine)[str(known.places.record)]
