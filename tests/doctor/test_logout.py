"""How logout is judged, and what logind's files say."""

from pathlib import Path

import pytest

from ocprov.doctor.lingering import Logout, judge, kills
from ocprov.doctor.seen.logout import conf
from tests.doctor.samples import FIXES, troubles


@pytest.mark.parametrize(
    ("texts", "answer"),
    [
        (("[Login]\n#KillUserProcesses=no\n",), False),
        (("#KillUserProcesses=yes\n",), True),
        (("#KillUserProcesses=yes\nKillUserProcesses=no\n",), False),
        (("KillUserProcesses=no\n", "KillUserProcesses = YES\n"), True),
        (("#KillUserProcesses=no\n", "KillUserProcesses=1"), True),
        (("[Login]\n",), None),
        ((), None),
    ],
)
def test_whether_logind_kills(texts: tuple[str, ...], answer: bool | None) -> None:
    assert kills(texts) is answer


@pytest.mark.parametrize(
    ("seen", "fix"),
    [
        pytest.param(Logout(False, lingers=False), "", id="nothing is killed"),
        pytest.param(Logout(True, lingers=False), "enable-linger; ocprov -L 'my one' boot", id="killed"),
        pytest.param(Logout(True, lingers=True), "boot --install", id="killed, for tmux is of the login"),
        pytest.param(Logout(True, lingers=True, services=("boot",)), "", id="tmux is a service"),
        pytest.param(
            Logout(False, lingers=False, services=("save",)), "loginctl enable-linger", id="services end"
        ),
        pytest.param(Logout(False, lingers=True, services=("save",)), "", id="services go on"),
        pytest.param(Logout(None, lingers=False), "enable-linger", id="unknown is not ok"),
    ],
)
def test_logout(seen: Logout, fix: str) -> None:
    found = troubles(judge(seen, FIXES))
    assert [fix in check.fix for check in found] == ([True] if fix else [])


def test_drop_ins_go_by_name_and_those_of_etc_go_first(tmp_path: Path) -> None:
    for place, text in {
        "etc/systemd/logind.conf": "main",
        "usr/lib/systemd/logind.conf.d/10-a.conf": "hidden",
        "etc/systemd/logind.conf.d/10-a.conf": "first",
        "run/systemd/logind.conf.d/20-b.conf": "second",
    }.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text)

    assert conf(tmp_path) == ("main", "first", "second")
