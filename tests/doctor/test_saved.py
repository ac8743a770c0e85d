"""What doctor says about the save that a restore would read."""

from dataclasses import replace
from pathlib import Path

import pytest

from ocprov.doctor.facts import Conf, Facts, Last, Running, Shown
from tests.doctor.samples import (
    FACTS,
    GOOD,
    LAST,
    LAUNCHER,
    NEWEST,
    OURS,
    PANE,
    RUNNING,
    WINDOW,
    one_line,
    running,
    saved,
    wrong,
)


@pytest.mark.parametrize(
    ("facts", "state", "found", "fix"),
    [
        pytest.param(
            running(sessions=(*RUNNING.sessions, Shown("opencode-development-x-0a1b2c", ours=True))),
            "warn",
            "not in the save: opencode-development-x-0a1b2c",
            "ocprov save",
            id="a session of ours that is not saved",
        ),
        pytest.param(
            running(pane_base_index=1),
            "fail",
            "from 0 in the save and from 1 now",
            "ocprov save",
            id="pane numbers",
        ),
        pytest.param(saved(""), "fail", "it is empty; there is no good save", "ocprov save", id="empty"),
        pytest.param(saved(f"{WINDOW}\n"), "fail", "no line of a pane", "ocprov save", id="no pane"),
        pytest.param(saved(f"{PANE}\n"), "fail", "no line of a window", "ocprov save", id="no window"),
        pytest.param(
            saved(f"{PANE}\n{WINDOW}\npane\tx"), "fail", "line 3 is damaged", "ocprov save", id="damaged"
        ),
        pytest.param(
            saved(f"{GOOD}pane\tx\n"), "warn", "line 4 cannot be read", "comes back as a shell", id="odd"
        ),
        pytest.param(
            replace(saved(""), good=NEWEST),
            "fail",
            NEWEST.name,
            "ocprov doctor --fix",
            id="empty, a good one there",
        ),
        pytest.param(
            replace(FACTS, last=Last("missing", LAST), good=NEWEST),
            "fail",
            "last is missing; the newest good save",
            "ocprov doctor --fix",
            id="missing, a good one there",
        ),
        pytest.param(
            replace(FACTS, last=Last("missing", LAST)),
            "warn",
            "nothing is saved yet",
            "ocprov save",
            id="missing",
        ),
        pytest.param(
            replace(FACTS, last=Last("dangling", LAST, why="gone.txt"), good=NEWEST),
            "fail",
            "leads to gone.txt, which is gone",
            "ocprov doctor --fix",
            id="a link that leads nowhere",
        ),
        pytest.param(
            replace(FACTS, last=Last("unreadable", LAST, why="cannot read it: Permission denied")),
            "fail",
            "Permission denied",
            "ls -ld",
            id="unreadable",
        ),
        pytest.param(replace(FACTS, now=1000 + 8 * 86400), "warn", "8 days ago", "ocprov save", id="old"),
        pytest.param(
            saved(GOOD + "pane\tw\t2\t1\t:*\t0\t:/home/me\t1\tbash\t16\t:\n" + WINDOW),
            "warn",
            "line 4: a pane without a title",
            "tmux select-pane -t '=w:2.0' -T shell; ocprov save",
            id="shifted columns",
        ),
        pytest.param(saved(GOOD + "ccze -A\n"), "warn", "in part: ccze -A", "layout", id="stray line"),
        pytest.param(saved(f"{PANE}\n{WINDOW}\n"), "warn", "cut short", "ocprov save", id="cut short"),
        pytest.param(
            replace(FACTS, gone=(Path(LAUNCHER),), layouts={OURS: "monitoring"}),
            "fail",
            f"launchers of {OURS} that are not there: logs",
            "ocprov up monitoring",
            id="a launcher is gone",
        ),
        pytest.param(
            replace(FACTS, gone=(Path(LAUNCHER),)),
            "fail",
            "logs",
            "ocprov up LAYOUT",
            id="of an unknown layout",
        ),
    ],
)
def test_each_trouble_is_one_line_with_its_fix(facts: Facts, state: str, found: str, fix: str) -> None:
    one_line(facts, state, found, fix)


@pytest.mark.parametrize("there", [None, replace(RUNNING, sessions=())], ids=["no server", "no session"])
@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(replace(FACTS, last=Last("missing", LAST)), id="missing"),
        pytest.param(saved(""), id="empty"),
        pytest.param(replace(FACTS, now=1000 + 8 * 86400), id="old"),
        pytest.param(saved(f"{PANE}\n{WINDOW}\n"), id="cut short"),
        pytest.param(
            saved(GOOD + "pane\tw\t2\t1\t:*\t0\t:/home/me\t1\tbash\t16\t:\n" + WINDOW), id="shifted"
        ),
    ],
)
def test_where_nothing_is_live_a_save_comes_after_a_start(facts: Facts, there: Running | None) -> None:
    # The conf names resurrect: without that there would be one line, of its absence.
    named = replace(facts, confs=(Conf(Path("/home/me/.tmux.conf"), "set -g @plugin tmux-resurrect"),))

    (check,) = wrong(replace(named, running=there))

    assert check.fix.startswith("start your sessions, then: ")
    assert check.fix.endswith("ocprov save")
