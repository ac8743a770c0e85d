"""A project's own layout is used only while a person trusts just what it says."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests.conftest import Machine, until

LAYOUT = """\
description: what the project needs
variables:
  port: {type: int, default: 8000}
---
session_name: opencode-development-{{ project }}
windows:
  - window_name: serve
    panes: ["echo $PWD {{ port }} >>said; cat"]
"""


@pytest.fixture
def project(machine: Machine) -> Path:
    file = machine.home / "src/my shop/.ocprov.yaml.j2"
    file.parent.mkdir(parents=True)
    file.write_text(LAYOUT)
    os.chdir(file.parent)
    return file


def untouched(machine: Machine) -> bool:
    return machine.tmux("list-sessions") == "" and not (machine.state / "run").exists()


def test_what_is_not_trusted_is_refused_before_anything_is_touched(machine: Machine, project: Path) -> None:
    for words in (["up", "-d", "project"], ["plan", "project"], ["render", "project"], ["check", "project"]):
        done = machine.ocprov(*words)
        assert done.returncode == 1
        assert done.stderr.splitlines() == [
            "error: .ocprov.yaml.j2 is not trusted",
            f"hint: read it, then: ocprov trust '{project}'",
        ]
    assert untouched(machine)


@pytest.mark.parametrize("way", ["process", "ocprov"])
def test_what_is_trusted_comes_up_and_is_found_by_its_name(machine: Machine, project: Path, way: str) -> None:
    assert machine.ocprov("trust", "--yes").returncode == 0
    run = machine.process if way == "process" else machine.ocprov
    words = (
        ["up", "-d", "--dir", str(project.parent), "project"] if way == "process" else ["up", "-d", "project"]
    )
    first, second = run(*words), run(*words)
    assert first.returncode == 0, first.stderr
    assert "nothing changed" in second.stdout
    said = project.parent / "said"
    until(lambda: said.is_file() and said.read_text() == f"{project.parent} 8000\n")
    assert run("status", "--exit-code", "project").returncode == 0
    os.chdir(machine.home)
    assert run("restart", "project").returncode == 0  # what it was told then still holds
    assert run("down", "--yes", "project").returncode == 0


def test_any_change_ends_the_trust_also_where_the_plan_is_cached(machine: Machine, project: Path) -> None:
    machine.ocprov("trust", "--yes", str(project))
    machine.ocprov("up", "-d", "project")
    machine.ocprov("down", "--yes", "project")
    project.write_text(LAYOUT.replace("cat", "touch pwned"))
    for run in (machine.ocprov, machine.process):
        done = run("up", "-d", "--dir", str(project.parent), "project")
        assert (done.returncode, done.stderr.splitlines()[0][-28:]) == (1, "changed since it was trusted")
    project.write_text(LAYOUT)
    assert machine.ocprov("up", "-d", "project").returncode == 0


def test_revoked_trust_is_gone_at_once(machine: Machine, project: Path) -> None:
    machine.ocprov("trust", "--yes")
    machine.ocprov("up", "-d", "project")
    assert machine.ocprov("trust", "--revoke").returncode == 0
    assert "is not trusted" in machine.ocprov("up", "-d", "project").stderr
    assert "is not trusted" in machine.process("up", "-d", "--dir", str(project.parent), "project").stderr


def test_it_is_shown_and_asked_for_so_somebody_must_be_there(machine: Machine, project: Path) -> None:
    done = machine.ocprov("trust")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "error: nobody is there to read .ocprov.yaml.j2",
        f"hint: once you read it: ocprov trust --yes '{project}'",
    ]
    assert not (machine.state / "trusted.json").exists()


@pytest.mark.parametrize(("answer", "trusted"), [("y", True), ("n", False)])
def test_a_person_reads_it_and_answers(machine: Machine, project: Path, answer: str, trusted: bool) -> None:
    project.write_text(LAYOUT.replace("what the", "\u202ewhat the\x1b[8m"))
    machine.tmux("new-session", "-d", "-x", "120", "-y", "40", "-c", str(project.parent))
    machine.tmux("send-keys", f"cd '{project.parent}'; {sys.executable} -m ocprov trust", "Enter")
    until(lambda: "[y/N]" in machine.tmux("capture-pane", "-p"))
    screen = machine.tmux("capture-pane", "-p")
    assert "\\u202ewhat the\\x1b[8m project needs" in screen
    machine.tmux("send-keys", answer, "Enter")
    until(
        lambda: (
            ("is trusted as it is now" if trusted else "interrupted") in machine.tmux("capture-pane", "-p")
        )
    )
    assert (machine.state / "trusted.json").exists() == trusted


def _fifo(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def _directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _link(file: Path) -> None:
    file.rename(file.with_name("real"))
    file.symlink_to("real")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda file: file.chmod(0o666), "every user can write to"),
        (lambda file: file.parent.chmod(0o777), "every user can write to"),
        (lambda file: file.unlink(), "No such file"),
        (_fifo, "it is not a file"),
        (_directory, "No such file"),
        (lambda file: file.write_bytes(b"\xff"), "not UTF-8"),
        (_link, "is not called .ocprov.yaml.j2"),
    ],
    ids=["writable", "folder", "gone", "fifo", "directory", "bytes", "link"],
)
def test_what_cannot_be_trusted_is_refused(machine: Machine, project: Path, harm: object, said: str) -> None:
    harm(project)  # type: ignore[operator] # one of the functions above
    done = machine.ocprov("trust", "--yes")
    assert done.returncode == 1
    assert said in done.stderr
    assert not (machine.state / "trusted.json").exists()


def test_a_link_to_what_is_trusted_elsewhere_is_not_trusted(machine: Machine, project: Path) -> None:
    machine.ocprov("trust", "--yes")
    machine.ocprov("up", "-d", "project")
    machine.ocprov("down", "--yes", "project")
    other = machine.home / "other"
    other.mkdir()
    (other / project.name).symlink_to(project)
    for run in (machine.ocprov, machine.process):
        done = run("up", "-d", "--dir", str(other), "project")
        assert done.returncode == 1
        assert "is not trusted" in done.stderr
    assert machine.tmux("list-sessions") == ""
    assert machine.ocprov("trust", "--yes", str(other)).returncode == 0
    assert machine.ocprov("plan", "--dir", str(other), "project").returncode == 0
    assert machine.ocprov("trust", "--revoke", str(other)).returncode == 0
    assert machine.ocprov("plan", "--dir", str(other), "project").returncode == 1
    assert machine.ocprov("plan", "project").returncode == 0


def test_a_link_into_what_others_can_write_is_refused(machine: Machine, project: Path) -> None:
    open_to_all = machine.home / "open"
    open_to_all.mkdir()
    project.rename(open_to_all / project.name)
    project.symlink_to(open_to_all / project.name)
    open_to_all.chmod(0o777)
    assert f"every user can write to {open_to_all}" in machine.ocprov("trust", "--yes").stderr


def test_the_directory_may_be_reached_by_a_link(machine: Machine, project: Path) -> None:
    (machine.home / "shop").symlink_to(project.parent)
    assert machine.ocprov("trust", "--yes", str(machine.home / "shop")).returncode == 0
    assert machine.ocprov("plan", "project").returncode == 0
    assert machine.ocprov("plan", "--dir", str(machine.home / "shop"), "project").returncode == 0


@pytest.mark.parametrize("what", ["record", "project"])
def test_a_fifo_is_waited_for_by_nobody(machine: Machine, project: Path, what: str) -> None:
    machine.ocprov("trust", "--yes")
    _fifo(machine.state / "trusted.json" if what == "record" else project)
    done = machine.process("trust", "--list")
    assert (done.returncode, done.stdout) == (
        (1, "") if what == "record" else (0, f"unreadable  {project}\n")
    )
    assert "trusted.json is not a file" in done.stderr or what == "project"


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"schema": 2}', '{"schema": 1, "trusted": []}', "[" * 9999]
)
def test_a_damaged_record_trusts_nothing_and_is_written_anew(
    machine: Machine, project: Path, damage: str
) -> None:
    machine.ocprov("trust", "--yes")
    (machine.state / "trusted.json").write_text(damage)
    assert "is not trusted" in machine.ocprov("plan", "project").stderr
    assert machine.ocprov("trust", "--yes").returncode == 0
    assert machine.ocprov("plan", "project").returncode == 0


def test_a_file_that_claims_another_name_is_refused(machine: Machine, project: Path) -> None:
    project.write_text("alias: monitoring\n" + LAYOUT)
    machine.ocprov("trust", "--yes")
    assert "a project's layout is called project" in machine.ocprov("plan", "project").stderr


def test_a_file_cannot_trust_itself(machine: Machine, project: Path) -> None:
    project.write_text("trust: true\n" + LAYOUT)
    assert "is not trusted" in machine.ocprov("up", "-d", "project").stderr
    machine.ocprov("trust", "--yes")
    assert 'unknown key "trust"' in machine.ocprov("up", "-d", "project").stderr


def test_the_list_tells_what_became_of_each(machine: Machine, project: Path) -> None:
    machine.ocprov("trust", "--yes")
    assert machine.ocprov("trust", "--list").stdout == f"trusted  {project}\n"
    project.write_text("# other")
    assert json.loads(machine.ocprov("trust", "--list", "--json").stdout)["data"] == {
        "trusted": [{"path": str(project), "state": "changed"}]
    }
    project.unlink()
    assert machine.ocprov("trust", "--list").stdout == f"gone  {project}\n"
    assert machine.ocprov("trust", "--revoke", str(project)).returncode == 0
    assert machine.ocprov("trust", "--list").stdout == ""


def test_ls_shows_the_project_that_we_are_in(machine: Machine, project: Path) -> None:
    row = machine.ocprov("ls").stdout.splitlines()[-1].split("  ")
    assert [cell.strip() for cell in row if cell.strip()] == [
        "project",
        "-",
        "this project's",
        "ocprov trust shows it and asks",
    ]
    machine.ocprov("trust", "--yes")
    assert machine.ocprov("ls").stdout.splitlines()[-1].endswith("what the project needs")


def test_a_layout_of_yours_with_that_name_goes_first(machine: Machine, project: Path) -> None:
    machine.layout("project", "session_name: opencode-development-mine\nwindows: [{window_name: one}]\n")
    assert "opencode-development-mine" in machine.ocprov("plan", "project").stdout


def test_a_second_clone_never_gets_the_session_of_the_first(machine: Machine, project: Path) -> None:
    text = LAYOUT.replace("{{ project }}", "shop")
    clone = machine.home / "clone" / project.name
    clone.parent.mkdir()
    for file in (project, clone):
        file.write_text(text)
        assert machine.ocprov("trust", "--yes", str(file)).returncode == 0
    assert machine.ocprov("up", "-d", "project").returncode == 0
    launcher = next((machine.state / "run").rglob("serve"))
    before = launcher.read_text()
    for words in (["up", "-d"], ["up", "-n"], ["plan"]):
        done = machine.ocprov(*words, "--dir", str(clone.parent), "project")
        assert done.returncode == 4
        assert done.stderr.splitlines() == [
            f"error: opencode-development-shop is live for the project in {project.parent}",
            "hint: end it: ocprov down opencode-development-shop; "
            "or put {{ project }} into the session_name of both",
        ]
    assert launcher.read_text() == before
    os.chdir(clone.parent)
    assert "no session of project is live" in machine.ocprov("down", "--yes", "project").stderr
    assert machine.tmux("list-sessions", "-F", "#{session_name}") == "opencode-development-shop"
    machine.end_tmux()
    assert machine.ocprov("up", "-d", "project").returncode == 0


def test_down_ends_the_project_that_we_are_in_and_of_several_none_by_chance(
    machine: Machine, project: Path
) -> None:
    other = machine.home / "other" / project.name
    other.parent.mkdir()
    other.write_text(LAYOUT)
    for file in (project, other):
        machine.ocprov("trust", "--yes", str(file))
        assert machine.ocprov("up", "-d", "--dir", str(file.parent), "project").returncode == 0
    names = machine.tmux("list-sessions", "-F", "#{session_name}").splitlines()
    os.chdir(machine.home)
    done = machine.ocprov("down", "--yes", "project")
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "error: 2 sessions of project are live"
    os.chdir(other.parent)
    assert machine.ocprov("down", "--yes", "project").returncode == 0
    left = machine.tmux("list-sessions", "-F", "#{session_name}").splitlines()
    assert left == [name for name in names if "my-shop" in name]


HOOKED = """\
session_name: opencode-development-hooked
x-ocprov: {on_start: echo start >>said, on_stop: echo stop >>said}
windows: [{window_name: one}, {window_name: two}]
"""


def test_what_is_no_longer_trusted_is_not_reconciled_and_its_hooks_do_not_run(
    machine: Machine, project: Path
) -> None:
    project.write_text(HOOKED)
    machine.ocprov("trust", "--yes")
    machine.ocprov("up", "-d", "project")
    machine.ocprov("trust", "--revoke")
    machine.tmux("kill-window", "-t", "=opencode-development-hooked:=two")
    machine.tmux("set-option", "-u", "-t", "=opencode-development-hooked:", "@ocprov_hooks")
    for words in (["reconcile"], ["restart", "project"], ["up", "-d", "project"]):
        done = machine.ocprov(*words)
        assert done.returncode == 1
        assert "trusted" in done.stderr
    assert len(machine.windows("opencode-development-hooked")) == 1
    done = machine.ocprov("down", "--yes", "project")
    assert done.returncode == 1
    assert "is no longer trusted: its hooks do not run" in done.stderr
    assert machine.tmux("list-sessions") == ""
    assert (project.parent / "said").read_text() == "start\n"


def test_what_changed_since_is_reconciled_as_it_was_trusted(machine: Machine, project: Path) -> None:
    project.write_text(HOOKED)
    machine.ocprov("trust", "--yes")
    machine.ocprov("up", "-d", "project")
    project.write_text(HOOKED.replace("two", "other"))
    machine.tmux("kill-window", "-t", "=opencode-development-hooked:=two")
    assert machine.ocprov("reconcile").returncode == 0
    assert machine.windows("opencode-development-hooked") == ["0 one", "1 two"]
    assert machine.ocprov("down", "--yes", "project").returncode == 0
    assert (project.parent / "said").read_text() == "start\nstop\n"
