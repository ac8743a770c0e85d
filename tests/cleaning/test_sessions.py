"""Launchers go when their session is nowhere: not live, not in any save, and never where that cannot be told."""

import os
import subprocess
from pathlib import Path

import pytest

from ocprov import cache
from ocprov.tmux.client import server
from ocprov.tmux.files import Files, files
from tests.cleaning.there import OLD, OTHER, SESSION, aged, left, processes, removed, shown, tree
from tests.conftest import Machine, until


def test_nothing_of_a_live_session_goes_however_old(machine: Machine, up: Files) -> None:
    for path in (*up.run.iterdir(), up.log, *Path(cache.folder()).iterdir()):
        os.utime(path, (OLD, OLD))
    before = tree(machine.state)
    assert removed(machine, OCPROV_CLEAN_DAYS="0") == {}
    assert tree(machine.state) == before


def test_a_live_session_that_somebody_renamed_keeps_its_launchers(machine: Machine, up: Files) -> None:
    machine.tmux("rename-session", "-t", f"={SESSION}", "mine")
    assert removed(machine) == {}
    assert up.keys()


def test_a_session_that_is_nowhere_loses_its_launchers_and_no_other_does(
    machine: Machine, gone: Files
) -> None:
    other = files(server(), OTHER)
    assert removed(machine) == {str(gone.run): "launchers"}
    assert not gone.run.exists()
    assert gone.log.exists()
    assert other.keys()
    assert gone.lock.exists(), "locks stay: somebody may wait for one"
    assert machine.ocprov("status", "two", "--exit-code").returncode == 0
    assert machine.ocprov("up", "-d", "one").returncode == 0
    assert gone.keys()


def test_the_server_may_be_over(machine: Machine, up: Files) -> None:
    machine.end_tmux()
    until(lambda: not processes(str(machine.home)))
    assert set(removed(machine)) == {str(up.run), str(files(server(), OTHER).run)}


SAVES = {
    "resurrect's own place": ".local/share/tmux/resurrect",
    "its old place": ".tmux/resurrect",
}


@pytest.mark.parametrize("folder", SAVES.values(), ids=SAVES)
@pytest.mark.parametrize("save", ["tmux_resurrect_20200101T000000.txt", "last"])
def test_a_session_of_any_save_keeps_its_launchers(
    machine: Machine, gone: Files, folder: str, save: str
) -> None:
    _save(machine.home / folder / save, gone)
    assert removed(machine) == {}
    assert left(machine) == {str(gone.run): "tmux-resurrect has it in a save"}
    assert "left" not in machine.ocprov("clean").stderr, "what is as it should be is told with -v only"


def _save(path: Path, own: Files) -> None:
    path.parent.mkdir(parents=True)
    command = f":/bin/sh {own.launcher('w')} /"
    path.write_text(f"pane\t{SESSION}\t0\t1\t:*\t0\tt\t:/\t1\tsh\t{command}\nstate\t{SESSION}\t\n")


@pytest.mark.parametrize("running", [True, False], ids=["server asked", "conf read"])
def test_saves_in_a_place_of_the_users_count(machine: Machine, gone: Files, running: bool) -> None:
    _save(machine.home / "saves/tmux_resurrect_1.txt", gone)
    if running:
        machine.tmux("set", "-g", "@resurrect-dir", "~/saves")
    else:
        machine.end_tmux()
        (machine.home / ".tmux.conf").write_text("set -g @resurrect-dir '$HOME/saves'\n")
    assert str(gone.run) not in removed(machine)


@pytest.mark.parametrize("kind", ["save is a directory", "place cannot be told"])
def test_where_saves_cannot_be_read_every_launcher_stays(machine: Machine, gone: Files, kind: str) -> None:
    if kind == "place cannot be told":
        (machine.home / ".tmux.conf").write_text("set -gF @resurrect-dir '#{d:config_files}/saves'\n")
    else:
        (machine.home / ".tmux/resurrect/tmux_resurrect_1.txt").mkdir(parents=True)
    assert removed(machine) == {}
    assert gone.keys()
    assert f"left {shown(machine, gone.run)}: " in machine.ocprov("clean").stderr


def test_where_tmux_cannot_be_asked_every_launcher_stays(machine: Machine, gone: Files) -> None:
    assert removed(machine, PATH=str(machine.root)) == {}
    assert gone.keys()


def test_a_tmux_that_fails_is_asked_once_for_all_its_sessions(machine: Machine, gone: Files) -> None:
    folder = machine.root / "bin"
    folder.mkdir()
    (folder / "tmux").write_text(f"#!/bin/sh\necho asked >>'{machine.root}/asked'\necho broken >&2\nexit 1\n")
    (folder / "tmux").chmod(0o755)
    assert removed(machine, PATH=f"{folder}:{os.environ['PATH']}") == {}
    assert (machine.root / "asked").read_text() == "asked\n"


def test_where_processes_cannot_be_listed_every_launcher_stays(machine: Machine, gone: Files) -> None:
    (machine.root / "bin").mkdir()
    ps = machine.root / "bin/ps"
    ps.write_text("#!/bin/sh\nexit 1\n")
    ps.chmod(0o755)
    assert removed(machine, PATH=f"{ps.parent}:{os.environ['PATH']}") == {}
    assert gone.keys()


def test_a_launcher_that_runs_outside_of_any_session_known_keeps_its_files(
    machine: Machine, gone: Files
) -> None:
    with subprocess.Popen(
        ["/bin/sh", "-c", "read _", gone.launcher("w"), "/"], stdin=subprocess.PIPE
    ) as runs:
        assert removed(machine) == {}
        assert runs.stdin is not None
        runs.stdin.close()
    assert removed(machine) == {str(gone.run): "launchers"}


def test_a_server_that_is_not_known_keeps_what_is_its(machine: Machine) -> None:
    other = Files("elsewhere-123abc", SESSION)
    aged(other.run / "w")
    assert removed(machine, OCPROV_CLEAN_DAYS="0") == {}
    assert left(machine) == {str(other.run): "its tmux server is not known: ocprov -S SOCKET clean"}


def test_a_server_by_path_is_known_when_it_is_given(machine: Machine) -> None:
    path = machine.root / "sock"
    other = files(server(path=str(path)), SESSION)
    aged(other.run / "w")
    answer = machine.ocprov("-S", str(path), "clean")
    assert (answer.returncode, other.run.exists()) == (0, False)
