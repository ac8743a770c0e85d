"""A program is started, told, listened to, and never left behind."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from ocprov.tmux.child import Child
from tests.conftest import DEADLINE

LONG = DEADLINE
LARGE = b"0123456789abcdef" * 100_000  # many times what a pipe holds


def started(*arguments: str, stdin: bytes = b"", cwd: Path | None = None) -> Child:
    return Child(arguments, os.environ, stdin, None if cwd is None else str(cwd))


def sh(script: str, *, stdin: bytes = b"", cwd: Path | None = None) -> tuple[int | None, str, str]:
    with started("sh", "-c", script, stdin=stdin, cwd=cwd) as child:
        assert child.ends(LONG)
        return child.code, child.out, child.err


def descriptors() -> int:
    count = 0
    for number in range(256):
        try:
            os.fstat(number)
        except OSError:
            continue
        count += 1
    return count


def process(child: Child) -> int:
    """Its id, which it prints."""
    deadline = time.monotonic() + LONG
    while not child.out.endswith("\n"):
        assert time.monotonic() < deadline
        child.ends(0.05)
    return int(child.out)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize(
    ("script", "stdin", "expected"),
    [
        pytest.param("echo out; echo err >&2", b"", (0, "out\n", "err\n"), id="both streams"),
        pytest.param("cat; exit 3", b"told\n", (3, "told\n", ""), id="told, and failed"),
        pytest.param("kill -9 $$", b"", (-9, "", ""), id="ended by a signal"),
        pytest.param("cat", LARGE, (0, LARGE.decode(), ""), id="more in and out than a pipe holds"),
        pytest.param("cat >&2", LARGE, (0, "", LARGE.decode()), id="the same to stderr"),
        pytest.param("exit 0", LARGE, (0, "", ""), id="it does not read"),
        pytest.param("exec <&-; echo on", LARGE, (0, "on\n", ""), id="it stops to read"),
        pytest.param(r"printf 'a\377b'", b"", (0, "a\ufffdb", ""), id="not UTF-8"),
        pytest.param(
            "kill -PIPE $$; echo alive", b"", (-signal.SIGPIPE, "", ""), id="SIGPIPE is not ignored"
        ),
    ],
)
def test_it_runs_to_its_end(script: str, stdin: bytes, expected: tuple[int, str, str]) -> None:
    assert sh(script, stdin=stdin) == expected


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("echo $$; exec sleep 1000", id="it goes on"),
        pytest.param("echo $$; exec <&- >&- 2>&-; exec sleep 1000", id="it closed its streams and goes on"),
        pytest.param("trap '' TERM INT; echo $$; while :; do sleep 1; done", id="it takes no signal"),
    ],
)
@pytest.mark.parametrize("interrupted", [False, True])
def test_what_does_not_end_in_time_is_killed(script: str, interrupted: bool) -> None:
    before = descriptors()
    child = started("sh", "-c", script)
    with suppress(KeyboardInterrupt), child:
        pid = process(child)
        assert not child.ends(0.05)
        if interrupted:
            raise KeyboardInterrupt
    assert gone(pid)
    assert descriptors() == before


def test_it_can_be_waited_for_twice(tmp_path: Path) -> None:
    script = "read line; echo $line; until [ -e go ]; do sleep 0.05; done; echo end"
    with started("sh", "-c", script, stdin=b"told\n", cwd=tmp_path) as child:
        assert not child.ends(0.01)
        assert child.code is None
        (tmp_path / "go").touch()
        assert child.ends(LONG)
        assert (str(child.code), child.out) == ("0", "told\nend\n")


def test_an_interrupt_ends_the_wait_and_the_program(tmp_path: Path) -> None:
    script = (
        "import os, sys, time\nfrom ocprov.tmux.child import Child\n"
        "with Child(['sh', '-c', f'echo $$ >{sys.argv[1]}; exec sleep 1000'], os.environ, b'', None) as child:\n"
        "    open(sys.argv[2], 'w').close()\n"
        "    child.ends(1000)\n"
    )
    told, ready = tmp_path / "pid", tmp_path / "ready"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(told), str(ready)], stderr=subprocess.PIPE
    ) as caller:
        deadline = time.monotonic() + LONG
        while not (ready.exists() and told.exists() and told.read_text().endswith("\n")):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        caller.send_signal(signal.SIGINT)
        _, complaint = caller.communicate(timeout=LONG)
    assert b"KeyboardInterrupt" in complaint
    assert gone(int(told.read_text()))


def test_it_runs_in_its_directory_and_we_stay_in_ours(tmp_path: Path) -> None:
    here = Path.cwd()
    assert sh("pwd -P", cwd=tmp_path) == (0, f"{tmp_path.resolve()}\n", "")
    assert Path.cwd() == here


def test_it_runs_where_ours_was_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = tmp_path / "ours"
    ours.mkdir()
    monkeypatch.chdir(ours)
    ours.rmdir()
    assert sh("pwd -P", cwd=tmp_path) == (0, f"{tmp_path.resolve()}\n", "")
    with pytest.raises(FileNotFoundError):
        Path.cwd()


@pytest.mark.parametrize(
    ("program", "cwd", "error", "named"),
    [
        pytest.param("no-such-program", None, FileNotFoundError, "no-such-program", id="no program"),
        pytest.param("sh", "no-such-place", FileNotFoundError, "no-such-place", id="no directory"),
        pytest.param("sh", "file", NotADirectoryError, "file", id="no directory but a file"),
        pytest.param("./file", ".", PermissionError, "./file", id="no program but a file"),
    ],
)
def test_what_cannot_be_started(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    program: str,
    cwd: str | None,
    error: type[OSError],
    named: str,
) -> None:
    (tmp_path / "file").touch(0o600)
    monkeypatch.chdir(tmp_path)
    before = descriptors()
    with pytest.raises(error) as found:
        Child([program], os.environ, b"", cwd)
    assert found.value.filename == named
    assert descriptors() == before
    assert Path.cwd() == tmp_path.resolve()


def test_no_descriptor_is_kept_or_handed_on() -> None:
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    before = descriptors()
    try:
        assert sh(f"test ! -e /dev/fd/{writing}") == (0, "", "")
    finally:
        os.close(reading)
        os.close(writing)
    assert descriptors() == before - 2


def test_the_end_is_seen_where_the_system_reaps(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert sh("echo out") == (0, "out\n", "")
        with started("sleep", "1000") as child:
            assert not child.ends(0)
    finally:
        signal.signal(signal.SIGCHLD, before)
