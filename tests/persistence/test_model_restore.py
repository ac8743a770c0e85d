"""What tmux-resurrect restores, said of our model of it and, where it is at hand, of the real one."""

import re

import pytest

from tests.conftest import Machine, until
from tests.persistence.plugins import (
    Plugins,
    both,
    by_hand,
    pane,
    restore,
    runs,
    save,
    start,
    typed,
    window,
)

RUN = "python3 /opt/bin/ocprov run monitoring daily"
TYPED = ["tail -f /dev/null", "psql -h db", RUN]
LISTED = "#{session_name}:#{window_index} #{window_name}"


def listed(machine: Machine, form: str = LISTED) -> list[str]:
    return machine.tmux("list-panes", "-a", "-F", form).splitlines()


@both
@pytest.mark.parametrize(("before", "after"), [(0, 0), (1, 1), (0, 1), (1, 0)])
def test_sessions_come_back_as_they_were(machine: Machine, plugins: Plugins, before: int, after: int) -> None:
    form = f"{LISTED} #{{pane_index}} #{{pane_current_path}} #{{automatic-rename}} #{{pane_left}}|"
    start(machine, plugins, "work", f"set -g base-index {before}", "set -g renumber-windows on")
    machine.tmux("rename-window", "-t", "=work:", "first")
    (machine.home / "with space").mkdir()
    machine.tmux("new-window", "-t", "=work:4", "-n", "fourth", "-c", f"{machine.home}/with space")
    machine.tmux("split-window", "-h", "-t", "=work:4", "-c", "/usr")
    runs(machine, "=work:4.1", "tail -f /dev/null", "tail -f /dev/null")
    places = [str(machine.home), f"{machine.home}/with space", "/usr"]
    until(lambda: listed(machine, "#{pane_current_path}") == places)
    shown = listed(machine, form)
    assert shown[0] == f"work:{before} first 0 {machine.home} 0 0|"
    save(machine)
    machine.end_tmux()
    start(machine, plugins, "throwaway", f"set -g base-index {after}", "set -g renumber-windows on")
    machine.tmux("split-window", "-t", "=throwaway:")
    restore(machine)
    until(lambda: [line for line in listed(machine, form) if line.startswith("work:")] == shown)
    assert "tail -f /dev/null" in typed(machine, "=work:4.1")


@both
@pytest.mark.parametrize(
    ("processes", "expected"),
    [
        pytest.param("", TYPED[:1], id="default list"),
        pytest.param("ssh psql", TYPED[:2], id="names are added to the default list"),
        pytest.param("ssh psq", TYPED[:1], id="a name is a whole word"),
        pytest.param('"~ocprov run"', [TYPED[0], RUN], id="tilde: anywhere"),
        pytest.param('ssh "~bin/ocprov (run|reconcile) mon"', [TYPED[0], RUN], id="tilde: an expression"),
        pytest.param("ocprov run", TYPED[:1], id="no tilde: at the start only"),
        pytest.param(
            'psql "~ocprov run->mine run *"',
            [*TYPED[:2], "mine run monitoring daily"],
            id="arrow: typed instead, with the words behind the match",
        ),
        pytest.param('"~ocprov run->mine x"', [TYPED[0], "mine x"], id="arrow without a star"),
        pytest.param('"psql->mine *"', [TYPED[0], "mine -h db"], id="arrow without a tilde"),
        pytest.param(":all:", TYPED, id=":all:"),
        pytest.param(":all: psql", TYPED[:2], id=":all: with something else is no :all:"),
        pytest.param("false", [], id="false"),
        pytest.param('false "~ocprov run"', [TYPED[0], RUN], id="false with something else is no false"),
    ],
)
def test_commands_on_the_list_are_typed(
    machine: Machine, plugins: Plugins, processes: str, expected: list[str]
) -> None:
    by_hand(machine, *[pane("work", index, command) for index, command in enumerate(TYPED)], pane("work", 3))
    start(machine, plugins, "throwaway", f"set -g @resurrect-processes '{processes}'")
    restore(machine)
    screens = "\n".join(typed(machine, f"=work:{index}") for index in range(4))
    lines = {re.sub("^[#$] ", "", line) for line in screens.splitlines()}
    assert lines & {*TYPED, "mine run monitoring daily", "mine x", "mine -h db"} == set(expected)


@both
def test_existing_panes_are_left_alone(machine: Machine, plugins: Plugins) -> None:
    start(machine, plugins, "work")
    machine.tmux("split-window", "-t", "=work:0")
    there = listed(machine, "#{pane_id} #{pane_pid}")
    by_hand(machine, pane("work", 0, "tail -f /dev/null"), pane("work", 1, "tail -f /dev/zero", path="/usr"))
    restore(machine)
    assert listed(machine, "#{pane_id} #{pane_pid}")[:2] == there
    until(lambda: listed(machine, "#{window_index} #{pane_current_path}")[2:] == ["1 /usr"])
    assert "tail" not in typed(machine, "=work:0.0")
    assert "tail -f /dev/zero" in typed(machine, "=work:1.0")


