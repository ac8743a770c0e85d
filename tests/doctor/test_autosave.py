"""What doctor says about saves that come by themselves."""

from dataclasses import replace

import pytest

from ocprov.doctor import autosave
from ocprov.doctor.facts import Facts, Shown
from tests.doctor.samples import OURS, one_line, running


@pytest.mark.parametrize(
    ("facts", "state", "found", "fix"),
    [
        pytest.param(running(interval="0"), "warn", "interval is 0", "save-interval 15", id="interval 0"),
        pytest.param(running(status="off"), "warn", "line is off", "--install-timer", id="status off"),
        pytest.param(
            running(status_right="%H:%M"), "warn", "lost continuum's script", "after the theme", id="theme"
        ),
        pytest.param(
            running(sessions=(Shown(OURS, ours=True, status=False),)),
            "warn",
            f"off in {OURS}",
            f"tmux set -u -t '={OURS}:' status;",
            id="status off in a session of ours",
        ),
        pytest.param(
            running(sessions=(Shown(OURS, ours=True, saves=False),)),
            "warn",
            "status-right of its own",
            f"tmux set -u -t '={OURS}:' status-right",
            id="a status-right of its own",
        ),
        pytest.param(running(clients=0), "warn", "no client", "ocprov save --install-timer", id="no client"),
        pytest.param(running(others=(77,)), "warn", "process 77", "--install-timer", id="another server"),
        pytest.param(
            running(last_autosave="", status_right="", restore=""),
            "warn",
            "tmux-continuum is not loaded",
            "install tmux-continuum",
            id="no continuum",
        ),
        pytest.param(
            running(last_autosave="", status_right="", others=(77,)),
            "warn",
            "another tmux server ran",
            "source-file",
            id="continuum gave way to another server",
        ),
        pytest.param(
            running(others=None), "warn", "cannot list processes with ps", "install procps", id="no ps"
        ),
        pytest.param(
            replace(running(clients=0), timer=None),
            "warn",
            "no client",
            "ocprov save --install-timer (its line in a crontab cannot be seen from here)",
            id="a crontab that cannot be read",
        ),
    ],
)
def test_each_trouble_is_one_line_with_its_fix(facts: Facts, state: str, found: str, fix: str) -> None:
    one_line(facts, state, found, fix)


def test_one_trouble_does_not_hide_another() -> None:
    found = autosave.judge(running(interval="0", status="off", clients=0))

    assert len(list(found)) == 3
