"""`ocprov clean`: what it says, what it refuses, and that a kill or a busy session hinders it nowhere."""

from pathlib import Path

import pytest

from ocprov.lock import held
from ocprov.tmux.files import Files
from tests.cleaning.conftest import gone as gone
from tests.cleaning.conftest import up as up
from tests.cleaning.there import aged, left, removed, shown, tree
from tests.conftest import Machine


def test_on_a_new_machine_there_is_nothing_to_remove_and_nothing_is_made(machine: Machine) -> None:
    cleaned = machine.ocprov("clean")
    assert (cleaned.returncode, cleaned.stdout, cleaned.stderr) == (0, "nothing to remove\n", "")
    assert list(machine.home.iterdir()) == []


def test_a_dry_run_lists_exactly_that_and_exits_3(machine: Machine, gone: Files) -> None:
    before = tree(machine.home)
    told = machine.ocprov("clean", "--dry-run")
    assert told.returncode == 3
    assert shown(machine, gone.run) in told.stdout
    assert "would remove 1 thing, " in told.stdout
    assert tree(machine.home) == before
    assert removed(machine, "--dry-run") == removed(machine)
    assert machine.ocprov("clean", "--dry-run").returncode == 0


@pytest.mark.parametrize("calls", range(4))
def test_what_a_kill_left_the_next_run_completes(
    machine: Machine, gone: Files, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    with monkeypatch.context() as patched:
        left = calls
        for name in ("unlink", "rmdir"):
            real = getattr(Path, name)

            def killed(path: Path, *args: object, real: object = real, **more: object) -> None:
                nonlocal left
                left -= 1
                if left < 0:
                    raise SystemExit(137)
                real(path, *args, **more)  # type: ignore[operator] # unlink or rmdir

            patched.setattr(Path, name, killed)
        machine.ocprov("clean")
    assert gone.run.exists() == (calls < 3)
    machine.ocprov("clean")
    assert not gone.run.exists()


def test_what_cannot_be_removed_fails_after_the_rest_is_done(
    machine: Machine, gone: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash = aged(machine.state / "log/crash-20200101T000000.log")

    def refuse(path: Path) -> None:
        raise PermissionError(1, "Operation not permitted", str(path))

    monkeypatch.setattr(Path, "rmdir", refuse)
    failed = machine.ocprov("clean")
    assert failed.returncode == 1
    assert [line.partition(":")[0] for line in failed.stderr.splitlines()] == ["error", "hint"]
    assert not crash.exists()


def test_wrong_settings_are_refused_before_anything_is_touched(machine: Machine, gone: Files) -> None:
    before = tree(machine.state)
    assert machine.ocprov("clean", OCPROV_CLEAN_DAYS="soon").returncode == 1
    assert tree(machine.state) == before


def test_what_ocprov_did_not_write_stays_and_is_told(machine: Machine, gone: Files) -> None:
    mine = gone.run / "my notes.txt"
    mine.write_text("mine")
    folder = machine.state / "run" / gone.server / "not a session"
    folder.mkdir()
    told = machine.ocprov("clean")
    assert f"left {shown(machine, mine)}: " in told.stderr
    assert f"left {shown(machine, folder)}: " in told.stderr
    assert [path.name for path in gone.run.iterdir()] == [mine.name]


def test_a_session_that_is_being_brought_up_is_left(machine: Machine, gone: Files) -> None:
    with held(gone.lock, wait=0, blocked=lambda: None):
        assert removed(machine) == removed(machine, "--dry-run") == {}
        assert left(machine) == {str(gone.run): "another ocprov is at work on it"}
    assert removed(machine) == {str(gone.run): "launchers"}


@pytest.mark.parametrize("at", ["run", "label", "session", "launcher"])
def test_a_link_is_not_followed(machine: Machine, gone: Files, at: str) -> None:
    link = {
        "run": gone.run.parents[1],
        "label": gone.run.parent,
        "session": gone.run,
        "launcher": gone.run / "w",
    }
    elsewhere = machine.root / "elsewhere"
    link[at].rename(elsewhere)
    link[at].symlink_to(elsewhere)
    before = tree(elsewhere) if elsewhere.is_dir() else elsewhere.read_bytes()
    told = machine.ocprov("clean")
    assert told.returncode == 0
    assert f"left {shown(machine, link[at])}: it is a link" in told.stderr
    assert (tree(elsewhere) if elsewhere.is_dir() else elsewhere.read_bytes()) == before
    assert link[at].is_symlink()
