"""Whether ocprov's lines for tmux.conf are installed, and read."""

import pytest

from ocprov.doctor.seen import around, tmuxconf
from ocprov.doctor.tmuxconf import Lines, judge
from ocprov.tmux.client import server
from tests.conftest import Machine
from tests.doctor.samples import FIXES, told


@pytest.mark.parametrize(
    ("seen", "state", "fix"),
    [
        pytest.param(
            Lines("/l", False, (), None), "warn", "ocprov -L 'my one' tmux-conf --install", id="not there"
        ),
        pytest.param(Lines("/l", True, (), False), "warn", "tmux-conf --install", id="nobody reads them"),
        pytest.param(Lines("/l", False, ("/c",), None), "fail", "tmux-conf --install", id="the file is gone"),
        pytest.param(Lines("/l", True, ("/c",), False), "warn", "source-file /c", id="an older server"),
        pytest.param(
            Lines("/l", True, ("/a b",), False), "warn", "source-file '/a b'", id="a path to be quoted"
        ),
        pytest.param(Lines("/l", True, ("/c",), None), "ok", "", id="no server runs"),
        pytest.param(Lines("/l", True, ("/c",), True), "ok", "", id="read"),
        pytest.param(Lines("/l", False, (), True), "ok", "", id="pasted by hand"),
        pytest.param(Lines("/l", True, (), None, "/c"), "warn", "ls -l /c", id="a conf that cannot be read"),
    ],
)
def test_lines(seen: Lines, state: str, fix: str) -> None:
    (check,) = judge(seen, FIXES)
    assert check.state == state
    assert fix in check.fix


def test_installed_lines_are_found_and_so_is_a_server_without_them(machine: Machine) -> None:
    def state() -> str:
        return told(judge(tmuxconf.lines(around.look(server)), FIXES))[0][1]

    assert state() == "warn"
    assert machine.ocprov("tmux-conf", "--install").returncode == 0
    assert state() == "ok"
    machine.tmux("-f", "/dev/null", "new-session", "-d")
    assert state() == "warn"
    machine.tmux("source-file", str(machine.home / ".tmux.conf"))
    assert state() == "ok"


def test_a_conf_that_cannot_be_read_is_not_one_without_lines(machine: Machine) -> None:
    conf = machine.home / ".tmux.conf"
    conf.symlink_to(conf)
    (check,) = judge(tmuxconf.lines(around.look(server)), FIXES)
    assert (check.state, "not known" in check.found) == ("warn", True)
