"""What bad input gets: a refusal in two lines that touched nothing, or exactly what it says, literally."""

import os
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Machine, Result, until

HERE = """\
---
session_name: opencode-development-{{ project }}
start_directory: {{ dir | yaml }}
windows:
  - window_name: run
    panes: ["sleep 1000"]
  - window_name: shell
"""


def refused(result: Result, *words: str, code: int = 1) -> None:
    """Two lines, `error:` and `hint:`, the right exit code, and no traceback."""
    assert result.returncode == code, result
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr, result.stderr
    if code != 2:
        lines = result.stderr.rstrip("\n").splitlines()
        assert lines[-2].startswith("error: "), lines
        assert lines[-1].startswith("hint: "), lines
        assert all(line.isprintable() for line in lines)


def untouched(machine: Machine) -> None:
    """No tmux server was started, no session made, nothing that the input named was run."""
    assert machine.tmux("list-sessions") == ""
    assert not list(machine.root.rglob("pwn"))


# Directories -----------------------------------------------------------------------------------------------------

LITERAL = {
    "runs a command as a format": "#(touch pwn)",
    "a format": "#{session_name}",
    "a short format": "C#S",
    "ends in a hash": "C#",
    "a style": "#[fg=red]",
    "hashes that tmux reads as one": "a##b",
    "a hash and a comma": "a#,b",
    "a hash and a brace": "a#}b",
    "a shell's substitution": "$(touch pwn)",
    "backticks": "`touch pwn`",
    "a semicolon": "a;touch pwn",
    "an and": "a&&b",
    "a pipe": "a|b",
    "a quote": "q'uote",
    "a double quote": 'dq"x',
    "a space": "sp ace",
    "a space at the end": "end ",
    "a dash": "-dash",
    "an option": "-rf",
    "a time": "%H",
    "two percents": "%%",
    "a tilde": "~tilde",
    "a dollar": "$HOME",
    "two bangs": "!!",
    "a backslash": "back\\slash",
    "not ASCII": "é日本",
    "decomposed": unicodedata.normalize("NFD", "é"),
    "a dot": "a.b",
    "a colon": "a:b",
    "Jinja": "{{ 1/0 }}",
    "a YAML comment": "a #b",
    "a YAML mapping": "a: b",
}


@pytest.mark.parametrize("name", LITERAL.values(), ids=LITERAL)
def test_a_directory_is_taken_literally(machine: Machine, name: str) -> None:
    machine.layout("here", HERE)
    directory = machine.root / "x" / name
    directory.mkdir(parents=True)
    result = machine.ocprov("up", "-d", "here", "--dir", str(directory))
    assert result.returncode == 0, result
    until(lambda: set(paths(machine)) == {str(directory)})
    assert not list(machine.root.rglob("pwn"))
    assert "nothing changed" in machine.ocprov("up", "-d", "here", "--dir", str(directory)).stdout


def paths(machine: Machine) -> list[str]:
    return machine.tmux("list-panes", "-a", "-F", "#{pane_current_path}").splitlines()


def loop(root: Path) -> Path:
    (root / "loop").symlink_to(root / "loop")
    return root / "loop"


def a_file(root: Path) -> Path:
    (root / "file").touch()
    return root / "file"


def named(root: Path, name: str) -> Path:
    (root / name).mkdir()
    return root / name


REFUSED_DIRECTORIES: dict[str, tuple[Callable[[Path], str | Path], str]] = {
    "missing": (lambda root: root / "nowhere", "No such file or directory"),
    "a file": (a_file, "not a directory"),
    "links in a circle": (loop, "cannot use the directory"),
    "a path of 4096 bytes": (lambda root: "/" + "x/" * 2100, "cannot use the directory"),
    "a name of 300 bytes": (lambda root: root / ("x" * 300), "cannot use the directory"),
    "a newline": (lambda root: named(root, "new\nline"), "control character"),
    "an escape sequence": (lambda root: named(root, "\x1b[31mred"), "control character"),
    "a tab": (lambda root: named(root, "a\tb"), "control character"),
    "no user of that name": (lambda root: "~nobody-of-that-name/x", "cannot use the directory"),
}


@pytest.mark.parametrize(("make", "message"), REFUSED_DIRECTORIES.values(), ids=REFUSED_DIRECTORIES)
def test_a_directory_is_refused(machine: Machine, make: Callable[[Path], str | Path], message: str) -> None:
    machine.layout("here", HERE)
    refused(machine.ocprov("up", "-d", "here", "--dir", str(make(machine.root))), message)
    untouched(machine)


