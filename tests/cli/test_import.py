"""`ocprov import`: files of other tools, of which nothing is lost without a word."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Machine, Result, until

TMUXINATOR = """\
# name: <%= of a template %>
name: my.site
root: ~/
pre_window: export A=1
on_project_stop: echo bye
on_project_start: echo hi
startup_window: logs
windows:
  - editor:
      layout: main-vertical
      root: sub
      pre: [cd ., true]
      synchronize: after
      focused_pane: 1
      panes:
        - vim
        - guard:
            - ssh server
            - uptime
        -
  - logs: tail -f log
  - logs: [git pull, git merge]
  - ~:
"""
TEAMOCIL = """\
session:
  name: site
  windows:
    - name: one
      root: ~/
      layout: even-horizontal
      focus: true
      filters: {before: [echo a], after: [echo z]}
      options: {synchronize-panes: true}
      panes:
        - git status
        - cmd: [cmd one, two]
          width: 20
          focus: true
    - name: two
      splits: [{cmd: top}]
"""
SMUG = """\
session: blog
root: ~/
attach: true
env: {FOO: bar}
before_start: [touch started]
stop: [echo bye]
detach_hook: echo gone
windows:
  - name: code
    root: sub
    selected: true
    commands: ["echo ${FOO}"]
    panes:
      - {type: horizontal, root: ., commands: [uptime]}
      - {root: deep}
  - name: extra
    manual: true
    commands: [rm -rf everything]
"""
TMUXP = """\
session_name: my work
start_directory: ./
plugins: [evil]
befor_script: x
windows:
  - window_name: a b
    panes:
      - shell_command: [{cmd: "echo {{ x }} {# y", enter: false}]
  - panes: [top]
"""
SAMPLES = {"tmuxinator": TMUXINATOR, "teamocil": TEAMOCIL, "smug": SMUG, "tmuxp": TMUXP}


def taken(machine: Machine, text: str, *arguments: str, name: str = "site.yml") -> Result:
    """What `import` says of a file."""
    path = machine.home / name
    path.write_text(text)
    return machine.ocprov("import", *arguments, str(path))


def workspace(result: Result) -> Any:
    """The body of the layout on stdout; nothing of Jinja's may be in it."""
    assert result.returncode == 0, result.stderr
    body = result.stdout.partition("\n---\n")[2]
    assert not any(mark in body for mark in ("{{", "{%", "{#"))
    return yaml.safe_load(body)


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_kind_is_found_out_and_the_layout_is_right(machine: Machine, kind: str) -> None:
    result = taken(machine, SAMPLES[kind], "--save", "mine")
    assert (result.returncode, result.stdout) == (0, "mine: .config/ocprov/layouts/mine.yaml.j2\n")
    path = machine.layouts / "mine.yaml.j2"
    assert f"description: from site.yml of {kind}\n" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in ("sub/deep",):
        (machine.home / folder).mkdir(parents=True, exist_ok=True)
    assert machine.ocprov("check", "mine").returncode == 0
    assert taken(machine, SAMPLES[kind], "--save", "mine").returncode == 4


@pytest.mark.parametrize("kind", SAMPLES)
def test_what_is_said_is_in_the_file_too(machine: Machine, kind: str) -> None:
    result = taken(machine, SAMPLES[kind])
    said = [line.removeprefix("ocprov: ") for line in result.stderr.splitlines()]
    written = [line.removeprefix("# ") for line in result.stdout.splitlines() if line.startswith("# ")]
    assert written == [line for line in said if "make it before ocprov up" not in line]


