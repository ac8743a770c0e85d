"""What tmux-continuum does, said of our model of it and, where it is at hand, of the real one."""

import re

import pytest

from tests.conftest import Machine, until
from tests.persistence.plugins import How, Plugins, both, by_hand, directory, pane, start

ON = "set -g @continuum-restore on"
# The restore ends when the test lets it, so that it shows what waits for it; or soon, as tmux ends after its jobs.
WAIT = "for i in $(seq 1200); do test -e ~/go && break; sleep 0.05; done; touch ~/done"
HELD = f"set -g @resurrect-hook-post-restore-all '{WAIT}'"


@both
@pytest.mark.parametrize("how", ["quiet", "background"])
def test_server_is_restored_behind_the_back_of_its_first_client(
    machine: Machine, plugins: Plugins, how: How
) -> None:
    by_hand(machine, pane("work", 0), pane("work", 1))
    start(machine, plugins, "mine", ON, HELD, how=how)
    assert not (machine.home / "done").exists()
    (machine.home / "go").touch()
    until((machine.home / "done").exists)
    assert machine.tmux("list-sessions", "-F", "#{session_name}").splitlines() == ["mine", "work"]


@both
def test_plain_run_shell_blocks_the_first_client_until_all_is_restored(
    machine: Machine, plugins: Plugins
) -> None:
    by_hand(machine, pane("work", 0), pane("work", 1))
    (machine.home / "go").touch()
    start(machine, plugins, "work", ON, HELD, how="blocking")
    assert (machine.home / "done").exists()
    assert machine.windows("work")[-1].startswith("1 ")
    assert machine.tmux("new-session", "-d", "-s", "work", "-P") == ""  # it is a duplicate


@both
@pytest.mark.parametrize(
    ("lines", "halted", "other", "saves"),
    [
        pytest.param([], False, False, True, id="not switched on"),
        pytest.param([ON], True, False, True, id="~/tmux_no_auto_restore"),
        pytest.param([ON], False, True, False, id="another server"),
        pytest.param(
            [ON, "set -g @continuum-restore-max-delay 0"], False, False, None, id="started long ago"
        ),
    ],
)
def test_server_is_left_as_it_is(
    machine: Machine, plugins: Plugins, lines: list[str], halted: bool, other: bool, saves: bool | None
) -> None:
    by_hand(machine, pane("work", 0))
    if halted:
        (machine.home / "tmux_no_auto_restore").touch()
    if other:
        machine.tmux("-L", "other", "-f", "/dev/null", "new-session", "-d", "sh")
    start(machine, plugins, "mine", *lines, how="blocking")
    assert machine.tmux("list-sessions", "-F", "#{session_name}") == "mine"
    drawn = "continuum_save.sh)" in machine.tmux("show-options", "-gv", "status-right")
    assert saves is None or drawn is saves


@both
@pytest.mark.parametrize(
    ("last", "interval", "saves"),
    [(1, "", True), (1, "15", True), (1, "0", False), ("", "", False), ("", "1", False)],
)
def test_status_line_saves_when_the_interval_is_over(
    machine: Machine, plugins: Plugins, last: int | str, interval: str, saves: bool
) -> None:
    start(
        machine,
        plugins,
        "work",
        f"set -g @continuum-save-last-timestamp '{last}'",
        f"set -g @continuum-save-interval '{interval}'",
        "set -g status-right 'mine'",
        how="blocking",
    )
    stamp = machine.tmux("show-options", "-gv", "@continuum-save-last-timestamp")
    drawn = re.fullmatch(
        r"#\((.*/scripts/continuum_save\.sh)\)mine", machine.tmux("show-options", "-gv", "status-right")
    )
    assert drawn
    machine.tmux("run-shell", drawn[1])
    assert (machine.tmux("show-options", "-gv", "@continuum-save-last-timestamp") != stamp) is saves
    if saves:
        until((directory(machine) / "last").exists)
