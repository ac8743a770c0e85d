"""What tmux-resurrect saves, said of our model of it and, where it is at hand, of the real one."""

import subprocess

import pytest

from tests.conftest import Machine, until
from tests.persistence.plugins import Plugins, both, directory, runs, save, start

KEPT = "set -g default-command 'exec sh'"


def shells(machine: Machine) -> list[str]:
    """What each pane runs; a window that takes its name from that still has the one of a moment ago for a while."""
    named = machine.tmux("list-panes", "-a", "-F", "#{?automatic-rename,#{window_name},-}").splitlines()
    runs = machine.tmux("list-panes", "-a", "-F", "#{pane_current_command}").splitlines()
    return [
        f"{run} in a window called {name}" if name not in ("-", run) else run
        for run, name in zip(runs, named, strict=True)
    ]


@pytest.mark.parametrize(
    ("strategy", "command", "children", "full"),
    [
        pytest.param("ps", ":", [], ":", id="idle"),
        pytest.param(
            "ps",
            """sh -c "sleep 999; echo 'a  b'" x""",
            ["sh -c sleep 999; echo 'a  b' x"],
            ":sh -c sleep 999; echo 'a  b' x",
            id="quotes",
        ),
        pytest.param("ps", "sleep 999 | cat", ["sleep 999", "cat"], ":sleep 999\ncat", id="pipeline"),
        pytest.param("linux_procfs", ":", [], ":", id="procfs, idle"),
        pytest.param(
            "linux_procfs",
            "sh -c 'sleep 999; echo' 'a b'",
            ["sh -c sleep 999; echo a b"],
            r":sh -c sleep\ 999\;\ echo a\ b ",
            id="procfs, quotes",
        ),
        pytest.param(
            "linux_procfs", "sleep 999 | cat", ["sleep 999", "cat"], ":bash ", id="procfs, pipeline"
        ),
        pytest.param("unheard", "sleep 999", ["sleep 999"], ":sleep 999", id="unknown strategy"),
    ],
)
@both
def test_pane_is_saved_with_the_children_of_its_process(
    machine: Machine, plugins: Plugins, strategy: str, command: str, children: list[str], full: str
) -> None:
    start(machine, plugins, "work", KEPT, f"set -g @resurrect-save-command-strategy {strategy}")
    runs(machine, "=work:0.0", command, *children)
    form = "#{pane_title}\t:#{pane_current_path}\t1\t#{pane_current_command}"
    shown = machine.tmux("display-message", "-pt", "=work:0.0", form)
    assert save(machine).startswith(f"pane\twork\t0\t1\t:*\t0\t{shown}\t{full}\nwindow\t")


@both
def test_children_of_a_process_whose_id_starts_alike_are_saved_too(
    machine: Machine, plugins: Plugins
) -> None:
    start(machine, plugins, "work", KEPT)
    ps = machine.root / "bin/ps"
    pid = machine.tmux("display-message", "-p", "-t", "=work:0.0", "#{pane_pid}")
    ps.write_text(
        f"#!/bin/sh\necho '  PPID COMMAND'\necho ' {pid}7 sleep of another'\necho '{pid} sleep mine'\n"
    )
    assert "\t:sleep of another\nsleep mine\n" in save(machine)


@both
def test_windows_and_state_are_saved(machine: Machine, plugins: Plugins) -> None:
    start(machine, plugins, "work", KEPT)
    machine.tmux("new-window", "-t", "=work:3", "-n", "named", "-c", "/usr")
    machine.tmux("split-window", "-t", "=work:3")
    layouts = machine.tmux("list-windows", "-t", "=work", "-F", "#{window_layout}").splitlines()
    until(lambda: shells(machine) == ["sh"] * 3)
    lines = save(machine).splitlines()
    assert [line.split("\t")[:6] for line in lines[:3]] == [
        ["pane", "work", "0", "0", ":-", "0"],
        ["pane", "work", "3", "1", ":*", "0"],
        ["pane", "work", "3", "1", ":*", "1"],
    ]
    assert lines[3:] == [
        f"window\twork\t0\t:sh\t0\t:-\t{layouts[0]}\t:",
        f"window\twork\t3\t:named\t1\t:*\t{layouts[1]}\toff",
        "state\t\t",
    ]


@both
def test_empty_title_shifts_the_fields_behind_it(machine: Machine, plugins: Plugins) -> None:
    start(machine, plugins, "work", KEPT)
    machine.tmux("select-pane", "-t", "=work:0.0", "-T", "")
    pid = machine.tmux("display-message", "-p", "-t", "=work:0.0", "#{pane_pid}")
    until(lambda: shells(machine) == ["sh"])
    assert save(machine).startswith(f"pane\twork\t0\t1\t:*\t0\t:{machine.home}\t1\tsh\t{pid}\t:\n")


@both
def test_equal_save_is_removed_and_hook_runs_all_the_same(machine: Machine, plugins: Plugins) -> None:
    start(machine, plugins, "work", KEPT, "set -g @resurrect-hook-post-save-all 'echo \"$TMUX\" >>~/hook; :'")
    until(lambda: shells(machine) == ["sh"])
    first = save(machine)
    assert save(machine) == first
    assert len(list(directory(machine).glob("tmux_resurrect_*.txt"))) == 1
    machine.tmux("rename-window", "-t", "=work:0", "other")
    assert save(machine) != first
    assert len(list(directory(machine).glob("tmux_resurrect_*.txt"))) == 2
    assert [line.split(",")[0] for line in (machine.home / "hook").read_text().splitlines()] == [
        machine.tmux("display-message", "-p", "#{socket_path}")
    ] * 3


@pytest.mark.parametrize(
    ("line", "made", "place"),
    [
        pytest.param("", ".tmux/resurrect", ".tmux/resurrect", id="~/.tmux/resurrect is there"),
        pytest.param(
            "set-environment -g XDG_DATA_HOME ~/data", "", "data/tmux/resurrect", id="XDG_DATA_HOME"
        ),
        pytest.param("set -g @resurrect-dir '$HOME/mine'", ".tmux/resurrect", "mine", id="@resurrect-dir"),
    ],
)
@both
def test_saves_go_where_they_are_told(
    machine: Machine, plugins: Plugins, line: str, made: str, place: str
) -> None:
    (machine.home / made).mkdir(parents=True, exist_ok=True)
    start(machine, plugins, "work", line)
    save(machine)
    assert (machine.home / place / "last").read_text().startswith("pane\twork\t")


@both
def test_save_without_a_server_empties_the_last_one(machine: Machine, plugins: Plugins) -> None:
    start(machine, plugins, "work", KEPT)
    assert save(machine)
    script = machine.tmux("show-options", "-gv", "@resurrect-save-script-path")
    machine.end_tmux()
    before = set(directory(machine).iterdir())

    def new_file() -> bool:
        subprocess.run([script, "quiet"], capture_output=True, check=False)
        return bool(set(directory(machine).iterdir()) - before)

    until(new_file)
    assert (directory(machine) / "last").read_text() == ""
