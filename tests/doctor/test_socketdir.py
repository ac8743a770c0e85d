"""How the directory of tmux's sockets, and the socket, are judged; and that tmux itself thinks so too."""

import os
import socket as sockets
import subprocess
from pathlib import Path

import pytest

from ocprov.doctor.place import Place, at
from ocprov.doctor.seen import around
from ocprov.doctor.seen.socketdir import socket
from ocprov.doctor.socketdir import Socket, judge
from ocprov.tmux.client import server
from tests.conftest import Machine
from tests.doctor.samples import FIXES, program, start, told, troubles

ME = 1000
GOOD = Place("/tmp/tmux-1000", "directory", ME, 0o700)
SOCKET = Place("/tmp/tmux-1000/default", "socket", ME, 0o700)


def test_all_is_well() -> None:
    assert told(judge(Socket(SOCKET, GOOD, ME, listens=True), FIXES)) == [
        ("socket directory", "ok", "/tmp/tmux-1000"),
        ("socket", "ok", "/tmp/tmux-1000/default"),
    ]


@pytest.mark.parametrize(
    ("directory", "state", "found", "fix"),
    [
        pytest.param(Place("/t", "directory", ME, 0o755), "fail", "0755: tmux refuses", "chmod 700 /t", id="others"),
        pytest.param(Place("/t", "directory", ME, 0o750), "warn", "its group", "chmod 700 /t", id="group"),
        pytest.param(Place("/t", "directory", 7, 0o700), "fail", "another user (id 7)", "ls -ld /t", id="foreign"),
        pytest.param(Place("/t", "link", ME), "fail", "a symbolic link", "mv /t /t.old", id="link"),
        pytest.param(Place("/a b", "file", ME), "fail", "is a file", "mv '/a b' '/a b'.old", id="file"),
        pytest.param(Place("/t", "unreadable", why="permission denied"), "fail", "denied", "ls -ld", id="unreadable"),
    ],
)  # fmt: skip
def test_a_directory_that_tmux_cannot_use(directory: Place, state: str, found: str, fix: str) -> None:
    (check,) = troubles(judge(Socket(SOCKET, directory, ME, listens=True), FIXES))
    assert (check.what, check.state) == ("socket directory", state)
    assert found in check.found
    assert fix in check.fix


@pytest.mark.parametrize(
    ("kind", "inside", "state", "found"),
    [
        ("nothing", False, "ok", "no server runs"),
        ("socket", False, "ok", "tmux replaces it"),
        ("socket", True, "warn", "where no server answers"),
        ("nothing", True, "warn", "where no server answers"),
        ("directory", False, "fail", "cannot make its socket"),
        ("unreadable", False, "fail", "cannot look"),
    ],
)
def test_a_socket_without_a_server(kind: str, inside: bool, state: str, found: str) -> None:
    place = Place("/s", kind, ME)  # type: ignore[arg-type] # as parametrized
    *_, check = judge(Socket(place, None, ME, listens=False, inside=inside), FIXES)
    assert check.state == state
    assert found in check.found


@pytest.mark.parametrize(("mode", "state"), [(0o700, "ok"), (0o750, "warn"), (0o755, "fail")])
def test_tmux_is_of_the_same_mind(machine: Machine, mode: int, state: str) -> None:
    directory = machine.root / "tmux" / f"tmux-{os.getuid()}"
    directory.mkdir()
    directory.chmod(mode)

    started = subprocess.run(
        ["tmux", "-f", "/dev/null", "new-session", "-d"], capture_output=True, check=False, timeout=30
    )
    first, _ = judge(Socket(at(directory / "default"), at(directory), os.getuid(), listens=False), FIXES)

    assert (first.state == "fail", first.state) == (started.returncode != 0, state)


def test_what_is_at_a_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to("absent")
    os.mkfifo(tmp_path / "fifo")

    assert [at(tmp_path / name).kind for name in ("file", "link", "fifo", "absent", "file/below", ".")] == [
        "file",
        "link",
        "other",
        "nothing",
        "nothing",
        "directory",
    ]
    assert at(tmp_path / ("x" * 300)).kind == "unreadable"


def test_a_server_that_no_client_could_ask_is_not_called_gone(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(machine)
    with monkeypatch.context() as patch:  # the machine ends its server with the real one
        program(machine, patch, "tmux", "echo tmux 3.1c")
        seen = around.look(server)
    assert not seen.answers
    assert socket(seen, server()).listens


def test_a_socket_that_is_left_over(machine: Machine) -> None:
    place = server().socket
    place.parent.mkdir(mode=0o700)
    with sockets.socket(sockets.AF_UNIX) as left:
        left.bind(str(place))
    *_, check = judge(socket(around.look(server), server()), FIXES)
    assert (check.state, check.found) == (
        "ok",
        f"{place} is left from a server that is gone; tmux replaces it",
    )
