"""How the directories of ocprov, and the locks in them, are judged and gathered."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ocprov.core.value import replace
from ocprov.doctor import folders, locks
from ocprov.doctor.folders import Folder, Folders
from ocprov.doctor.groups import seen as seen_as_a_check
from ocprov.doctor.locks import Held
from ocprov.doctor.mending import mend
from ocprov.doctor.place import Place
from ocprov.doctor.seen import folders as seen
from ocprov.doctor.seen.around import Around
from ocprov.doctor.tmux import Tmux
from ocprov.lock import held
from tests.conftest import Machine
from tests.doctor.samples import FIXES, told, troubles

ME = 1000
HOME = Place("/home/me", "directory", ME, 0o755)
STATE = Folder("state", Place("/s", "directory", ME, 0o700), True, free=10**12, system="ext4")
CONFIG = Folder("config", Place("/c", "directory", ME, 0o755), False)
GOOD = Folders(HOME, (STATE, CONFIG), ME)


def state(**changed: object) -> Folders:
    return replace(GOOD, folders=(replace(STATE, **changed),))  # type: ignore[arg-type] # named per row


def place(mode: int, *, owner: int = ME, kind: str = "directory") -> Place:
    return Place("/s", kind, owner, mode)  # type: ignore[arg-type] # named per row


def test_all_is_well() -> None:
    assert told(folders.judge(GOOD)) == [("state", "ok", "/s"), ("config", "ok", "/c")]


@pytest.mark.parametrize(
    ("wrong", "what", "state_", "found", "fix"),
    [
        pytest.param(state(place=place(0o755)), "state", "warn", "0755", "chmod 700 /s", id="others look in"),
        pytest.param(state(place=place(0o700, owner=7)), "state", "fail", "another user", "ls -ld /s", id="foreign"),
        pytest.param(state(place=place(0o644, kind="file")), "state", "fail", "is a file", "mv /s", id="a file"),
        pytest.param(state(place=place(0, kind="link")), "state", "fail", "a symbolic link", "mv /s", id="a dead link"),
        pytest.param(state(writable=False), "state", "fail", "cannot be written", "chmod u+rwx", id="read-only"),
        pytest.param(
            state(place=Place("/x/s"), writable=False, nearest="/a b"), "state", "fail", "cannot be made", "ls -ld '/a b'", id="unmakeable"
        ),
        pytest.param(state(free=1024), "disk", "warn", "0 MB are left", "df -h", id="nearly full"),
        pytest.param(state(free=0), "disk", "fail", "0 MB are left", "df -h", id="full"),
        pytest.param(state(system="nfs4"), "file system", "warn", "is on nfs4", "XDG_STATE_HOME", id="nfs"),
        pytest.param(
            replace(GOOD, folders=(replace(CONFIG, place=replace(CONFIG.place, mode=0o777)),)),
            "config", "fail", "others may write", "chmod go-w /c", id="others write",
        ),
        pytest.param(
            replace(GOOD, home=replace(HOME, owner=7)), "HOME", "warn", "belongs to another user", "sudo -H", id="sudo"
        ),
        pytest.param(replace(GOOD, home=Place("/gone")), "HOME", "warn", "/gone is not there", "HOME=", id="no home"),
        pytest.param(
            replace(GOOD, relative=("XDG_DATA_HOME",)), "XDG_DATA_HOME", "warn", "ignored", "unset", id="relative"
        ),
        pytest.param(
            replace(GOOD, loose=(place(0o755), place(0o644))), "state files", "warn", "/s (0755) and 1 more", "--fix",
            id="loose",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(wrong: Folders, what: str, state_: str, found: str, fix: str) -> None:
    (check,) = troubles(folders.judge(wrong))
    assert (check.what, check.state) == (what, state_)
    assert found in check.found
    assert fix in check.fix


def test_one_that_is_not_there_yet_is_no_trouble() -> None:
    assert troubles(folders.judge(state(place=Place("/s")))) == []


def test_a_fresh_machine_and_one_that_was_used(machine: Machine) -> None:
    assert {found for _, _, found in told(folders.judge(seen.folders()))} == {
        f"{machine.home}/{path}, made when it is needed"
        for path in (".local/state/ocprov", ".config/ocprov", ".local/share/ocprov", ".cache/ocprov/plans")
    }
    machine.layout(
        "one", "---\nsession_name: opencode-development-one\nwindows: [{window_name: a, panes: [sleep 99]}]\n"
    )
    assert machine.ocprov("up", "-d", "one").returncode == 0
    assert troubles(folders.judge(seen.folders())) == []


def test_what_others_may_read_below_the_state_directory(machine: Machine) -> None:
    run = machine.state / "run/default-1/one"
    run.mkdir(parents=True, mode=0o700)
    (run / "tight").touch(0o600)
    (run / "loose").touch(0o644)
    (run / "link").symlink_to("/etc/passwd")
    (machine.state / "run").chmod(0o750)
    (run.parent).chmod(0o700)

    assert [Path(one.path).name for one in seen.loose(machine.state)] == ["run", "loose"]


def test_relative_xdg_variables_are_seen(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "state")
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    assert seen.folders().relative == ("XDG_STATE_HOME",)


def test_a_directory_that_a_link_leads_to_counts(machine: Machine) -> None:
    (machine.root / "dotfiles").mkdir(mode=0o777)
    (machine.root / "dotfiles").chmod(0o777)
    (machine.home / ".config").mkdir()
    (machine.home / ".config/ocprov").symlink_to(machine.root / "dotfiles")
    (check,) = [check for check in folders.judge(seen.folders()) if check.what == "config"]
    assert (check.state, "0777" in check.found) == ("fail", True)


NOBODY = 65534


@pytest.fixture
def common(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The state directory of a user who is not root, for whom nothing is closed."""
    if os.geteuid() != 0:
        machine.state.mkdir(parents=True)
        yield machine.state
        return
    with TemporaryDirectory() as directory:  # below tmp_path only root may look
        state = Path(directory) / ".local/state/ocprov"
        state.mkdir(parents=True)
        for path in (Path(directory), *Path(directory).rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        monkeypatch.setenv("HOME", directory)
        os.seteuid(NOBODY)
        try:
            yield state
        finally:
            os.seteuid(0)


def test_a_state_directory_that_is_closed_to_its_owner(common: Path) -> None:
    (common / "lock").mkdir()
    common.chmod(0)

    first, *_ = folders.judge(seen.folders())
    (locked,) = seen_as_a_check("locks", lambda: locks.judge(seen.locks()))
    done, failed = mend(Around(Tmux(()), FIXES), wait=0, tell=lambda _: None)

    common.chmod(0o700)
    assert (first.state, first.fix) == ("fail", f"chmod u+rwx {common}")
    assert (locked.state, locked.found) == ("fail", f"cannot be looked at: permission denied: {common}/lock")
    assert (done, failed) == ((), ())


def test_directories_that_cannot_be_made(common: Path) -> None:
    common.parent.parent.chmod(0o500)
    try:
        (cannot,) = [check for check in folders.judge(seen.folders()) if check.what == "data"]
    finally:
        common.parent.parent.chmod(0o700)
    assert (cannot.state, cannot.fix) == ("fail", f"ls -ld {common.parent.parent}")


@pytest.mark.parametrize(("seconds", "state_"), [(3, "ok"), (60, "warn")])
def test_a_lock_that_is_held(seconds: int, state_: str) -> None:
    (check,) = locks.judge((Held("one", "/l/one.lock", 42, seconds),))
    assert (check.state, check.found) == (state_, f"one is held by process 42 for {seconds} s")
    assert ("ps -p 42" in check.fix) == (state_ == "warn")


def test_a_lock_of_nobody_known() -> None:
    (check,) = locks.judge((Held("one", "/l/one.lock", 0, 99),))
    assert check.fix == "see what it does: fuser /l/one.lock"


def test_the_locks_that_are_held_now_are_found(machine: Machine) -> None:
    folder = machine.state / "lock/default-1"
    folder.mkdir(parents=True)
    (folder / "free.lock").touch()
    (folder / "odd.lock").mkdir()
    os.mkfifo(folder / "pipe.lock")
    assert told(locks.judge(seen.locks())) == [("locks", "ok", "free")]

    with ExitStack() as stack:
        stack.enter_context(held(folder / "busy.lock", wait=0, blocked=lambda: None))
        (one,) = seen.locks()
    assert (one.name, one.pid) == ("busy", os.getpid())
    assert one.seconds < 60