def test_tmuxinator(machine: Machine) -> None:
    result = taken(machine, TMUXINATOR)
    made = workspace(result)
    editor, logs, again, plain = made["windows"]
    assert made["session_name"] == "opencode-development-my-site"
    assert made["shell_command_before"] == ["export A=1"]
    assert made["x-ocprov"] == {"on_stop": ["echo bye"], "launcher": False}
    assert editor["panes"] == ["vim", {"shell_command": ["ssh server", "uptime"], "focus": True}, None]
    assert (editor["layout"], editor["start_directory"]) == ("main-vertical", "sub")
    assert editor["shell_command_before"] == ["cd . && true"]
    assert editor["options_after"] == {"synchronize-panes": "on"}
    assert (logs["panes"], logs["focus"]) == (["tail -f log"], True)
    assert (again["window_name"], again["panes"]) == (
        "logs-2",
        [{"shell_command": ["git pull", "git merge"]}],
    )
    assert plain == {"window_name": "window-4"}
    assert "project: on_project_start is not taken over (echo hi)" in result.stderr
    assert 'the session "my.site" is called opencode-development-my-site here' in result.stderr


def test_teamocil(machine: Machine) -> None:
    result = taken(machine, TEAMOCIL)
    made = workspace(result)
    one, two = made["windows"]
    assert one["panes"] == ["git status", {"shell_command": ["cmd one", "two"], "focus": True}]
    assert (one["focus"], one["options"]) == (True, {"synchronize-panes": "on"})
    assert one["shell_command_before"] == ["echo a"]
    assert two["panes"] == ["top"]
    assert "window 1: filters: after is not taken over (['echo z'])" in result.stderr
    assert "window 1, pane 2: width is not taken over (20)" in result.stderr


def test_smug(machine: Machine) -> None:
    result = taken(machine, SMUG)
    made = workspace(result)
    (code,) = made["windows"]
    assert made["environment"] == {"FOO": "bar"}
    assert made["before_script"] == "/bin/sh -c 'touch started'"
    assert made["x-ocprov"] == {"on_stop": ["echo bye"], "launcher": False}
    assert (code["start_directory"], code["layout"], code["focus"]) == ("~/sub", "even-horizontal", True)
    assert code["panes"] == ["echo ${FOO}", "uptime", {"start_directory": "~/sub/deep"}]
    assert "window 2 (extra), which is manual: commands is not taken over" in result.stderr
    assert "session: detach_hook is not taken over (echo gone)" in result.stderr
    assert "fills these in as it starts, here the environment does: ${FOO}" in result.stderr


def test_tmuxp(machine: Machine) -> None:
    result = taken(machine, TMUXP)
    made = workspace(result)
    assert made["session_name"] == "opencode-development-my-work"
    assert made["start_directory"] == str(machine.home)
    assert [window["window_name"] for window in made["windows"]] == ["a-b", "window-2"]
    assert made["windows"][0]["panes"][0]["shell_command"] == [{"cmd": "echo {{ x }} {# y", "enter": False}]
    assert made["x-ocprov"] == {"launcher": False}
    assert 'unknown key "befor_script" in session (it was x)' in result.stderr
    assert "plugins is not supported" in result.stderr


def test_json_with_tabs_is_read(machine: Machine) -> None:
    text = json.dumps({"session_name": "x", "windows": [{"window_name": "a"}]}, indent="\t")
    assert workspace(taken(machine, text, name="x.json"))["session_name"] == "opencode-development-x"


def test_a_session_without_a_name_is_called_as_its_file(machine: Machine) -> None:
    made = workspace(taken(machine, "windows: [{name: a, panes: [top]}]\n", name="my project.yml"))
    assert made["session_name"] == "opencode-development-my-project"


@pytest.mark.parametrize("kind", ["tmuxinator", "teamocil", "smug"])
def test_it_comes_up(machine: Machine, kind: str) -> None:
    (machine.home / "sub/deep").mkdir(parents=True)
    assert taken(machine, SAMPLES[kind], "--save", "mine").returncode == 0
    assert machine.ocprov("up", "-d", "mine").returncode == 0
    if kind == "smug":
        until(lambda: "bar" in machine.tmux("capture-pane", "-p", "-t", "=opencode-development-blog:code.0"))
        assert (machine.home / "started").exists()


