"""What doctor says about saves and restores as a whole."""

from dataclasses import replace
from pathlib import Path

import pytest

from ocprov.doctor import persistence
from ocprov.doctor.facts import Facts, Last, Running
from tests.doctor.samples import FACTS, GOOD, LAST, OURS, RUNNING, conf, one_line, running, saved, wrong


def test_where_all_is_well_nothing_is_wrong() -> None:
    assert wrong(FACTS) == []
    assert not any(check.fix for check in persistence.judge(FACTS))


@pytest.mark.parametrize(
    ("facts", "state", "found", "fix"),
    [
        pytest.param(
            running(save_script_there=False), "fail", "save.sh, which is gone", "install", id="plugin removed"
        ),
    ],
)
def test_each_trouble_is_one_line_with_its_fix(facts: Facts, state: str, found: str, fix: str) -> None:
    one_line(facts, state, found, fix)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(running(processes=":all:"), id="all processes"),
        pytest.param(running(hook="/opt/ocprov reconcile &"), id="a hook that calls ocprov itself"),
        pytest.param(running(hook="'/o p/ocprov' reconcile &"), id="a hook in quotes"),
        pytest.param(conf("run-shell -b ~/p/continuum.tmux"), id="-b"),
        pytest.param(conf("run -b ~/p/continuum.tmux"), id="run -b"),
        pytest.param(conf("run-shell '~/p/continuum.tmux >/dev/null 2>&1'"), id="output thrown away"),
        pytest.param(conf("# run-shell ~/p/continuum.tmux"), id="a comment"),
        pytest.param(conf("run '~/.tmux/plugins/tpm/tpm'"), id="tpm"),
        pytest.param(
            replace(running(clients=0, others=(7,), status="off"), timer=True), id="ocprov's timer saves"
        ),
        pytest.param(
            replace(saved(f"grouped_session\topencode-observability-costs\t{OURS}\t:\t:0\n{GOOD}")),
            id="a session that shares windows",
        ),
        pytest.param(replace(FACTS, running=None), id="no server"),
    ],
)
def test_what_is_fine_is_no_trouble(facts: Facts) -> None:
    assert wrong(facts) == []


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(running(save_script=""), id="server"),
        pytest.param(replace(FACTS, running=None, last=Last("missing", LAST)), id="no server"),
        pytest.param(
            replace(running(save_script=""), state=Path("/a b"), halted=True), id="more that is wrong"
        ),
    ],
)
def test_without_resurrect_there_is_one_line(facts: Facts) -> None:
    (check,) = persistence.judge(facts)

    assert (check.state, check.found) == ("warn", "not there: no session survives a reboot")


def test_a_plugin_that_a_conf_names_and_nobody_loaded_is_told_so() -> None:
    named = conf("set -g @plugin 'tmux-plugins/tmux-resurrect'")

    (check,) = persistence.judge(replace(named, running=replace(RUNNING, save_script="")))

    assert "has not loaded it" in check.found


def test_without_a_server_what_needs_none_is_checked() -> None:
    whats = [check.what for check in persistence.judge(replace(FACTS, running=None))]

    assert whats == ["tmux server", "state directory", "last save", "launchers"]


@pytest.mark.parametrize(
    "there", [None, replace(RUNNING, save_script="")], ids=["no server", "a server without it"]
)
def test_a_conf_that_cannot_be_read_may_name_it(there: Running | None) -> None:
    (check,) = persistence.judge(replace(conf(None), running=there, last=Last("missing", LAST)))

    assert (check.state, check.found) == ("fail", "cannot read /home/me/.tmux.conf")


def test_a_comment_names_no_plugin() -> None:
    commented = conf("  # set -g @plugin 'tmux-plugins/tmux-resurrect'")

    (check,) = persistence.judge(replace(commented, running=None, last=Last("missing", LAST)))

    assert "not there" in check.found
