import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ocprov.errors import BusyError, OcprovError
from ocprov.lock import held
from tests.conftest import DEADLINE

COUNTER = """
import os, sys
from pathlib import Path
from ocprov.lock import held
directory = Path(sys.argv[1])
for _ in range(5):
    with held(directory / "lock", wait=60, blocked=lambda: None):
        os.close(os.open(directory / "inside", os.O_CREAT | os.O_EXCL))
        count = directory / "count"
        count.write_text(str(int(count.read_text()) + 1))
        (directory / "inside").unlink()
"""
HOLDER = """
import subprocess, sys
from pathlib import Path
from ocprov.lock import held
with held(Path(sys.argv[1]), wait=5, blocked=lambda: None):
    if sys.argv[2:]:
        subprocess.Popen(sys.argv[2:], close_fds=False)
    print("held", flush=True)
    sys.stdin.read()
"""


def never() -> None:
    pytest.fail("nobody else held the lock")


@contextmanager
def holder(path: Path, *child: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until its input ends; `child` is a program that it starts."""
    args = [sys.executable, "-c", HOLDER, str(path), *child]
    with subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


def test_twenty_processes_are_never_inside_together(tmp_path: Path) -> None:
    (tmp_path / "count").write_text("0")
    args = [sys.executable, "-c", COUNTER, str(tmp_path)]
    processes = [subprocess.Popen(args) for _ in range(20)]

    assert [process.wait(timeout=60) for process in processes] == [0] * 20
    assert (tmp_path / "count").read_text() == "100"


def test_the_file_is_private_names_the_holder_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "lock"

    with held(path, wait=0, blocked=never):
        assert path.read_text() == f"{os.getpid()}\n"

    assert path.stat().st_mode & 0o777 == 0o600


def test_it_is_free_again_after_an_error_inside(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), held(tmp_path / "lock", wait=0, blocked=never):
        _ = 1 // 0

    with held(tmp_path / "lock", wait=0, blocked=never):
        pass


def test_it_is_free_again_after_its_holder_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with holder(path) as process:
        process.kill()

    with held(path, wait=0, blocked=never):
        pass


def test_a_program_started_by_the_holder_does_not_keep_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with holder(path, "cat") as process:
        process.kill()
        process.wait(timeout=DEADLINE)
        assert process.poll() is not None

        with held(path, wait=0, blocked=never):  # `cat` lives until our end of its input is closed
            pass


def test_a_forked_child_does_not_keep_it_after_the_block(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with held(tmp_path / "lock", wait=0, blocked=never):
        child = os.fork()
        if child == 0:
            os.close(writing)
            os.read(reading, 1)
            os._exit(0)

    with held(tmp_path / "lock", wait=0, blocked=never):
        pass
    os.close(writing)
    os.close(reading)
    assert os.waitpid(child, 0)[1] == 0


def test_who_waits_too_long_is_told_which_process_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"

    with holder(path) as process:
        with pytest.raises(BusyError) as caught, held(path, wait=0.2, blocked=never):
            pytest.fail("two holders")
        process.communicate("", timeout=DEADLINE)

    assert caught.value.exit_code == 75
    assert caught.value.message == f"another ocprov (process {process.pid}) is still at work after 0.2 s"
    assert f"ps -p {process.pid}" in caught.value.hint


def test_waiting_is_said_once_after_a_second(tmp_path: Path) -> None:
    start = time.monotonic()
    said: list[float] = []
    naps: list[subprocess.Popen[bytes]] = []

    with holder(tmp_path / "lock") as process:

        def blocked() -> None:
            said.append(time.monotonic() - start)
            assert process.stdin is not None
            naps.append(subprocess.Popen(["sleep", "0.3"], stdout=process.stdin))
            process.stdin.close()  # so that its input ends some looks later

        with held(tmp_path / "lock", wait=DEADLINE, blocked=blocked):
            pass

    assert [nap.wait(DEADLINE) for nap in naps] == [0]
    assert len(said) == 1
    assert said[0] >= 1


def make_link(path: Path) -> None:
    (path.parent / "elsewhere").touch()
    path.symlink_to(path.parent / "elsewhere")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(make_link, "symbolic links", id="link"),
        pytest.param(lambda path: path.symlink_to("nowhere"), "symbolic links", id="dangling-link"),
        pytest.param(Path.mkdir, "directory", id="directory"),
        pytest.param(os.mkfifo, "not a plain file", id="fifo"),
    ],
)
def test_what_is_no_plain_file_is_refused(make: Callable[[Path], None], said: str, tmp_path: Path) -> None:
    path = tmp_path / "lock"
    make(path)

    with pytest.raises(OcprovError, match=said) as caught, held(path, wait=0, blocked=never):
        pytest.fail("held a lock that is none")

    assert str(path) in caught.value.message
    assert caught.value.hint


def test_a_lock_file_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lock"
    path.touch()
    monkeypatch.setattr("os.geteuid", lambda: path.stat().st_uid + 1)

    with pytest.raises(OcprovError, match="another user"), held(path, wait=0, blocked=never):
        pytest.fail("held a lock of another user")


def test_a_missing_directory_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    with (
        pytest.raises(OcprovError, match="No such file") as caught,
        held(tmp_path / "no/lock", wait=0, blocked=never),
    ):
        pytest.fail("held a lock that is nowhere")

    assert "ls -ld" in caught.value.hint


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    path = tmp_path / "one.lock"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))  # as on a full disk
    try:
        with pytest.raises(OcprovError, match="cannot write the lock file "):
            held(path, wait=0, blocked=lambda: None).__enter__()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    with held(path, wait=0, blocked=lambda: None):
        assert path.read_text() == f"{os.getpid()}\n"
