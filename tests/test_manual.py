"""The man page and the page of settings are what the program says of itself, and whoever reads them can."""

import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from ocprov.cli.main import COMMANDS
from ocprov.settings.keys import KEYS
from tests.manual import page, roff, settings
from tests.manual.files import CONFIG, MAN

ROOT = Path(__file__).parents[1]
LINTS = {
    "mandoc": ("mandoc", "-T", "lint", "-W", "warning"),
    "groff": ("groff", "-man", "-ww", "-b", "-z", "-K", "utf8"),
    "man": ("man", "--warnings", "-E", "UTF-8", "-l"),
}


def test_the_pages_that_ship_are_those_that_would_be_written_now() -> None:
    again = "write them anew: python -m tests.manual"
    assert MAN.read_text() == page.text(), again
    assert CONFIG.read_text() == settings.text(), again


@pytest.mark.parametrize("lint", [name for name in LINTS if shutil.which(name)])
def test_what_reads_man_pages_has_nothing_to_say_against_it(lint: str) -> None:
    done = subprocess.run(
        [*LINTS[lint], MAN],
        env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""


@pytest.fixture(scope="module")
def shown() -> str:
    """The page as somebody reads it."""
    groff = ["groff", "-man", "-T", "utf8", "-P", "-cbou", str(MAN)]
    return subprocess.run(groff, capture_output=True, text=True, timeout=60, check=True).stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_it(shown: str, command: str) -> None:
    assert f"   ocprov {command}" in shown


def test_options_exit_codes_files_and_variables_are_in_it(shown: str) -> None:
    for words in ("--socket-name NAME", "--restart-changed", "EXIT STATUS", "config.toml", "NO_COLOR"):
        assert words in shown
    assert "\\" not in shown


def test_every_setting_is_in_its_page() -> None:
    told = CONFIG.read_text()
    assert all(f"| `{key.name.partition('.')[2]}` | {key.help}" in told for key in KEYS)


@pytest.mark.parametrize("words", [".TH x", "'br", "a\\fBb", "-n", "…"])
def test_words_are_nothing_but_words(words: str) -> None:
    page = f".TH X 1\n.PP\n{roff.text(words)}\n"
    groff = ["groff", "-man", "-T", "utf8", "-ww", "-P", "-cbou"]
    done = subprocess.run(groff, input=page, capture_output=True, text=True, timeout=60, check=True)
    assert words in done.stdout
    assert done.stderr == ""


def test_the_wheel_brings_it_where_man_looks() -> None:
    shared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    assert shared["shared-data"] == {str(MAN.relative_to(ROOT)): "share/man/man1/ocprov.1"}