def test_a_directory_that_is_not_utf8_is_refused(machine: Machine) -> None:
    machine.layout("here", HERE)
    directory = os.fsencode(machine.root) + b"/\xff"
    Path(os.fsdecode(directory)).mkdir()
    result = machine.ocprov("up", "-d", "here", "--dir", os.fsdecode(directory))
    refused(result, "not UTF-8")
    untouched(machine)


def test_a_directory_that_was_deleted_under_us(machine: Machine) -> None:
    machine.layout("here", HERE)
    gone = machine.root / "gone"
    gone.mkdir()
    result = subprocess.run(
        ["sh", "-c", 'cd "$1" && rmdir "$1" && exec "$2" -m ocprov up -d here', "sh", gone, sys.executable],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    refused(result)
    untouched(machine)


def test_one_directory_by_two_links_is_one_session(machine: Machine) -> None:
    machine.layout("here", HERE)
    (machine.root / "real").mkdir()
    (machine.root / "link").symlink_to(machine.root / "real")
    machine.ocprov("up", "-d", "here", "--dir", str(machine.root / "real"))
    result = machine.ocprov("up", "-d", "here", "--dir", str(machine.root / "link"))
    assert "nothing changed" in result.stdout


def test_directories_that_look_alike_are_sessions_of_their_own(machine: Machine) -> None:
    machine.layout("here", HERE)
    alike = ["p/api", "q/api", "p/api2", "p/a.b", "p/a_b", "p/a:b"]
    for name in alike:
        (machine.root / name).mkdir(parents=True)
        assert machine.ocprov("up", "-d", "here", "--dir", str(machine.root / name)).returncode == 0
    assert len(machine.tmux("list-sessions").splitlines()) == len(alike)
    ended = machine.tmux("list-sessions", "-F", "#{session_name}").splitlines()[0]
    assert machine.ocprov("down", "-y", ended).returncode == 0
    assert len(machine.tmux("list-sessions").splitlines()) == len(alike) - 1


# Names, layouts, templates, values, YAML ---------------------------------------------------------------------------

LAYOUT_NAMES = [
    "../../etc/passwd",
    "/etc/passwd",
    "~/x",
    "a/b",
    ".",
    "..",
    ".hidden",
    "",
    " ",
    "-x",
    "#(touch pwn)",
    "ünï",
]


@pytest.mark.parametrize("name", LAYOUT_NAMES)
def test_a_name_that_is_no_layout(machine: Machine, name: str) -> None:
    refused(machine.ocprov("up", "-d", "--", name), "is no name for a layout")
    untouched(machine)


def test_a_misspelt_layout_gets_the_nearest(machine: Machine) -> None:
    refused(
        machine.ocprov("up", "-d", "monitorng"),
        'no layout is called "monitorng"',
        'did you mean "monitoring"?',
    )
    untouched(machine)


NAMES = [
    "''",
    "' '",
    "a.b",
    "'a:b'",
    "'=x'",
    "$1",
    "'@1'",
    "'%1'",
    "-x",
    "--help",
    "'{last}'",
    "'!'",
    "'+1'",
    "^",
]
NAMES += [
    "x*",
    "'[ab]'",
    "'?'",
    "'#(touch pwn)'",
    "'#S'",
    "'#W'",
    "x" * 300,
    '"a\\nb"',
    '"a\\e[31m"',
    "a$b",
    "ünï",
]
NAMES += ['"a\\u202eb"', '"a\\u200bb"', "12", "~"]


@pytest.mark.parametrize("name", NAMES)
def test_a_window_name_is_refused(machine: Machine, name: str) -> None:
    machine.layout(
        "bad", f"---\nsession_name: opencode-observability-bad\nwindows:\n  - window_name: {name}\n"
    )
    refused(machine.ocprov("up", "-d", "bad"), "bad.yaml.j2:4: ")
    untouched(machine)


@pytest.mark.parametrize("name", [*NAMES, "work", "opencode-work", "opencode-observability-"])
def test_a_session_name_is_refused(machine: Machine, name: str) -> None:
    machine.layout("bad", f"---\nsession_name: {name}\nwindows:\n  - window_name: a\n")
    refused(machine.ocprov("up", "-d", "bad"), "bad.yaml.j2:2: ")
    untouched(machine)


TEMPLATES = {
    "a class's ancestors": "{{ ''.__class__.__mro__ }}",
    "globals by cycler": "{{ cycler.__init__.__globals__.os.popen('touch pwn').read() }}",
    "globals by lipsum": "{{ lipsum.__globals__['os'] }}",
    "format of a class": "{{ ('{0.__class__}'|attr('format'))(1) }}",
    "an include of the system's": "{% include '/etc/passwd' %}",
    "an include out of the folder": "{% include '../../../../etc/passwd' %}",
    "an import": "{% import 'os' as o %}",
    "an unknown variable": "{{ undefinedvar }}",
    "a test of an unknown variable": "{% if undefinedvar %}x{% endif %}",
    "three gigabytes": "{{ 'a' * 3000000000 }}",
    "loops in loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "an open tag": "{{ 1",
    "an open block": "{% raw %}",
    "an endless macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a division by zero": "{{ 1 / 0 }}",
    "a call of text": "{{ 'x'() }}",
    "a layout that extends itself": "{% extends 'bad.yaml.j2' %}",
}


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_is_refused(machine: Machine, template: str) -> None:
    machine.layout(
        "bad", f"---\nsession_name: opencode-observability-bad\n{template}\nwindows:\n  - window_name: a\n"
    )
    # An open tag is found where the parser gives up: on the line after it.
    refused(machine.ocprov("up", "-d", "bad"), "bad.yaml.j2:4: " if template == "{{ 1" else "bad.yaml.j2:3: ")
    untouched(machine)


VALUE = """\
variables:
  value: {help: anything}
---
session_name: opencode-observability-value
environment:
  VALUE: {{ value | yaml }}
windows:
  - window_name: a
    panes:
      - {{ ('printf "[%s]" ' ~ (value | sh)) | yaml }}
"""

VALUES = [
    "/tmp/a #b",
    "/tmp/a: b",
    "'x",
    "{a: b}",
    "*x",
    "&x",
    "- x",
    "%x",
    "@x",
    "~",
    "null",
    "yes",
    "0123",
    "1:30",
]
VALUES += [
    "2026-01-01",
    "#(touch pwn)",
    "$(touch pwn)",
    "`touch pwn`",
    "a;touch pwn",
    '"',
    "\\",
    "é",
    "{{ 1 }}",
    "-n",
]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_taken_literally(machine: Machine, value: str) -> None:
    machine.layout("value", VALUE)
    assert machine.ocprov("up", "-d", "value", "--set", f"value={value}").returncode == 0
    until(lambda: f"[{value}]" in machine.tmux("capture-pane", "-p", "-t", "=opencode-observability-value:"))
    shown = machine.tmux("show-environment", "-t", "=opencode-observability-value", "VALUE")
    assert shown in (f"VALUE={value}", f"VALUE={os.path.expanduser(value)}")  # noqa: PTH111 # tmuxp's own expansion
    assert not list(machine.root.rglob("pwn"))


@pytest.mark.parametrize("value", ["/tmp/a\nbefore_script: touch pwn", "a\x1b[31m", "a\tb", "a\x7f"])
def test_a_value_with_a_control_character_is_refused(machine: Machine, value: str) -> None:
    machine.layout("value", VALUE)
    refused(machine.ocprov("up", "-d", "value", "--set", f"value={value}"), "control character")
    untouched(machine)


YAML = {
    "a Python object": "session_name: !!python/object/apply:os.system ['touch pwn']",
    "a key twice": "session_name: opencode-observability-a\nsession_name: opencode-observability-b\nwindows: []",
    "laughs by the billion": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)),
    "an alias of itself": "session_name: &a [*a]",
    "two documents": "session_name: opencode-observability-a\n---\nwindows: []",
    "a list": "- a\n- b",
    "a scalar": "just text",
    "nothing": "",
    "a NUL": "session_name: a\0b",
    "a tab": "windows:\n\t- a",
    "a misspelt key": "session_name: opencode-observability-a\nbefor_script: touch pwn\nwindows:\n  - window_name: a",
    "an open bracket": "windows: [",
}


@pytest.mark.parametrize("text", YAML.values(), ids=YAML)
def test_yaml_is_refused(machine: Machine, text: str) -> None:
    machine.layout("bad", f"---\n{text}\n")
    refused(machine.ocprov("up", "-d", "bad"), "bad.yaml.j2:")
    untouched(machine)


def test_a_layout_of_100_megabytes_is_refused(machine: Machine) -> None:
    with machine.layout("bad", "").open("wb") as file:
        file.truncate(100_000_000)
    refused(machine.ocprov("up", "-d", "bad"), "bad.yaml.j2")


def test_a_byte_order_mark_is_fine(machine: Machine) -> None:
    machine.layout("good", "\ufeffsession_name: opencode-observability-good\nwindows:\n  - window_name: a\n")
    assert machine.ocprov("up", "-d", "good").returncode == 0


def test_a_layout_that_is_a_link_to_where_anybody_writes_is_refused(machine: Machine) -> None:
    open_to_all = machine.root / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    (open_to_all / "x.yaml.j2").write_text(
        "session_name: opencode-observability-x\nwindows: [{window_name: a}]\n"
    )
    machine.layouts.mkdir(parents=True)
    (machine.layouts / "x.yaml.j2").symlink_to(open_to_all / "x.yaml.j2")
    refused(machine.ocprov("up", "-d", "x"), "is not used")
    untouched(machine)


# The environment -----------------------------------------------------------------------------------------------------

GOOD = (
    "---\nsession_name: opencode-observability-good\nwindows:\n  - window_name: a\n    panes: [sleep 1000]\n"
)


ENVIRONMENTS: dict[str, tuple[dict[str, str], str]] = {
    "TMUX_TMPDIR that is missing": ({"TMUX_TMPDIR": "/nonexistent"}, "TMUX_TMPDIR is not a directory"),
    "a socket path of 120 bytes": (
        {"TMUX_TMPDIR": "", "OCPROV_SOCKET_PATH": "/tmp/" + "x" * 120},
        "longer than",
    ),
    "HOME unset": ({"HOME": ""}, "HOME is not set"),
    "HOME relative": ({"HOME": "home"}, "HOME is not set"),
    "PATH without tmux": ({"PATH": "/nonexistent"}, "tmux is not installed"),
    "TMUX of a dead server": ({"TMUX": "/nonexistent/sock,1,0"}, "unset TMUX"),
}


@pytest.mark.parametrize(("environment", "message"), ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_an_environment_is_refused(machine: Machine, environment: dict[str, str], message: str) -> None:
    machine.layout("good", GOOD)
    refused(machine.ocprov("up", "-d", "good", **environment), message)
    untouched(machine)


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8", "no_SUCH"])
def test_every_locale_works(machine: Machine, locale: str) -> None:
    machine.layout("good", GOOD)
    machine.tmux("new-session", "-d", "-s", "wörk", "-n", "␞|ünï")
    assert machine.process("up", "-d", "good", LC_ALL=locale).returncode == 0
    result = machine.process("up", "-d", "good", LC_ALL=locale)
    assert "nothing changed" in result.stdout


def test_an_empty_environment_works(machine: Machine) -> None:
    machine.layout("good", GOOD)
    bare = {name: os.environ[name] for name in ("HOME", "PATH", "TMUX_TMPDIR")}
    done = subprocess.run(
        [sys.executable, "-m", "ocprov", "up", "-d", "good"],
        env=bare,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done
    assert machine.windows("opencode-observability-good") == ["0 a"]


def test_a_pane_that_goes_between_the_look_and_the_work_is_no_failure(machine: Machine) -> None:
    machine.layout("good", GOOD.replace("  - window_name: a", "  - window_name: b\n  - window_name: a"))
    assert machine.ocprov("up", "-d", "good").returncode == 0
    machine.layout(
        "good", GOOD.replace("  - window_name: a", "  - {window_name: b, layout: tiled}\n  - window_name: a")
    )
    front = machine.root / "front"
    front.mkdir()
    real = shutil.which("tmux")
    (front / "tmux").write_text(
        f'#!/bin/sh\ncase " $* " in *" source-file "*) {real} kill-window -t =opencode-observability-good:=b ;; esac\n'
        f'exec {real} "$@"\n'
    )
    (front / "tmux").chmod(0o755)
    result = machine.ocprov("up", "-d", "good", PATH=f"{front}:{os.environ['PATH']}")
    assert "Traceback" not in result.stderr
    machine.ocprov("up", "-d", "good")
    assert [row.split()[1] for row in machine.windows("opencode-observability-good")] == ["b", "a"]


@pytest.mark.parametrize("directory", ["/", "~"])
def test_a_project_directory_that_is_hardly_meant_gets_a_word(machine: Machine, directory: str) -> None:
    machine.layout("here", HERE)
    result = machine.ocprov("up", "-d", "here", "--dir", directory)
    assert result.returncode == 0
    assert "--dir names another one" in result.stderr


def test_relative_xdg_directories_are_ignored(machine: Machine) -> None:
    machine.layout("good", GOOD)
    relative = {"XDG_STATE_HOME": "state", "XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data"}
    assert machine.ocprov("up", "-d", "good", **relative).returncode == 0
    assert machine.state.is_dir()
    assert not (machine.home / "state").exists()


@pytest.mark.parametrize("version", ["3.1c", "2.9a", "1.8"])
def test_an_old_tmux_is_refused(machine: Machine, version: str) -> None:
    machine.layout("good", GOOD)
    front = machine.root / "front"
    front.mkdir()
    # One that old knows no `source-file -`, or does nothing at the guard in what it reads.
    (front / "tmux").write_text(f"#!/bin/sh\ncase $* in *-V) echo tmux {version} ;; *) exit 1 ;; esac\n")
    (front / "tmux").chmod(0o755)
    refused(machine.ocprov("up", "-d", "good", PATH=f"{front}:{os.environ['PATH']}"), "too old", "3.2")
    untouched(machine)


@pytest.mark.parametrize("what", ["a link", "a directory"])
def test_a_lock_that_is_no_file_is_refused(machine: Machine, what: str) -> None:
    machine.layout("good", GOOD)
    assert machine.ocprov("up", "-d", "good").returncode == 0
    (lock,) = (path for path in (machine.state / "lock").rglob("opencode-*.lock"))
    lock.unlink()
    if what == "a link":
        lock.symlink_to(machine.root / "elsewhere")
    else:
        lock.mkdir()
    refused(machine.ocprov("up", "-d", "good"), "cannot use the lock file")


def test_a_state_directory_that_cannot_be_written(machine: Machine) -> None:
    machine.layout("good", GOOD)
    (machine.home / ".local").mkdir()
    (machine.home / ".local/state").touch()
    refused(machine.ocprov("up", "-d", "good"), "cannot use")
    untouched(machine)


# Foreign sessions ----------------------------------------------------------------------------------------------------

FOREIGN = ["plain", "x\u2028y", "x\u0085y", "␞", "a|b|c", "%1|@1|$1", "#(touch pwn)", "#{pid}", " ", "ünï"]


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_names_hinder_nothing(machine: Machine, name: str) -> None:
    machine.layout("good", GOOD)
    odd = machine.root / "new\nline"
    odd.mkdir()
    subprocess.run(["tmux", "new-session", "-d", "-s", "work", "-n", name], cwd=odd, check=True)
    machine.tmux("select-pane", "-t", "=work:", "-T", "title␞|\t")
    before = machine.tmux("list-panes", "-s", "-t", "=work", "-F", "#{pane_id} #{pane_pid}")
    assert machine.ocprov("up", "-d", "good").returncode == 0
    assert "good" in machine.ocprov("status").stdout
    assert machine.ocprov("down", "-y", "good").returncode == 0
    assert machine.tmux("list-panes", "-s", "-t", "=work", "-F", "#{pane_id} #{pane_pid}") == before


def test_a_foreign_session_of_our_name_is_a_conflict(machine: Machine) -> None:
    machine.layout("good", GOOD)
    machine.tmux("new-session", "-d", "-s", "opencode-observability-good")
    refused(machine.ocprov("up", "-d", "good"), "not ocprov's", "rename", code=4)
    assert "no session of good is live" in machine.ocprov("down", "-y", "good").stderr
    assert machine.tmux("list-sessions", "-F", "#{session_name}") == "opencode-observability-good"


def test_a_session_whose_name_starts_with_ours_is_not_taken_for_it(machine: Machine) -> None:
    machine.layout("good", GOOD)
    machine.tmux("new-session", "-d", "-s", "opencode-observability-good-2")
    assert machine.ocprov("up", "-d", "good").returncode == 0
    assert machine.ocprov("down", "-y", "good").returncode == 0
    assert machine.tmux("list-sessions", "-F", "#{session_name}") == "opencode-observability-good-2"


USAGE = [
    ["up"],
    ["up", "--nonsense", "x"],
    ["up", "good", "--wait", "long"],
    ["nonsense"],
    ["render"],
    ["capture", "good"],
]


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_a_wrong_call_is_clicks_usage_error(machine: Machine, arguments: list[str]) -> None:
    refused(machine.ocprov(*arguments), "Usage:", code=2)
