"""What doctor says about what a restore brings back."""

from dataclasses import replace
from pathlib import Path

import pytest

from ocprov.doctor.facts import Facts, Shown
from tests.doctor.samples import FACTS, OURS, conf, one_line, running, wrong


@pytest.mark.parametrize(
    ("facts", "state", "found", "fix"),
    [
        pytest.param(
            running(processes="ssh"), "fail", "no launchers", "ocprov tmux-conf --install", id="no processes"
        ),
        pytest.param(running(processes=""), "fail", "no launchers", "tmux-conf", id="processes not set"),
        pytest.param(running(processes="false"), "warn", "is false", "tmux-conf", id="processes false"),
        pytest.param(
            running(processes=':all: "~/ocprov/run/"'),
            "warn",
            "more than :all:",
            "':all:'",
            id="all and more",
        ),
        pytest.param(running(hook="true"), "warn", "does not follow", "tmux-conf", id="no hook"),
        pytest.param(
            running(reconcile=""), "warn", "does not follow", "tmux-conf", id="a hook that calls nothing"
        ),
        pytest.param(
            running(reconcile_there=False),
            "fail",
            "/usr/bin/ocprov is called",
            "tmux-conf",
            id="ocprov moved",
        ),
        pytest.param(
            running(restore=""), "warn", "not set", "set -g @continuum-restore on", id="restore not set"
        ),
        pytest.param(
            running(restore="off"), "warn", "is off", "set -g @continuum-restore on", id="restore off"
        ),
        pytest.param(
            running(sessions=(Shown(OURS, ours=True), Shown("opencode", ours=False))),
            "warn",
            f"{OURS} starts with opencode:",
            "rename-session -t '=opencode'",
            id="a name that ours begins with",
        ),
        pytest.param(
            running(sessions=(Shown(OURS, ours=True), Shown(f"{OURS}-2", ours=False))),
            "warn",
            f"{OURS}-2 starts with {OURS}:",
            f"rename-session -t '={OURS}-2'",
            id="a name that begins with ours",
        ),
        pytest.param(
            replace(FACTS, state=Path("/home/o'neil x/ocprov")),
            "fail",
            "does not type back",
            "XDG_STATE_HOME",
            id="a state directory that is not safe",
        ),
        pytest.param(
            replace(FACTS, halted=True),
            "warn",
            "turns it off",
            "rm ~/tmux_no_auto_restore",
            id="restore halted",
        ),
        pytest.param(conf(None), "fail", "cannot read /home/me/.tmux.conf", "ls -l", id="conf unreadable"),
        pytest.param(
            conf("# mine\nrun-shell ~/p/continuum.tmux\n"),
            "warn",
            ".tmux.conf:2 makes the first tmux client wait",
            "run-shell -b ~/p/continuum.tmux",
            id="run-shell without -b",
        ),
        pytest.param(
            conf("run '~/p/continuum.tmux'"), "warn", "wait", "-b ~/p/continuum.tmux", id="run without -b"
        ),
    ],
)
def test_each_trouble_is_one_line_with_its_fix(facts: Facts, state: str, found: str, fix: str) -> None:
    one_line(facts, state, found, fix)


@pytest.mark.parametrize(
    "ours",
    [
        pytest.param("# >>> ocprov >>>\nsource-file -q /home/me/.config/ocprov/tmux.conf", id="block"),
        pytest.param("source '/home/me/my conf/ocprov/tmux.conf'", id="source"),
        pytest.param("set -g @ocprov_reconcile '/bin/ocprov reconcile'", id="the lines themselves"),
    ],
)
def test_our_lines_after_a_restore_that_blocks_come_too_late(ours: str) -> None:
    _, late = wrong(conf(f"# mine\nrun-shell ~/p/continuum.tmux\n\n{ours}\n"))

    assert late.state == "warn"
    assert "/home/me/.tmux.conf:4 is read when the restore of line 2 is over" in late.found
    assert late.fix == "move ocprov's lines before line 2"


@pytest.mark.parametrize(
    ("text", "troubles"),
    [
        pytest.param("source-file /c/ocprov/tmux.conf\nrun-shell ~/p/continuum.tmux", 1, id="before it"),
        pytest.param("run-shell -b ~/p/continuum.tmux\nsource-file /c/ocprov/tmux.conf", 0, id="-b"),
        pytest.param(
            "run-shell '~/p/continuum.tmux >/dev/null 2>&1'\nsource /c/ocprov/tmux.conf", 0, id="quiet"
        ),
        pytest.param("run-shell ~/p/continuum.tmux\n# source-file /c/ocprov/tmux.conf", 1, id="a comment"),
    ],
)
def test_our_lines_in_time_are_no_trouble(text: str, troubles: int) -> None:
    assert len(wrong(conf(text))) == troubles