@both
def test_missing_pane_of_an_existing_window_is_split_off(machine: Machine, plugins: Plugins) -> None:
    start(machine, plugins, "work")
    machine.tmux("new-window", "-t", "=work:1")
    by_hand(machine, pane("work", 1), pane("work", 1, "tail -f /dev/null", index=1))
    restore(machine)
    assert listed(machine, "#{window_index}.#{pane_index}") == ["0.0", "1.0", "1.1"]
    assert "tail -f /dev/null" in typed(machine, "=work:1.1")


@both
def test_panes_numbered_otherwise_get_no_commands(machine: Machine, plugins: Plugins) -> None:
    by_hand(machine, pane("work", 0, "tail -f /dev/null"))
    start(machine, plugins, "throwaway", "set -g pane-base-index 1")
    restore(machine)
    assert "tail" not in typed(machine, "=work:0.1")


@both
def test_windows_are_named_by_index(machine: Machine, plugins: Plugins) -> None:
    start(machine, plugins, "work")
    machine.tmux("new-window", "-t", "=work:1", "-n", "running")
    by_hand(machine, pane("work", 1), window("work", 1, "saved"), window("work", 0, "auto", ":"))
    restore(machine)
    assert listed(machine, "#{window_name} #{automatic-rename}")[1] == "saved 0"
    assert machine.tmux("show-options", "-wv", "-t", "=work:0", "automatic-rename") == ""


@both
def test_saved_session_lands_in_one_whose_name_it_starts(machine: Machine, plugins: Plugins) -> None:
    start(machine, plugins, "opencode")
    machine.tmux("new-window", "-t", "=opencode:1")
    by_hand(machine, pane("open", 0), pane("open", 7), window("open", 0, "zero"), window("open", 7, "seven"))
    restore(machine)
    assert machine.tmux("list-sessions", "-F", "#{session_name}") == "opencode"
    assert machine.windows("opencode")[::2] == ["0 zero", "7 seven"]


@both
@pytest.mark.parametrize(("never", "same"), [("", False), ("on", True)])
def test_only_pane_of_a_server_is_made_anew(
    machine: Machine, plugins: Plugins, never: str, same: bool
) -> None:
    start(machine, plugins, "work", f"set -g @resurrect-never-overwrite '{never}'")
    there = listed(machine, "#{pane_pid}")
    by_hand(machine, pane("work", 0, "tail -f /dev/null"), pane("work", 1))
    restore(machine)
    assert listed(machine, "#{window_index}") == ["0", "1"]
    assert (listed(machine, "#{pane_pid}")[:1] == there) is same
    assert ("tail -f /dev/null" in typed(machine, "=work:0.0")) is not same


@both
@pytest.mark.parametrize(
    ("running", "names", "left"),
    [
        pytest.param(["0"], ["work"], ["work"], id="0 is not in the save"),
        pytest.param(["0"], ["work", "0"], ["0", "work"], id="0 is in the save"),
        pytest.param(["0", "more"], ["work"], ["0", "more", "work"], id="two panes"),
        pytest.param(["0"], [], [], id="empty save: no server left"),
    ],
)
def test_session_0_of_a_new_server_goes(
    machine: Machine, plugins: Plugins, running: list[str], names: list[str], left: list[str]
) -> None:
    start(machine, plugins, running[0])
    for name in running[1:]:
        machine.tmux("new-session", "-d", "-s", name)
    by_hand(machine, *[pane(name, 0) for name in names])
    restore(machine)
    assert machine.tmux("list-sessions", "-F", "#{session_name}").splitlines() == left


@both
def test_hook_is_evaluated_after_the_commands_are_typed(machine: Machine, plugins: Plugins) -> None:
    by_hand(machine, pane("work", 0, "tail -f /dev/null"))
    hook = 'here=$(tmux list-sessions | cut -d: -f1); echo "$here $#" >~/hook; echo "${TMUX%%,*}" >>~/hook'
    start(machine, plugins, "throwaway", f"set -g @resurrect-hook-post-restore-all '{hook}'")
    restore(machine)
    assert (machine.home / "hook").read_text().split() == [
        "throwaway",
        "work",
        "0",
        machine.tmux("display-message", "-p", "#{socket_path}"),
    ]


@both
def test_panes_with_saved_contents_show_them_first(machine: Machine, plugins: Plugins) -> None:
    on = "set -g @resurrect-capture-pane-contents on"
    start(machine, plugins, "work", on)
    machine.tmux("send-keys", "-t", "=work:0", "echo of yesterday", "Enter")
    assert "of yesterday" in typed(machine, "=work:0")
    machine.tmux("new-window", "-t", "=work:1", "-n", "quiet", "cat")
    save(machine)
    machine.end_tmux()
    start(machine, plugins, "throwaway", on)
    restore(machine)
    commands = listed(machine, "#{session_name} #{pane_start_command}")
    assert [line.startswith(("work \"cat '", "work cat '")) for line in commands] == [False, True, False]
    assert commands[1].rstrip('"').endswith("; exec /bin/sh")
