"""The directory of ssh's sockets: whose it is, where, and that none is left."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocprov.fleet import sockets
from tests.conftest import Machine
from tests.fleet.following import short

LEFT = "ocprov-ssh-a1b2c3d4"


@pytest.fixture
def runtime(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    made = short()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(made))
    yield made
    shutil.rmtree(made)


def bound(path: Path) -> None:
    """A socket that nobody listens at any more."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


def test_it_is_of_its_user_alone_and_gone_afterwards(runtime: Path) -> None:
    with sockets.folder() as made:
        assert made.parent == runtime
        assert made.stat().st_mode & 0o777 == 0o700
        bound(made / "0-1/master")
    assert not list(runtime.iterdir())


def test_what_a_killed_one_left_is_removed_and_what_is_in_use_stays(runtime: Path) -> None:
    bound(runtime / LEFT / "0-1/master")
    (runtime / LEFT / "1-0").mkdir()
    with sockets.folder() as first, sockets.folder() as second:
        assert sorted(runtime.iterdir()) == sorted((first, second))


@pytest.mark.parametrize("name", [LEFT, "ocprov-ssh-mine", "ocprov-a1b2c3d4"])
def test_nothing_but_sockets_in_such_a_directory_is_removed(runtime: Path, name: str) -> None:
    bound(runtime / "others/socket")
    kept = runtime / name / "0-1/notes"
    kept.parent.mkdir(parents=True)
    kept.write_text("mine")
    (runtime / name / "link").symlink_to(runtime / "others")
    with sockets.folder():
        pass
    assert kept.read_text() == "mine"
    assert (runtime / "others/socket").is_socket()


@pytest.mark.parametrize(
    "where", ["{home}/" + "long" * 20, "relative", "{home}/none", "/tmp/a b", "/tmp/%h", ""]
)
def test_where_a_directory_cannot_hold_sockets_another_one_is_taken(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    given = where.format(home=machine.home)
    if given.startswith(str(machine.home / "long")):
        Path(given).mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", given)
    with sockets.folder() as made:
        assert len(str(made)) <= len("/ocprov-ssh-a1b2c3d4") + 46
        assert str(made.parent) != given
    assert not made.exists()
