"""`ocprov freeze`: a live session as a layout that makes an equal one."""

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ocprov.core.desired import Session, Window
from ocprov.core.launcher import STARTED
from ocprov.core.value import replace
from ocprov.layout.load import load
from tests.conftest import Machine, until

FULL = """\
session_name: opencode-observability-full
start_directory: {home}
environment: {{SECRET: hunter2}}
options: {{history-limit: 5000}}
before_script: "true 'a b'"
x-ocprov: {{on_stop: echo bye}}
windows:
  - window_name: run
    layout: main-vertical
    x-ocprov: {{key: first, restart: always, notice: "say {{ # this"}}
    options_after: {{main-pane-width: 40}}
    panes:
      - shell_command:
          - |-
            for i in 1 2; do
              sleep 1000 # {{% raw %}}{{{{ y }}}} {{% if %}} {{# #}}{{% endraw %}}
            done
          - echo "$HOME" 'q'
      - shell_command: sleep 1000
        start_directory: {home}/sub
        x-ocprov: {{restart: never, shell: bash}}
        focus: true
      - ~
  - window_name: typed
    x-ocprov: {{launcher: false}}
    panes:
      - shell_command: [{{cmd: "echo hi", enter: false}}]
  - window_name: prog
    window_shell: sleep 1000
    x-ocprov: {{launcher: false}}
  - window_name: plain
    start_directory: {home}/sub
    focus: true
"""
SHAPE = "#{window_index}|#{window_name}|#{window_active}|#{pane_index}|#{pane_active}|#{pane_current_path}"
_IDS = re.compile(r"(\d+x\d+,\d+,\d+),\d+")


@pytest.fixture
def sub(machine: Machine) -> Path:
    folder = machine.home / "sub"
    folder.mkdir()
    return folder


def shape(machine: Machine, session: str, *server: str) -> list[str]:
    """What a session looks like, its panes' ids (and the checksum over them) left out."""
    panes = machine.tmux(*server, "list-panes", "-s", "-t", f"={session}", "-F", SHAPE).splitlines()
    layouts = machine.tmux(
        *server, "list-windows", "-t", f"={session}", "-F", "#{window_layout}"
    ).splitlines()
    return panes + [_IDS.sub(r"\1", layout.partition(",")[2]) for layout in layouts]


def settled(machine: Machine, *server: str) -> bool:
    """Whether every pane has come to what it was made for: first it is a tmux, and of ours a script then."""
    pids = machine.tmux(*server, "list-panes", "-a", "-F", "#{pane_pid}").replace("\n", ",")
    told = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", pids], capture_output=True, text=True, check=False
    ).stdout
    return bool(told) and not any(
        line.startswith("tmux") or (STARTED in line and "OCPROV_STARTED" not in line)
        for line in told.splitlines()
    )


def declared(path: Path) -> Session:
    return load(path, directory=path.parent).desired


def without_environment(session: Session) -> Session:
    """What a frozen session has of a declared one: layouts of panes are told by tmux."""
    windows = tuple(
        replace(window, layout="", panes=tuple(replace(pane, environment=()) for pane in window.panes))
        for window in session.windows
    )
    return replace(session, windows=windows, environment=(), layout="", name="", directory="")


def test_a_session_of_ours_comes_back_as_it_was_declared(machine: Machine, sub: Path) -> None:
    path = machine.layout("full", FULL.format(home=machine.home))
    assert machine.ocprov("up", "-d", "full").returncode == 0
    until(lambda: settled(machine))
    ours = until(lambda: paths_settled(machine, "opencode-observability-full"))
    assert machine.ocprov("freeze", "--save", "again", "full").returncode == 0
    frozen = machine.layouts / "again.yaml.j2"
    assert without_environment(declared(frozen)) == without_environment(declared(path))
    assert machine.ocprov("-L", "other", "up", "-d", "again").returncode == 0
    until(lambda: settled(machine, "-L", "other"))
    theirs = until(lambda: paths_settled(machine, "opencode-observability-again", "-L", "other"))
    assert theirs == ours
    assert "nothing to change" in machine.ocprov("-L", "other", "plan", "again").stdout


