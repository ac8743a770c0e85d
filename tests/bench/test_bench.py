"""What does not depend on how busy a machine is: how many tmux clients a run starts, and what it imports."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.bench import setting, tools
from tests.bench.counted import count, front
from tests.bench.files import SESSION
from tests.bench.place import Place
from tests.bench.run import Command, Run, imported, imports, timed
from tests.conftest import until

UP, STATUS = tools.up("bench"), tools.STATUS
ROOT = Path(__file__).parents[2]

# Each costs more than the rest of a run that finds its answer in the cache.
HEAVY = {
    "jinja2",
    "tmuxp",
    "libtmux",
    "click",
    "yaml",
    "rich",
    "subprocess",
    "tempfile",
    "logging",
    "importlib.metadata",
}


@pytest.mark.parametrize(
    ("find", "command"),
    [
        pytest.param(setting.empty, UP, id="up, cache empty"),
        pytest.param(setting.filled, UP, id="up, cached"),
        pytest.param(setting.live, UP, id="up, nothing to do"),
        pytest.param(setting.many, STATUS, id="status of 3 sessions"),
    ],
)
def test_one_tmux_process(tmp_path: Path, find: setting.Setting, command: Command) -> None:
    with find(tmp_path, 3, front(tmp_path)) as at:
        assert count(command, at).tmux_processes == 1


@pytest.mark.parametrize(
    ("find", "command"),
    [
        pytest.param(setting.filled, UP, id="up, cached"),
        pytest.param(setting.live, UP, id="up, nothing to do"),
        pytest.param(setting.many, STATUS, id="status of 3 sessions"),
    ],
)
def test_imports_little(tmp_path: Path, find: setting.Setting, command: Command) -> None:
    with find(tmp_path, 3, None) as at:
        names = imports(command.argv, at)
    assert "ocprov" in names
    assert names & HEAVY == set()


@pytest.mark.parametrize("tool", tools.ANSWERS, ids=lambda tool: tool.name)
def test_what_only_answers_renders_nothing(tmp_path: Path, tool: tools.Tool) -> None:
    with setting.live(tmp_path, 3, None) as at:
        (run,) = until(lambda: answered(tool, at))
        names = imports(tool.command(at, 3).argv, at)
    assert run.code == 0
    assert names & {"jinja2", "tmuxp", "libtmux", "rich", "tempfile", "logging"} == set()


def answered(tool: tools.Tool, at: Place) -> list[Run]:
    """What a run came to; nothing where Tab came too late to answer, after which a person presses it again."""
    run = timed(tool.command(at, 3), at)
    return [run] if run.said or run.code else []


# The common way of attach, whatever time tmux takes: what is slow is left to the long way.
PATIENT = "from ocprov.short import tmux; tmux.PATIENCE = 50.0; from ocprov.__main__ import main; main()"


def test_attach_imports_little(tmp_path: Path) -> None:
    with setting.live(tmp_path, 3, None) as at:
        names = imported(attached(at, tmp_path / "profile"))
    assert "ocprov" in names
    assert names & HEAVY == set()


def attached(at: Place, profile: Path) -> str:
    """What Python says of its imports when somebody attaches in a terminal: another tmux lends one."""
    line = f"env -u TMUX PYTHONPROFILEIMPORTTIME=1 {sys.executable} -c '{PATIENT}' attach bench 2>'{profile}'"
    subprocess.run(["tmux", "-L", "terminal", "new-session", "-d", line], env=at.environment, check=True)
    try:
        until(lambda: at.tmux("list-clients", "-t", f"={SESSION}"))
    finally:
        at.tmux("-L", "terminal", "kill-server")
    return profile.read_text()


SMALL = ("--rounds", "1", "--windows", "2", "--sessions", "2", "--tools", "cached", "key", "again", "plan")


def test_writes_figures_and_a_plot(tmp_path: Path) -> None:
    figures, plot = tmp_path / "bench.json", tmp_path / "bench.svg"
    run = (sys.executable, "-m", "tests.bench", *SMALL, "--json", str(figures), "--svg", str(plot))
    table = subprocess.run(run, cwd=ROOT, check=True, timeout=600, capture_output=True, text=True).stdout

    written = json.loads(figures.read_text())
    named = [(figure["case"], figure["tool"]) for figure in written["figures"]]
    assert written["schema"] == 1
    assert named[:5] == [
        ("build", "floor"),
        ("build", "cached"),
        ("again", "bare"),
        ("again", "key"),
        ("again", "again"),
    ]
    assert [name for name in named if name[0] == "answer"] == [("answer", "bare"), ("answer", "plan")]
    assert all(figure["median_ms"] > 0 and figure["runs"] == 1 for figure in written["figures"])
    assert str(Path.home()) not in figures.read_text()

    texts = {element.text for element in ElementTree.parse(plot).iter("{http://www.w3.org/2000/svg}text")}  # noqa: S314 # our own
    assert {figure["title"] for figure in written["figures"][:5]} <= texts
    assert all(figure["title"] in table for figure in written["figures"])