def test_json(machine: Machine) -> None:
    data = json.loads(taken(machine, SMUG, "--json").stdout)["data"]
    assert (data["from"], data["session"], data["windows"]) == ("smug", "opencode-development-blog", ["code"])
    assert (data["layout"], data["path"]) == (None, None)
    assert data["notes"]


LAUGHS = "\n".join(
    ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))]
)
WRONG = {
    "erb": (
        "name: x\nroot: <%= ENV['HOME'] %>\nwindows: [{a: b}]",
        "site.yml:2: ERB, which would run Ruby code",
    ),
    "bomb": (LAUGHS, "more than 20000 values"),
    "tag": ("session: !!python/object/apply:os.system [id]", "the tag !!python/object"),
    "duplicate": ("session: a\nsession: b", "given twice"),
    "list": ("- a", "the top level is not a mapping"),
    "empty": ("", "it is empty"),
    "unknown": ("a: 1", "cannot tell which tool"),
    "no-windows": ("session: x", "at least one window"),
    "window": ("session: x\nwindows: [a]", "site.yml:2: window 1 must be a mapping"),
    "windows": ("session: x\nwindows: {a: b}", "site.yml:2: windows must be a list"),
    "command": (
        "session: x\nwindows:\n  - name: a\n    commands: [[b]]",
        "site.yml:4: a command must be text",
    ),
    "two-names": ("name: x\nwindows: [{a: 1, b: 2}]", "a window must have one name"),
    "layout": ("session: x\nwindows: [{name: a, layout: odd}]", '"odd" is no layout of tmux'),
    "unset": (
        "session: x\nroot: $NOWHERE/x\nwindows: [{name: a}]",
        "environment variable NOWHERE is not set",
    ),
    "control": ('session: x\nwindows: [{name: a, commands: ["\\e[31m"]}]', "a control character"),
    "teamocil-panes": ("windows: [{name: a, splits: 5}]", "site.yml:1: panes must be a list"),
    "teamocil-panes-by-name": ("windows: [{name: a, splits: {b: c}}]", "site.yml:1: panes must be a list"),
    "tmuxp-windows": ("session_name: x\nwindows: 1", "windows must be a list"),
    "tmuxp-pane": ("session_name: x\nwindows: [{window_name: a, panes: [1]}]", "a pane must be a command"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_a_file_that_cannot_become_a_layout(machine: Machine, text: str, said: str) -> None:
    result = taken(machine, text, "--save", "mine")
    assert result.returncode == 1
    assert said in result.stderr
    assert len([line for line in result.stderr.splitlines() if line.startswith(("error:", "hint:"))]) == 2
    assert not machine.layouts.exists()


def test_a_file_that_is_none(machine: Machine) -> None:
    os.mkfifo(machine.home / "fifo")
    for name in ("fifo", "missing", "."):
        result = machine.ocprov("import", name)
        assert (result.returncode, result.stdout) == (1, "")
    with (machine.home / "large").open("wb") as file:
        file.truncate(100_000_000)
    assert "larger than 1 MiB" in machine.ocprov("import", "large").stderr


HOSTILE = [
    "#(touch pwn)",
    "a\nb",
    "=x",
    "$1",
    "{last}",
    "x*",
    "../../x",
    "'; touch pwn;'",
    "ünï",
    "\u202eevil",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_no_name_here(machine: Machine, name: str, tmp_path: Path) -> None:
    text = json.dumps({"session": name, "windows": [{"name": name}]})
    result = taken(machine, text, "--save", "mine", name="x.json")
    assert result.returncode == 0, result.stderr
    assert result.stderr.isprintable() or set(filter(lambda char: not char.isprintable(), result.stderr)) == {
        "\n"
    }
    assert machine.ocprov("up", "-d", "mine").returncode == 0
    assert not list(tmp_path.rglob("pwn"))
