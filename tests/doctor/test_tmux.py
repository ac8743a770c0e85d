"""How tmux itself is judged."""

import pytest

from ocprov.doctor.tmux import Running, Tmux, judge
from tests.doctor.samples import FIXES, told, troubles

NEW = (("/usr/bin/tmux", "3.5a"),)


def test_a_good_tmux_with_a_server_of_the_same_version() -> None:
    assert told(judge(Tmux(NEW, Running("3.5a")), FIXES)) == [
        ("version", "ok", "3.5a, /usr/bin/tmux"),
        ("server", "ok", "runs, 3.5a"),
    ]


@pytest.mark.parametrize(
    ("tmux", "what", "state", "found", "fix"),
    [
        pytest.param(Tmux(()), "version", "fail", "not on PATH", "sudo apt install tmux", id="none"),
        pytest.param(
            Tmux((("/usr/bin/tmux", "3.1c"),)), "version", "fail", "needs 3.2", "apt install tmux", id="old"
        ),
        pytest.param(
            Tmux((("/usr/bin/tmux", ""),)), "version", "fail", "not tell its version", "-V", id="rubbish"
        ),
        pytest.param(
            Tmux((("/usr/bin/tmux", "3.3a"),)), "known bug", "warn", "older than 3.4", "apt", id="known bug"
        ),
        pytest.param(
            Tmux((*NEW, ("/opt/bin/tmux", "3.4"))),
            "other tmux",
            "warn",
            "/opt/bin/tmux (3.4)",
            "keep one",
            id="two",
        ),
        pytest.param(
            Tmux(NEW, Running("3.4")), "server", "warn", "runs 3.4, the tmux on PATH is 3.5a", "kill-server",
            id="another server",
        ),
        pytest.param(Tmux(NEW, Running("3.1c")), "server", "fail", "still runs 3.1c", "kill-server", id="old server"),
        pytest.param(Tmux(NEW, trouble="it hangs"), "server", "fail", "it hangs", "-L 'my one' ls", id="hangs"),
        pytest.param(
            Tmux(NEW, Running("3.5a", exit_unattached=True)), "option", "fail", "exit-unattached", "set -s",
            id="exit-unattached",
        ),
        pytest.param(
            Tmux(NEW, Running("3.5a", risky=("OPENCODE_SERVER_PASSWORD",))),
            "OPENCODE_*",
            "warn",
            "OPENCODE_SERVER_PASSWORD",
            "tmux -L 'my one' set-environment -gu OPENCODE_SERVER_PASSWORD",
            id="a secret of all panes",
        ),
        pytest.param(
            Tmux(NEW, Running("3.5a", narrow=True)), "COLUMNS", "warn", "cut at that width", "set-environment -gu COLUMNS",
            id="commands cut in saves",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(tmux: Tmux, what: str, state: str, found: str, fix: str) -> None:
    (check,) = troubles(judge(tmux, FIXES))
    assert (check.what, check.state) == (what, state)
    assert found in check.found
    assert fix in check.fix


def test_a_manual_window_size_ends_an_old_server_only() -> None:
    old, new = (Tmux(NEW, Running(version, window_size="manual")) for version in ("3.3a", "3.5a"))
    assert ["ends tmux 3.3a" in check.found for check in troubles(judge(old, FIXES))] == [False, True]
    assert troubles(judge(new, FIXES)) == []


@pytest.mark.parametrize(
    ("version", "limits"),
    [("3.2a", ["80x23", "popups", "mirrored"]), ("3.4", ["mirrored"]), ("3.5", []), ("next-3.6", []), ("master", [])],
)  # fmt: skip
def test_what_a_version_cannot_is_no_trouble(version: str, limits: list[str]) -> None:
    checks = judge(Tmux((("/usr/bin/tmux", version),)), FIXES)
    found = "".join(check.found for check in checks if check.what == "limits")
    assert [word for word in ("80x23", "popups", "mirrored") if word in found] == limits


def test_a_second_tmux_of_the_same_version_is_no_trouble() -> None:
    assert troubles(judge(Tmux((*NEW, ("/opt/bin/tmux", "3.5a"))), FIXES)) == []


def test_an_old_tmux_before_a_good_one_is_mended_by_the_path() -> None:
    first, *_ = judge(Tmux((("/old/tmux", "2.9a"), ("/good/bin/tmux", "3.4"))), FIXES)
    assert (first.state, first.fix) == (
        "fail",
        'export PATH="/good/bin:$PATH", in your shell\'s startup file',
    )
