"""A line for a host means the same words to every login shell, and never runs any of them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ocprov.errors import OcprovError
from ocprov.fleet import command, quoting
from tests.fleet.bad import CONTROL, PWNED, WORDS

SHELLS = ("sh", "dash", "bash", "zsh", "mksh", "fish", "tcsh", "csh")


def called(shell: str, line: str, home: Path) -> subprocess.CompletedProcess[str]:
    """A shell, as sshd runs it."""
    program = shutil.which(shell)
    if program is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"needs {shell}")
    return subprocess.run(
        [program, "-c", line],
        env={"HOME": str(home), "PATH": os.defpath, "LANG": "C.UTF-8"},
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("shell", SHELLS)
def test_words_arrive_as_they_were(shell: str, tmp_path: Path) -> None:
    script = 'for word; do printf "%s\\0" "$word"; done'
    done = called(shell, quoting.line(("sh", "-c", script, "x", *WORDS.values())), tmp_path)
    assert done.stdout.split("\0")[:-1] == list(WORDS.values()), done.stderr
    assert not list(tmp_path.rglob(PWNED))


@pytest.mark.parametrize("word", CONTROL.values(), ids=CONTROL)
def test_no_host_is_sent_a_control_character(word: str) -> None:
    with pytest.raises(OcprovError, match="control character"):
        quoting.line(["ls", word])


def test_what_needs_no_quotes_has_none() -> None:
    words = ["ocprov", "status", "--json", "opencode-development-api-1a2b3c", "a/b:c=d"]
    assert quoting.line(words) == " ".join(words)


def own(home: Path, place: str, says: str) -> None:
    """An ocprov that tells its arguments."""
    path = home / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "{says}: $*"\n')
    path.chmod(0o755)


@pytest.mark.parametrize("shell", SHELLS)
def test_ocprov_is_found_in_any_shell(shell: str, tmp_path: Path) -> None:
    own(tmp_path, ".local/bin/ocprov", "own")
    done = called(shell, command.reading(["status", "a b"]), tmp_path)
    assert command.answered(done.stdout) == "own: status a b\n", done.stderr


@pytest.mark.parametrize("line", [command.reading, command.at_terminal], ids=["reading", "at a terminal"])
def test_the_fleet_s_own_goes_before_the_host_s_own(line: object, tmp_path: Path) -> None:
    assert callable(line)
    own(tmp_path, ".local/bin/ocprov", "own")
    fleet = tmp_path / ".local/share/ocprov/fleet"
    own(fleet, "abc/bin/python", "fleet's")
    (fleet / "current").symlink_to("abc")
    assert "own: ls" in called("sh", line(["ls"]), tmp_path).stdout  # it is not complete
    (fleet / "abc/complete").touch()
    assert "fleet's: -I -m ocprov ls" in called("sh", line(["ls"]), tmp_path).stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_a_host_without_ocprov_says_so(shell: str, tmp_path: Path) -> None:
    done = called(shell, command.reading(["ls"]), tmp_path)
    assert (done.returncode, command.answered(done.stdout)) == (command.MISSING, "")


def test_a_person_is_told_that_there_is_no_ocprov(tmp_path: Path) -> None:
    done = called("sh", command.at_terminal(["attach", "two"]), tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert [line.partition(":")[0] for line in done.stderr.splitlines()][-2:] == ["error", "hint"]


def test_what_a_shell_prints_at_its_start_is_no_answer() -> None:
    assert command.answered(f"Welcome!\n--- ocprov x\n{command.MARK}\n{{}}\n") == "{}\n"
    assert command.answered(f"{command.MARK}\n") == ""
    assert command.answered("Welcome!\n") is None
