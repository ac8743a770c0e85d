"""A layout's hooks: on_start once in a session's life, on_attach before a person is brought there, on_stop before the end."""

import os
import subprocess
import sys

import pytest

from tests.conftest import DEADLINE, Machine, until

NAME = "opencode-development-hooked"

LAYOUT = """\
session_name: opencode-development-hooked
start_directory: {directory}
x-ocprov:
{hooks}
windows:
  - window_name: shell
"""


def hooked(machine: Machine, *hooks: str) -> None:
    lines = "\n".join(f"  {hook}" for hook in hooks)
    machine.layout("hooked", LAYOUT.format(directory=machine.home, hooks=lines))


def said(machine: Machine) -> list[str]:
    file = machine.home / "said"
    return file.read_text().splitlines() if file.exists() else []


def live(machine: Machine) -> bool:
    return NAME in machine.tmux("list-sessions", "-F", "#{session_name}").splitlines()


@pytest.mark.parametrize("way", ["process", "ocprov"])
def test_on_start_runs_once_in_a_life(machine: Machine, way: str) -> None:
    hooked(machine, "on_start: echo started >>said")
    up = machine.process if way == "process" else machine.ocprov
    first, second = up("up", "-d", "hooked"), up("up", "-d", "hooked")
    assert (first.returncode, second.returncode) == (0, 0)
    assert "running on_start of opencode-development-hooked: echo started >>said" in first.stderr
    assert "nothing changed" in second.stdout
    assert said(machine) == ["started"]
    machine.ocprov("down", "--yes", "hooked")
    up("up", "-d", "hooked")
    assert said(machine) == ["started", "started"]


def test_a_hook_knows_its_session_and_calls_ocprov_and_tmux_on_its_server(machine: Machine) -> None:
    hooked(
        machine,
        "on_start:",
        '  - echo "$OCPROV_SESSION $OCPROV_LAYOUT" >>said; pwd >>said',
        """  - tmux -S "$OCPROV_SOCKET_PATH" list-sessions -F '#{session_name}' >>said""",
        f"  - {sys.executable} -m ocprov status hooked --json | grep -c running >>said || true",
        f"  - {sys.executable} -m ocprov up -d hooked >>said",
    )
    done = machine.ocprov("-L", "other", "up", "-d", "hooked")
    assert done.returncode == 0, done.stderr
    assert said(machine)[:3] == [f"{NAME} hooked", str(machine.home), NAME]
    assert said(machine)[-1] == f"{NAME}: nothing changed"


def test_a_failed_on_start_is_told_and_run_again_by_the_next_up(machine: Machine) -> None:
    hooked(machine, "on_start: ['echo tried >>said', 'test -e ready', 'echo ran >>said']")
    failed = machine.ocprov("up", "-d", "hooked")
    assert failed.returncode == 1
    assert f"error: on_start of {NAME} ended with 1" in failed.stderr
    assert "hint: run it by hand in" in failed.stderr
    assert live(machine)
    (machine.home / "ready").touch()
    assert machine.ocprov("up", "-d", "hooked").returncode == 0
    assert machine.ocprov("up", "-d", "hooked").returncode == 0
    assert said(machine) == ["tried", "tried", "ran"]


def test_an_up_killed_in_on_start_is_completed_by_the_next(machine: Machine) -> None:
    hooked(machine, "on_start: ['echo began >>said', 'test -e fast || read -r _ <fifo', 'echo ended >>said']")
    os.mkfifo(machine.home / "fifo")
    process = subprocess.Popen(
        [sys.executable, "-m", "ocprov", "up", "-d", "hooked"], stderr=subprocess.DEVNULL
    )
    until(lambda: said(machine) == ["began"])
    process.kill()
    process.wait(DEADLINE)
    (machine.home / "fast").touch()
    with (machine.home / "fifo").open("r+b", buffering=0) as fifo:
        fifo.write(b"\n")  # the orphan ends too
        until(lambda: "ended" in said(machine))
    assert machine.ocprov("up", "-d", "hooked").returncode == 0
    assert said(machine) == ["began", "ended", "began", "ended"]


def test_two_ups_at_once_run_on_start_once(machine: Machine) -> None:
    hooked(machine, "on_start: ['echo started >>said', 'sleep 0.3']")
    command = [sys.executable, "-m", "ocprov", "up", "-d", "hooked"]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait(DEADLINE) for process in both] == [0, 0]
    assert said(machine) == ["started"]


def test_on_stop_runs_before_the_end_and_a_failure_keeps_no_session_alive(machine: Machine) -> None:
    hooked(
        machine, "on_stop: ['tmux has-session -t opencode-development-hooked && echo there >>said', 'exit 3']"
    )
    machine.ocprov("up", "-d", "hooked")
    machine.layout("hooked", "broken: [")  # what was up is what is ended
    done = machine.ocprov("down", "--yes", "hooked")
    assert said(machine) == ["there"]
    assert done.returncode == 1
    assert f"on_stop of {NAME} ended with 3" in done.stderr
    assert not live(machine)


