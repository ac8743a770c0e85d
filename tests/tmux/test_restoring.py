"""A restore under way is found by its processes, on its own server, and nothing else is taken for one."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ocprov.lock import SAY_AFTER
from ocprov.tmux import client, restoring
from tests.conftest import Machine, until

Start = Callable[..., None]


@pytest.fixture
def start(machine: Machine) -> Iterator[Start]:
    """Starts a script of that name, as a server's job has it: with a TMUX that names the socket."""
    started: list[subprocess.Popen[bytes]] = []

    def script(place: str, *, before: tuple[str, ...] = (), socket: Path | None = None) -> None:
        path = machine.home / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\necho up\nread -r _\n")
        path.chmod(0o755)
        process = subprocess.Popen(
            [*before, str(path)],
            env={**os.environ, "TMUX": f"{socket or client.server().socket},1,0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        started.append(process)
        assert process.stdout is not None
        process.stdout.readline()

    yield script
    for process in started:
        process.communicate()


@pytest.mark.parametrize(
    "place",
    [
        "plugins/tmux-resurrect/scripts/restore.sh",
        "store/x-tmuxplugin-resurrect-1/share/tmux-plugins/resurrect/scripts/restore.sh",
        "plugins/tmux-continuum/scripts/continuum_restore.sh",
        "plugins/tmux-continuum/continuum.tmux",
        "plugins/tpm/tpm",
        "plugins/tpm/scripts/source_plugins.sh",
    ],
)
def test_a_plugin_at_work_on_this_server(start: Start, place: str) -> None:
    assert not restoring.under_way(client.server())
    start(place)
    until(lambda: restoring.under_way(client.server()))


def test_a_plugin_whose_interpreter_is_still_looked_for(machine: Machine) -> None:
    # The file that this `env` takes for its script.
    (machine.home / "bash").write_text("echo up\nread -r _\n")
    with subprocess.Popen(
        ["/usr/bin/env", "bash", str(machine.home / "plugins/tmux-continuum/continuum.tmux")],
        executable="/bin/sh",
        cwd=machine.home,
        env={**os.environ, "TMUX": f"{client.server().socket},1,0"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert restoring.under_way(client.server())
        process.communicate()


PASSING = {
    "handed over": "1 0 /sbin/init",
    "gone": "4194304 1 bash /x/plugins/tmux-continuum/continuum.tmux",
    "forked": "4194303 1 tmux new-session -d\n4194304 4194303 tmux new-session -d",
}


@pytest.mark.parametrize("rows", PASSING.values(), ids=list(PASSING))
def test_a_process_that_is_just_becoming_another_is_looked_at_again(
    start: Start, machine: Machine, monkeypatch: pytest.MonkeyPatch, rows: str
) -> None:
    ps = machine.root / "first/ps"
    ps.parent.mkdir()
    monkeypatch.setenv("PATH", f"{ps.parent}:{os.environ['PATH']}")
    for after, under_way in (("", False), (f"rm {ps}", True)):
        start("plugins/tmux-continuum/continuum.tmux")
        ps.write_text(f"#!/bin/sh\n{after}\ncat <<'E'\n{rows}\nE\n")
        ps.chmod(0o755)
        assert restoring.under_way(client.server()) == under_way


@pytest.mark.parametrize(
    ("place", "before"),
    [
        ("backup/scripts/restore.sh", ()),
        ("plugins/tmux-resurrect/scripts/save.sh", ()),
        ("x", ("/bin/sh", "-c", 'exec "$0" tpm')),
        ("plugins/tpm/tpm", ("/usr/bin/env", "-u", "TMUX")),
        ("notes-on-tpm", ()),
    ],
    ids=["a script of the user's", "a save", "an argument", "outside of tmux", "a name that ends so"],
)
def test_what_is_no_restore(start: Start, place: str, before: tuple[str, ...]) -> None:
    start(place, before=before)
    assert not restoring.under_way(client.server())


def test_a_file_of_a_plugin_that_somebody_reads(machine: Machine) -> None:
    machine.tmux("new-session", "-d", "exec tail -f /dev/null ~/plugins/tmux-continuum/continuum.tmux")
    until(lambda: machine.tmux("display-message", "-p", "#{pane_current_command}") == "tail")
    assert not restoring.under_way(client.server())


def test_a_restore_of_another_server(start: Start, machine: Machine) -> None:
    start("plugins/tmux-resurrect/scripts/restore.sh", socket=machine.root / "tmux/other")
    assert not restoring.under_way(client.server())
    assert restoring.under_way(client.server(path=str(machine.root / "tmux/other")))


def test_the_wait_is_said_and_ends(start: Start) -> None:
    start("plugins/tmux-resurrect/scripts/restore.sh")
    said: list[str] = []
    restoring.wait(client.server(), said.append, SAY_AFTER)
    assert said == [
        "waiting for tmux-resurrect to restore what was saved",
        "tmux-resurrect is still at work after 1 s; not waiting any longer",
    ]
