"""Wheels reach a host by the standard input of one command, whole or not at all, whatever its login shell is."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ocprov.fleet import pushing
from ocprov.fleet.command import answered

SHELLS = ["sh", "bash", "dash", "zsh", "fish", "tcsh", "mksh"]
INSTALLER = """\
import pathlib, sys
print(pathlib.Path(sys.argv[1]).stat().st_size, sys.argv[2])
sys.exit(7)
"""


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tar of some lines, for an installer that says what it was given."""
    installer = tmp_path / "installer.py"
    installer.write_text(INSTALLER)
    monkeypatch.setattr(pushing, "_INSTALLER", installer)
    path = tmp_path / "wheels.tar"
    path.write_bytes(bytes(range(256)) * 1000)
    return path


def push(lines: str, shell: str = "sh", python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    """Do what pyinfra does with the command: `sh -c`, through a login shell."""
    line = f"sh -c {shlex.quote(pushing.command(python))}"
    return subprocess.run(
        [shell, "-c", line], input=lines, capture_output=True, text=True, timeout=60, check=False
    )


def sent(wheels: Path) -> str:
    return "".join(f"{line}\n" for line in pushing.lines(wheels, "0123456789ab"))


@pytest.mark.parametrize("shell", SHELLS)
def test_the_installer_gets_the_file_whole_and_the_key(shell: str, wheels: Path) -> None:
    if shutil.which(shell) is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"needs {shell}")
    done = push(sent(wheels), shell)
    assert (done.returncode, answered(done.stdout), done.stderr) == (7, "256000 0123456789ab\n", "\n")


def test_a_python_in_an_odd_place_is_found(wheels: Path, tmp_path: Path) -> None:
    place = tmp_path / "it's a $(touch ran)"
    place.mkdir()
    (place / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (place / "python").chmod(0o755)
    assert push(sent(wheels), python=str(place / "python")).returncode == 7


@pytest.mark.parametrize("part", [0.2, 0.5, 0.99], ids=["in the header", "between lines", "in the last line"])
def test_half_of_it_is_nothing(part: float, wheels: Path) -> None:
    lines = sent(wheels)
    start = lines.index("\n") + 1  # the program itself: without all of it nobody is there to tell
    done = push(lines[: start + int((len(lines) - start) * part)])
    assert done.returncode == 1
    assert done.stderr == "\nerror: the connection ended before all was here\nhint: run it again\n"


def test_a_full_disk_is_told_once_all_was_sent(wheels: Path) -> None:
    wheels.write_bytes(bytes(5_000_000))
    line = f"ulimit -f 8; {pushing.command(sys.executable)}"
    done = subprocess.run(
        ["sh", "-c", line], input=sent(wheels), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("\nerror: no place for the wheels: file too large\nhint: ")


@pytest.mark.parametrize(
    ("lines", "notices"),
    [
        (['{"changed": true, "notices": ["a is not the fleet\'s"]}'], ("a is not the fleet's",)),
        (["welcome", '{"notices": ["\\u001b[2J"]}', "bye"], ("\\x1b[2J",)),
        (["welcome", "[]", '"x"', "{}"], ()),
        ([], ()),
    ],
    ids=["one", "among what a shell prints", "none of ours", "nothing"],
)
def test_notices_are_read_from_what_the_installer_prints(lines: list[str], notices: tuple[str, ...]) -> None:
    assert pushing.notices(lines) == notices
