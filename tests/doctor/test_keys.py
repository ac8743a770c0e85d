"""Whether ocprov's keys do in the server what config.toml says."""

from pathlib import Path

import pytest

from ocprov.doctor.check import Check
from ocprov.doctor.keys import Bound, judge
from ocprov.doctor.seen import around, keys
from ocprov.tmux.client import server
from tests.conftest import Machine
from tests.doctor.samples import FIXES, troubles


@pytest.mark.parametrize(
    ("seen", "state", "found", "fix"),
    [
        pytest.param(Bound("/l"), "ok", "each does", "", id="all"),
        pytest.param(
            Bound("/l", (("pick", "W", "choose-tree -Zs"),)),
            "warn",
            "W (pick a session) is left to what you or a plugin bound: choose-tree -Zs",
            'section [keys]: pick = "…", and "" for none, or "W" to have this one; then: ocprov -L \'my one\' tmux-conf',
            id="a person's own",
        ),
        pytest.param(
            Bound("/l", (("pick", "W", "choose-tree"),), frozenset({"pick"})),
            "warn",
            "what you or a plugin bound: choose-tree",
            'pick = "…", and "" for none; then',
            id="bound after ocprov's lines",
        ),
        pytest.param(
            Bound("/a b", (("last", "F5", ""),)),
            "warn",
            "F5 (the session before) does nothing in this server",
            "tmux-conf --install; tmux -L 'my one' source-file '/a b'",
            id="lines of another config",
        ),
        pytest.param(Bound("/l", trouble="no", hint="h"), "fail", "no", "h", id="no keys"),
    ],
)
def test_keys(seen: Bound, state: str, found: str, fix: str) -> None:
    (check,) = judge(seen, FIXES)
    assert check.state == state
    assert found in check.found
    assert fix in check.fix


def test_what_a_key_does_is_told_short_and_as_it_may_be_shown() -> None:
    (check,) = judge(Bound("/l", (("pick", "W", "run\x1b[31m " + "x" * 500),)), FIXES)
    assert len(check.found) < 150
    assert "\x1b" not in check.found


def test_a_server_without_the_lines_is_not_asked_for_keys(machine: Machine) -> None:
    assert look() == []
    machine.tmux("-f", "/dev/null", "new-session", "-d")
    assert look() == []


def test_keys_that_a_person_has_kept_are_told(machine: Machine) -> None:
    conf = machine.home / ".tmux.conf"
    conf.write_text("bind-key W choose-tree -Zs\nbind-key -T root F1 bind-key -T prefix B kill-server\n")
    assert machine.ocprov("tmux-conf", "--install").returncode == 0
    machine.tmux("-f", str(conf), "new-session", "-d")

    (check,) = troubles(look())
    assert check.found.startswith("W (pick a session) is left")
    assert check.found.endswith("choose-tree -Zs")

    configure(machine, 'pick = "F5"')
    (check,) = troubles(look())
    assert check.found == "F5 (pick a session) does nothing in this server"
    assert machine.ocprov("tmux-conf", "--install").returncode == 0
    machine.tmux("source-file", str(conf))
    assert [check.state for check in look()] == ["ok"]

    configure(machine, 'pick = "B"')
    (check,) = troubles(look())
    assert (check.state, check.found[:9]) == ("fail", "keys.pick")


def test_keys_that_are_none_are_told_without_a_server_too(machine: Machine) -> None:
    (machine.home / ".config/ocprov").mkdir(parents=True)
    configure(machine, 'pick = "B"')
    assert [check.state for check in look()] == ["fail"]
    configure(machine, "pick = 5")  # a check of its own
    assert look() == []


def test_a_prefix_without_any_key_is_told_too(machine: Machine) -> None:
    assert machine.ocprov("tmux-conf", "--install").returncode == 0
    machine.tmux("-f", str(machine.home / ".tmux.conf"), "new-session", "-d")
    machine.tmux("unbind-key", "-a", "-T", "prefix")
    assert len(troubles(look())) == 4


def look() -> list[Check]:
    return list(judge(keys.bound(around.look(server)), FIXES))


def configure(machine: Machine, line: str) -> Path:
    path = machine.home / ".config/ocprov/config.toml"
    path.write_text(f"[keys]\n{line}\n")
    return path
