"""What is wrong with a configuration: by ocprov's own table, and by ocmonitor itself."""

import os
import select
import signal
import sys
import time
from pathlib import Path

import pytest

from ocprov.configfile.asking import ask
from ocprov.configfile.ocmonitor import checked
from ocprov.errors import OcprovError
from tests.configfile.conftest import tree
from tests.conftest import until

OCMONITOR = Path(sys.executable).with_name("ocmonitor")
RIGHT = b'[ui]\ntheme = "dark"\n'


def where(line: int) -> str:
    return f"file:{line}" if line else "file"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("a = \n", "file:1 is not TOML: Invalid value", id="syntax"),
        pytest.param("[ui]\n[ui]\n", "file:2 is not TOML: ", id="a-section-twice"),
        pytest.param(
            "\ufeff[ui]\n", "file:1 is not TOML: it starts with a byte order mark", id="byte-order-mark"
        ),
        pytest.param("x = " + "[" * 100_000, "is not TOML: ", id="nested-too-deep"),
        pytest.param("\n[uii]\n", "file:2: uii: there is no such section; did you mean ui?", id="section"),
        pytest.param("[budget]\ndaily = 5\n", "file:1: budget: there is no such section", id="budget"),
        pytest.param(
            '[paths]\n\ndatabase_fil = "/x"\n',
            "file:3: paths.database_fil: there is no such key; did you mean paths.database_file?",
            id="key",
        ),
        pytest.param("[ui]\nlive_refresh_interval = 61\n", "must be from 1 to 60", id="too-much"),
        pytest.param("[ui]\nlive_refresh_interval = 1.5\n", "must be a whole number", id="no-whole-number"),
        pytest.param(
            '[ui]\nlive_refresh_interval = "5"\n', "must be a whole number", id="pydantic-would-take-it"
        ),
        pytest.param("[metrics]\nport = 80\n", "must be from 1024 to 65535", id="port"),
        pytest.param('[ui]\ntheme = "blue"\n', "must be dark or light", id="choice"),
        pytest.param("[ui]\ncolors = 1\n", "must be true or false", id="flag"),
        pytest.param("[currency]\nrate = -0.5\n", "must be at least 0", id="negative-rate"),
        pytest.param("[currency]\nrate = nan\n", "must be a finite number", id="no-number"),
        pytest.param("[currency]\nrate = inf\n", "must be a finite number", id="no-end"),
        pytest.param("[paths]\nexport_dir = 5\n", "must be a path in quotes", id="path"),
        pytest.param('[paths]\nexport_dir = "/a\\nb"\n', "holds a control character", id="control-character"),
        pytest.param("ui = 1\n", "must be a section: [ui]", id="scalar-section"),
        pytest.param("[[ui]]\n", "must be a section: [ui]", id="list-of-sections"),
        pytest.param("[ui]\ncolours = 1\nthem = 1\n", "(and 1 more)", id="two-mistakes"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_nearest_right_key(text: str, said: str) -> None:
    with pytest.raises(OcprovError) as caught:
        checked(text.encode(), where)

    assert said in caught.value.message
    assert "nothing was touched" in caught.value.hint


def test_what_is_not_utf8_is_told_with_its_line() -> None:
    with pytest.raises(OcprovError, match="file:2 is not UTF-8 text"):
        checked(b'[ui]\ntheme = "\xff"\n', where)


@pytest.mark.parametrize(
    "text", ["", "# nothing\r\n", "[ui]\n", "ui = {theme = 'dark'}", "ui.theme = 'dark'"]
)
def test_what_is_right_is_taken_however_it_is_written(text: str) -> None:
    checked(text.encode(), where)


def test_ocmonitor_is_asked_and_makes_nothing_anywhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    data = RIGHT + b"[models]\nremote_fallback = true\n[paths]\nexport_dir = './exports'\n"

    assert ask(str(OCMONITOR), data, checked(data, where), 60) == ""
    assert tree(home) == {}


def test_its_reason_is_told(home: Path) -> None:
    data = b"[ui]\nlive_refresh_interval = 61\n"

    with pytest.raises(OcprovError, match=r"ocmonitor refuses it: .*less than or equal to 60") as caught:
        ask(str(OCMONITOR), data, {}, 60)

    assert "pydantic.dev" not in caught.value.message
    assert caught.value.hint == "correct the source; nothing was touched"


@pytest.mark.parametrize(
    ("script", "said", "seconds"),
    [
        pytest.param("exec sleep 1000", "gave no answer within 0.5 s", 0.5, id="hangs"),
        pytest.param("sleep 1000; :", "gave no answer within 0.5 s", 0.5, id="what-it-started-hangs"),
        pytest.param(
            "exec sleep 1000 >/dev/null 2>&1 </dev/null",
            "gave no answer within 0.5 s",
            0.5,
            id="hangs-silent",
        ),
        pytest.param("exec yes", "gave no answer within 60 s", 60, id="prints-without-end"),
        pytest.param("echo rubbish", "gave no answer that can be used (exit 0)", 60, id="rubbish"),
        pytest.param(
            "head -c 100 /dev/urandom; exit 1", "gave no answer that can be used (exit 1)", 60, id="bytes"
        ),
        pytest.param("kill -9 $$", "gave no answer that can be used (exit -9)", 60, id="killed"),
        pytest.param("exit 127", "gave no answer that can be used (exit 127)", 60, id="not-found"),
    ],
)
def test_an_ocmonitor_of_no_use_is_a_warning_in_time(
    script: str, said: str, seconds: float, home: Path
) -> None:
    program = stub(home, script)
    start = time.monotonic()

    warning = ask(program, RIGHT + b"# long\n" * 30_000, checked(RIGHT, where), seconds)

    assert warning == f"{program} {said}; only ocprov's own check was made"
    assert time.monotonic() - start < 500  # those that hang would end after 1000


def stub(home: Path, script: str) -> str:
    program = home / "ocmonitor"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


def test_an_answer_that_came_while_this_process_stood_still_counts(home: Path) -> None:
    program, patience = stub(home, "sleep 0.1; kill -ALRM $PPID; sleep 0.1; echo Configuration"), 0.1

    def stand_still(*_: object) -> None:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        select.select([], [], [], patience)

    def taken() -> bool:
        nonlocal patience
        patience *= 2  # it has to have started in that time
        return not ask(program, RIGHT, checked(RIGHT, where), patience)

    before = signal.signal(signal.SIGALRM, stand_still)
    try:
        until(taken)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_one_that_cannot_be_run_is_a_warning(home: Path) -> None:
    (home / "ocmonitor").write_bytes(b"\x7fELF")
    (home / "ocmonitor").chmod(0o755)

    assert "cannot be run: Exec format error" in ask(str(home / "ocmonitor"), RIGHT, {}, 60)
