"""A program that is asked answers in time, or is ended."""

import os
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest

from ocprov.doctor.seen.program import Said, ask
from ocprov.doctor.seen.search import everywhere, search
from tests.conftest import until


def script(tmp_path: Path, text: str) -> str:
    path = tmp_path / "program"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_what_it_says_on_both_streams(tmp_path: Path) -> None:
    assert ask([script(tmp_path, "echo a; echo b >&2; exit 3")]) == Said("a\nb\n", 3)


def test_one_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    started = time.monotonic()
    said = ask([script(tmp_path, f"sh -c 'sleep 1000; :' {tmp_path} & wait")], seconds=0.3)
    assert said == Said(trouble="gave no answer within 0.3 s")
    assert time.monotonic() - started < 500  # it would end after 1000
    until(lambda: str(tmp_path) not in _processes())


def _processes() -> str:
    return subprocess.run(
        ["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True
    ).stdout


def test_one_that_answered_while_this_process_stood_still_is_heard(tmp_path: Path) -> None:
    path, patience = script(tmp_path, "sleep 0.1; kill -ALRM $PPID; sleep 0.1; echo over"), 0.1

    def stand_still(*_: object) -> None:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        select.select([], [], [], patience)

    def heard() -> bool:
        nonlocal patience
        patience *= 2  # it has to have started in that time
        return ask([path], seconds=patience) == Said("over\n")

    before = signal.signal(signal.SIGALRM, stand_still)
    try:
        until(heard)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_one_that_prints_without_end_is_ended(tmp_path: Path) -> None:
    assert ask([script(tmp_path, "exec yes")]) == Said(trouble="prints without end")


def test_one_that_reads_gets_nothing(tmp_path: Path) -> None:
    assert ask([script(tmp_path, "cat; echo over")]) == Said("over\n")


@pytest.mark.parametrize("text", ["", "#!/nonexistent/interpreter\n"])
def test_one_that_cannot_be_run(tmp_path: Path, text: str) -> None:
    path = tmp_path / "program"
    path.write_text(text)
    path.chmod(0o755 if text else 0o644)
    assert ask([str(path)]).trouble.startswith("cannot be run: ")


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    assert ask([script(tmp_path, r"printf 'caf\351'")]).text == "caf\ufffd"


def test_opencode_and_own_variables_stay_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCODE_SERVER_PASSWORD", "secret")
    monkeypatch.setenv("OCPROV_ALERT_WEBHOOK", "secret")
    assert "secret" not in ask([script(tmp_path, "env")]).text


def test_every_different_program_on_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("one", "two", "three", "rel", "folder/tool"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("one/tool", "two/tool", "rel/tool"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "three/tool").symlink_to("../one/tool")
    monkeypatch.chdir(tmp_path)

    path = f":{tmp_path}/absent:{tmp_path}/folder:{tmp_path}/one:rel:{tmp_path}/three::{tmp_path}/two"

    assert everywhere("tool", path) == (
        f"{tmp_path}/one/tool",
        f"{tmp_path}/rel/tool",
        f"{tmp_path}/two/tool",
    )
    assert search("tool", path) == f"{tmp_path}/one/tool"
    assert search("none", path) == ""