@pytest.mark.parametrize("words", [["attach", "hooked"], ["up", "hooked"], ["attach", NAME]])
def test_on_attach_runs_before_a_person_is_there(machine: Machine, words: list[str]) -> None:
    hooked(machine, "on_attach: [\"echo attached >>said\", 'exit 4']")
    machine.ocprov("up", "-d", "hooked")
    assert said(machine) == []
    machine.tmux("new-session", "-d", "-s", "person")
    line = " ".join([sys.executable, "-m", "ocprov", *words])
    machine.tmux("new-session", "-d", "-s", "outer", f"TMUX= tmux attach -t person; {line}; cat")
    until(lambda: machine.tmux("list-clients", "-F", "#{session_name}") == "person")
    machine.tmux("send-keys", "-t", "person", line, "Enter")
    until(lambda: machine.tmux("list-clients", "-F", "#{session_name}") == NAME)
    assert said(machine) == ["attached"]


def test_the_text_of_a_hook_is_in_nobodys_arguments_and_in_no_environment_but_its_own(
    machine: Machine,
) -> None:
    hooked(machine, "on_start: 'ps -eo args >>args; env >>said; : s3cret'")
    done = machine.ocprov("up", "-d", "hooked")
    assert done.returncode == 0, done.stderr
    assert "s3cret" not in (machine.home / "args").read_text()
    assert "OCPROV_SESSION=opencode-development-hooked" in said(machine)
    assert "s3cret" not in (machine.home / "said").read_text()


def test_a_long_hook_is_not_told_whole(machine: Machine) -> None:
    hooked(machine, f"on_start: 'exit 3; : {'x' * 300}'")
    done = machine.ocprov("up", "-d", "hooked")
    assert done.returncode == 1
    assert all(len(line) < 250 for line in done.stderr.splitlines())


def test_each_failure_of_several_hooks_is_told(machine: Machine) -> None:
    hooked(machine, "on_start: exit 3", "on_stop: exit 4")
    text = (machine.layouts / "hooked.yaml.j2").read_text()
    machine.layout("other", text.replace("development-hooked", "development-other"))
    up = machine.ocprov("-q", "up", "-d", "hooked", "other")
    down = machine.ocprov("-q", "down", "--yes", "hooked", "other")
    for done, words in ((up, "on_start of {} ended with 3"), (down, "on_stop of {} ended with 4")):
        assert done.returncode == 1
        assert f"error: {words.format(NAME)}" in done.stderr
        assert f"error: {words.format('opencode-development-other')}" in done.stderr


def test_a_hook_whose_directory_is_gone_is_told_with_a_hint(machine: Machine) -> None:
    place = machine.home / "place"
    place.mkdir()
    machine.layout("hooked", LAYOUT.format(directory=place, hooks="  on_stop: echo never"))
    assert machine.ocprov("up", "-d", "hooked").returncode == 0
    place.rmdir()
    done = machine.ocprov("down", "--yes", "hooked")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-2:] == [
        f"error: cannot run on_stop of {NAME} in {place}: No such file or directory",
        f"hint: look at it: ls -ld {place}",
    ]
    assert not live(machine)


@pytest.mark.parametrize("damage", ["", "{}", '{"schema": 99, "kept": {}}'])
def test_hooks_that_nobody_knows_any_more_are_told_of(machine: Machine, damage: str) -> None:
    hooked(machine, "on_stop: echo never >>said")
    machine.ocprov("up", "-d", "hooked")
    next((machine.state / "run").rglob(".up")).write_text(damage)
    done = machine.ocprov("down", "--yes", "hooked")
    assert done.returncode == 0
    assert f"what the last up of {NAME} was told is lost: an on_stop of it does not run" in done.stderr
    assert not live(machine)


def test_the_plan_tells_what_would_run(machine: Machine) -> None:
    hooked(machine, "on_start: make services")
    done = machine.ocprov("plan", "hooked")
    assert "  + on_start  make services" in done.stdout.splitlines()


@pytest.mark.parametrize(
    ("hook", "complaint"),
    [
        ("on_start: 3", "hooked.yaml.j2:4: on_start must be lines for a shell, not 3"),
        ("on_start: ['']", 'on_start must be lines for a shell, not ""'),
        ("on_stop: {cmd: x}", "on_stop must be lines for a shell, not a mapping"),
        ("on_strat: x", 'did you mean "on_start"?'),
    ],
)
def test_wrong_hooks_are_refused_before_anything_is_touched(
    machine: Machine, hook: str, complaint: str
) -> None:
    hooked(machine, hook)
    done = machine.ocprov("up", "-d", "hooked")
    assert done.returncode == 1
    assert complaint in done.stderr
    assert machine.tmux("list-sessions") == ""