def paths_settled(machine: Machine, session: str, *server: str) -> list[str]:
    """The shape of a session once each shell of it is where it goes."""
    found = shape(machine, session, *server)
    return found if sum("/sub" in line for line in found) == 2 else []


def test_no_value_of_the_environment_is_written(machine: Machine, sub: Path) -> None:
    machine.layout("full", FULL.format(home=machine.home))
    machine.ocprov("up", "-d", "full")
    result = machine.ocprov("freeze", "full")
    assert "hunter2" not in result.stdout + result.stderr
    assert "of the environment only the names are known here: SECRET" in result.stderr


def test_under_its_own_name_it_is_the_same_session(machine: Machine, sub: Path) -> None:
    machine.layout("full", FULL.replace("environment: {{SECRET: hunter2}}\n", "").format(home=machine.home))
    machine.ocprov("up", "-d", "full")
    until(lambda: settled(machine))
    text = machine.ocprov("freeze", "full").stdout
    machine.layout("full", text)
    pids = machine.tmux("list-panes", "-a", "-F", "#{pane_pid}")
    made = machine.ocprov("up", "-d", "full").stdout.splitlines()[1:]
    assert made == ["  ~ run  options and layout of panes as declared"]
    assert "nothing to change" in machine.ocprov("plan", "full").stdout
    assert machine.tmux("list-panes", "-a", "-F", "#{pane_pid}") == pids


HOSTILE = [
    "#(touch pwn)",
    "C#S",
    "a ## b",
    "q'uote",
    'd"x',
    "$(touch pwn)",
    "`touch pwn`",
    "{{ dir }}",
    "{% raw %}",
    "{# x #}",
    "a: b # c",
    "-rf",
    "~user",
    "ünï ☃",
    "back\\slash",
    "a;b&c|d",
    " blank ",
]


