"""The line that is run on a host, in every login shell: what it finds, starts, says."""

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ocprov.errors import OcprovError
from ocprov.fleet import finding
from ocprov.fleet.command import MARK, answered
from ocprov.fleet.finding import Verb
from tests.conftest import Machine
from tests.fleet import house

SHELLS = ["sh", "dash", "bash", "zsh", "fish", "mksh", "tcsh", "busybox"]
KEY, OTHER = "0123456789ab", "ba9876543210"


def run(machine: Machine, line: str, shell: str = "sh", stdin: str = "") -> str:
    """What the line prints behind its mark, sent as pyinfra and ssh send it, through a login shell that prints titles."""
    program = shutil.which(shell)
    assert program, f"{shell} is not installed; tests/run does that"
    title = "sh -c 'printf a-title{ >&2; printf a-title{'"
    words = [program, *(["sh"] if shell == "busybox" else []), "-c", f"{title}; sh -c {shlex.quote(line)}"]
    done = subprocess.run(
        words, cwd=machine.home, input=stdin, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == "a-title{\n"
    return answered(done.stdout) or ""


def installed(machine: Machine, key: str, *, complete: bool = True, current: bool = True) -> None:
    """An environment whose Python says how it was called and what it was given to read."""
    venv = machine.home / f".local/share/ocprov/fleet/{key}"
    (venv / "bin").mkdir(parents=True)
    python = venv / "bin/python"
    python.write_text(f'#!/bin/sh\necho {key} "$@" "$PATH"\ncat\n')
    python.chmod(0o755)
    if complete:
        (venv / "complete").write_text(key)
    if current:
        (venv.parent / "current").symlink_to(key)


def programs(machine: Machine, monkeypatch: pytest.MonkeyPatch, *names: str) -> Path:
    """A PATH with only these, and what is at none of the usual places."""
    folder = machine.root / "programs"
    folder.mkdir()
    for name in names:
        (folder / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.mark.parametrize("verb", ["look", "apply"])
def test_it_is_one_line_without_what_shells_differ_in(verb: Verb) -> None:
    line = finding.command(verb, KEY)
    assert not set("'!\n") & set(line)
    assert "\\" not in line.replace('\\"', "")
    assert line.isascii()


@pytest.mark.parametrize("shell", SHELLS)
def test_where_nothing_is_installed_it_says_what_the_host_is(machine: Machine, shell: str) -> None:
    found = finding.found(run(machine, finding.command("look", KEY), shell, "a request\n"))
    assert found.kind == house.here()
    assert found.home == str(machine.home)
    assert found.current == ""
    done = subprocess.run([found.program, "-c", "import venv"], check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("shell", SHELLS)
def test_what_is_installed_is_given_the_request(machine: Machine, shell: str) -> None:
    installed(machine, KEY)
    said = run(machine, finding.command("look", KEY), shell, "a request\n")
    words, request = said.splitlines()
    assert words.startswith(f"{KEY} -I -m ocprov host look {machine.home}/.local/bin:")
    assert words.endswith(f":{machine.home}/.local/share/ocprov/fleet/current/bin")
    assert request == "a request"


def test_a_look_is_done_by_the_current_ocprov_an_apply_only_where_that_is_the_one_asked_for(
    machine: Machine,
) -> None:
    installed(machine, KEY)
    installed(machine, OTHER, current=False)
    assert run(machine, finding.command("look", OTHER)).startswith(KEY)
    assert run(machine, finding.command("apply", KEY)).startswith(KEY)
    assert finding.found(run(machine, finding.command("apply", OTHER))).current == KEY


def test_a_half_made_environment_is_none(machine: Machine) -> None:
    installed(machine, KEY, complete=False)
    for verb in ("look", "apply"):
        assert json.loads(run(machine, finding.command(verb, KEY)))["ocprov"] is None


def test_before_an_apply_of_another_the_one_that_is_there_is_told(machine: Machine) -> None:
    installed(machine, OTHER)
    assert finding.found(run(machine, finding.command("apply", KEY))).current == OTHER


def test_whoever_writes_a_request_to_a_host_without_ocprov_can_write_it_all(machine: Machine) -> None:
    line = finding.command("look", KEY)
    with subprocess.Popen(["sh", "-c", line], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as asked:
        assert asked.stdin is not None
        asked.stdin.write(b"x" * 1_000_000)  # a BrokenPipeError where nobody reads it
        asked.stdin.close()


def test_an_environment_is_looked_for_where_xdg_has_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(machine, KEY)
    moved = machine.root / "a place with 'quotes' and $(touch x)"
    (machine.home / ".local/share").rename(moved)
    monkeypatch.setenv("XDG_DATA_HOME", str(moved))
    assert run(machine, finding.command("look", KEY)).startswith(KEY)
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert "null" in run(machine, finding.command("look", KEY))


def test_without_a_python_that_is_said(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    programs(machine, monkeypatch, "sh", "cat")
    line = finding.command("look", KEY).replace("/usr/local/", "/nowhere/").replace("/opt/", "/nowhere/")
    with pytest.raises(OcprovError) as caught:
        finding.found(run(machine, line))
    assert caught.value.hint == "install python3.11 or newer there"


def test_a_python_that_will_not_do_is_passed_over(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = programs(machine, monkeypatch, "sh", "cat")
    (folder / "python3").write_text("#!/bin/sh\nexit 127\n")  # as pyenv's, of a version that is not chosen
    (folder / "python3").chmod(0o755)
    mine = machine.home / ".local/share/uv/python/cpython-3.11-x/bin/python3"
    mine.parent.mkdir(parents=True)
    mine.symlink_to(sys.executable)
    line = finding.command("look", KEY).replace("/usr/local/", "/nowhere/").replace("/opt/", "/nowhere/")
    assert finding.found(run(machine, line)).kind == house.here()


@pytest.mark.parametrize(
    ("printed", "answer"),
    [
        (f'welcome\n{{odd}}\n{MARK}\n{{"schema":1}}\n\n{{bye}}\n', '{"schema":1}'),
        (f"welcome\n{{odd}}\n{MARK}\n", ""),
        ('welcome\n{"schema":1}\n', ""),
        ("", ""),
    ],
)
def test_the_answer_is_what_comes_behind_the_mark(printed: str, answer: str) -> None:
    assert finding.answer(printed) == answer


GOOD = {
    "schema": 1,
    "ocprov": None,
    "python": "3.12",
    "machine": "x86_64",
    "libc": "glibc 2.36",
    "program": "/usr/bin/python3",
    "home": "/home/you",
    "current": "",
}


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"ocprov": KEY},
        {"program": "python3"},
        {"program": None},
        {"program": "/x\ny"},
        {"home": "~"},
        {"current": 1},
        {"machine": ["x86_64"]},
    ],
    ids=str,
)
def test_another_answer_is_none(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".*"):
        finding.found(json.dumps({**GOOD, **change}))


@pytest.mark.parametrize("text", ["", "null", "[]", "1", "{", "{}", "[" * 100_000])
def test_what_is_no_answer_at_all_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        finding.found(text)


def test_a_key_of_another_form_stays_out_of_answers_and_lines() -> None:
    assert finding.found(json.dumps({**GOOD, "current": "../x"})).current == ""
    with pytest.raises(ValueError, match="touch"):
        finding.command("apply", "$(touch x)")