def foreign(machine: Machine) -> None:
    """A session of somebody's, called work, with two windows and three panes."""
    (machine.root / "log").touch()
    machine.tmux("new-session", "-d", "-s", "work", "-x", "200", "-y", "50", "-n", "my edit")
    machine.tmux("split-window", "-h", "-t", "=work:")
    machine.tmux("split-window", "-v", "-l", "30%", "-t", "=work:", f"exec tail -f '{machine.root}/log'")
    machine.tmux("new-window", "-d", "-t", "=work:5", "-n", "5")
    until(lambda: settled(machine))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_foreign_session_comes_back_from_any_directory(
    machine: Machine, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = machine.home / name
    directory.mkdir()
    monkeypatch.chdir(directory)
    foreign(machine)
    assert machine.ocprov("freeze", "--save", "work", "work").returncode == 0
    assert machine.ocprov("up", "-d", "work").returncode == 0
    until(lambda: shape(machine, "opencode-development-work")[3].endswith(f"|{directory}"))
    want = [
        line.replace("my edit", "my-edit").replace("5|5|", "5|window-5|") for line in shape(machine, "work")
    ]
    assert until(lambda: same(shape(machine, "opencode-development-work"), want)) == want
    assert not list(machine.root.rglob("pwn"))


def same(found: list[str], wanted: list[str]) -> list[str]:
    return found if found == wanted else []


def frozen(machine: Machine, *arguments: str) -> tuple[Window, ...]:
    """The windows that the frozen session called work declares."""
    machine.layout("frozen", machine.ocprov("freeze", "work", *arguments).stdout)
    return declared(machine.layouts / "frozen.yaml.j2").windows


def run(machine: Machine, command: str, program: str) -> None:
    """A session of somebody's in whose shell a command is typed, once its last program runs."""
    machine.tmux("new-session", "-d", "-s", "work", "/bin/bash --norc")
    machine.tmux("send-keys", "-t", "=work:", "-l", command)
    machine.tmux("send-keys", "-t", "=work:", "Enter")
    until(lambda: machine.tmux("list-panes", "-a", "-F", "#{pane_current_command}") == program)


COMMANDS = {
    "plain": ("sleep 1000", "sleep", "sleep 1000"),
    "quotes": (
        """tail -f '/dev/null' "a b" "it's" '{{ x }}' 2>/dev/null""",
        "tail",
        """tail -f /dev/null 'a b' 'it'"'"'s' '{{ x }}'""",
    ),
    "subshell": ("(sleep 1000; true)", "bash", "sleep 1000"),
    "pipeline": ("sleep 1000 | cat", "sleep", "sleep 1000 | cat"),
    "newline": ("tail -f /dev/null $'a\\nb' 2>/dev/null", "tail", "tail -f /dev/null 'a\nb'"),
}


@pytest.mark.parametrize(("typed", "program", "wanted"), COMMANDS.values(), ids=COMMANDS)
def test_the_command_that_runs_is_told(machine: Machine, typed: str, program: str, wanted: str) -> None:
    run(machine, typed, program)
    assert until(lambda: frozen(machine)[0].panes[0].commands) == (wanted,)


def test_the_pane_that_it_is_called_in_is_a_shell(machine: Machine) -> None:
    out = machine.root / "out"
    machine.tmux("new-session", "-d", "-s", "work", "-n", "here", "/bin/bash --norc")
    machine.tmux(
        "send-keys",
        "-t",
        "=work:",
        f"{sys.executable} -m ocprov freeze work | cat >{out}; echo >{out}.end",
        "Enter",
    )
    until((machine.root / "out.end").exists)
    assert out.read_text().endswith("  - window_name: here\n")


def test_a_pipeline_is_told_with_its_doubts(machine: Machine) -> None:
    run(machine, "sleep 1000 | cat", "sleep")
    assert "redirections, and what comes after it, are not known" in machine.ocprov("freeze", "work").stderr


@pytest.mark.parametrize("word", ["pane", "blank"])
def test_a_program_of_a_name_that_tmuxp_takes_for_none(machine: Machine, word: str) -> None:
    program = machine.root / word
    program.write_bytes(Path("/bin/cat").resolve().read_bytes())
    program.chmod(0o755)
    machine.tmux("new-session", "-d", "-s", "work", f"PATH='{machine.root}'; exec {word}")
    assert until(lambda: frozen(machine)[0].panes[0].commands) == (f"'{word}'",)


def test_windows_of_one_name_and_of_none_get_names(machine: Machine) -> None:
    machine.tmux("new-session", "-d", "-s", "work", "-n", "sh")
    machine.tmux("new-window", "-d", "-t", "=work:", "-n", "sh")
    machine.tmux("new-window", "-d", "-t", "=work:", "-n", "☃")
    assert [window.name for window in frozen(machine)] == ["sh", "sh-2", "window-3"]
    assert 'window 1, "sh", is called sh-2 here' in machine.ocprov("freeze", "work").stderr


def test_a_pane_that_is_dead_is_a_shell(machine: Machine) -> None:
    machine.tmux("new-session", "-d", "-s", "work", "-n", "a")
    machine.tmux("set-option", "-g", "remain-on-exit", "on")
    machine.tmux("new-window", "-d", "-t", "=work:", "-n", "b", "exit 3")
    until(lambda: machine.tmux("display-message", "-p", "-t", "=work:b", "#{pane_dead}") == "1")
    until(lambda: settled(machine))
    assert [(window.name, window.panes[0].commands) for window in frozen(machine)] == [("a", ()), ("b", ())]


def test_windows_that_are_in_order_have_no_index(machine: Machine) -> None:
    machine.tmux("new-session", "-d", "-s", "work", "-n", "a")
    machine.tmux("new-window", "-d", "-t", "=work:1", "-n", "b")
    assert [window.index for window in frozen(machine)] == [None, None]
    machine.tmux("move-window", "-s", "=work:1", "-t", "=work:4")
    assert [window.index for window in frozen(machine)] == [0, 4]


def test_a_foreign_window_in_a_session_of_ours_is_frozen_too(machine: Machine, sub: Path) -> None:
    machine.layout("full", FULL.format(home=machine.home))
    machine.ocprov("up", "-d", "full")
    machine.tmux("new-window", "-d", "-t", "=opencode-observability-full:", "-n", "mine", "exec sleep 999")
    until(lambda: settled(machine))
    text = machine.ocprov("freeze", "full").stdout
    assert "- window_name: mine" in text
    assert "sleep 999" in text


def test_what_is_saved_is_private_and_never_over_a_file(machine: Machine) -> None:
    machine.tmux("new-session", "-d", "-s", "work")
    result = machine.ocprov("freeze", "work", "--save", "mine")
    path = machine.layouts / "mine.yaml.j2"
    assert result.stdout == "mine: .config/ocprov/layouts/mine.yaml.j2\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    assert machine.ocprov("freeze", "work", "--save", "mine").returncode == 4
    assert path.read_bytes() == before


def test_json(machine: Machine) -> None:
    machine.tmux("new-session", "-d", "-s", "work", "-n", "a")
    until(lambda: settled(machine))
    answer = json.loads(machine.ocprov("freeze", "--json", "work").stdout)
    data = answer["data"]
    assert (answer["schema"], answer["command"]) == (1, "freeze")
    assert (data["session"], data["layout"], data["path"], data["windows"]) == ("work", None, None, ["a"])
    assert data["text"].endswith("  - window_name: a\n")
    assert data["notes"]


def test_a_directory_that_a_layout_would_expand_is_refused(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = machine.home / "$HOME"
    directory.mkdir()
    monkeypatch.chdir(directory)
    machine.tmux("new-session", "-d", "-s", "work")
    result = machine.ocprov("freeze", "work", "--save", "mine")
    assert result.returncode == 1
    assert "it has a $, which a layout would expand" in result.stderr
    assert not machine.layouts.exists()


@pytest.mark.parametrize("name", [b"new\nline", b"tab\t", b"not\xffutf8"], ids=["newline", "tab", "bytes"])
def test_a_directory_that_no_layout_can_hold_is_refused_or_said(
    machine: Machine, name: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = bytes(machine.home) + b"/" + name
    Path(directory.decode("utf-8", "surrogateescape")).mkdir()
    monkeypatch.chdir(directory.decode("utf-8", "surrogateescape"))
    machine.tmux("new-session", "-d", "-s", "work")
    result = machine.ocprov("freeze", "work")
    assert result.returncode == 1 or "is gone, and is your home here" in result.stderr
    assert "\t" not in result.stderr


def test_a_directory_that_is_gone_is_said(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    (machine.home / "gone").mkdir()
    monkeypatch.chdir(machine.home / "gone")
    machine.tmux("new-session", "-d", "-s", "work")
    until(lambda: settled(machine))  # before, it would go home from where there is nothing
    monkeypatch.chdir(machine.home)
    (machine.home / "gone").rmdir()
    result = machine.ocprov("freeze", "work")
    assert result.returncode == 0
    assert "is gone, and is your home here" in result.stderr


def test_what_a_lost_launcher_was_told_is_not_guessed(machine: Machine, sub: Path) -> None:
    machine.layout("full", FULL.format(home=machine.home))
    machine.ocprov("up", "-d", "full")
    (kept,) = (machine.state / "run").rglob(".up")
    kept.unlink()
    result = machine.ocprov("freeze", "full")
    assert result.returncode == 0
    assert "what its launcher was told is not known" in result.stderr
    assert "started_by=ocprov" not in result.stdout


def test_a_session_that_is_not_there(machine: Machine) -> None:
    assert "hint: no tmux server runs" in machine.ocprov("freeze", "work").stderr
    machine.tmux("new-session", "-d", "-s", "work")
    result = machine.ocprov("freeze", "wor")
    assert (result.returncode, result.stderr) == (1, "error: no session wor is live\nhint: there are: work\n")
