"""Where systemd ends what a user leaves: said in a look, done by an apply, and tmux is started apart from the login."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

import pytest

from ocprov.errors import OcprovError
from ocprov.fleet import lingering
from ocprov.fleet.request import Request
from tests.conftest import Machine
from tests.fleet.asking import Answer, ask
from tests.fleet.test_host_look import LAYOUT, NAME, PATH

_LOGINCTL = """\
#!/bin/sh
cd {root} || exit
printf 'loginctl %s\\n' "$*" >>called
case "$*" in
show-session*) cat manager ;;
'show-user {user} --property=Linger') cat user ;;
*enable-linger*) [ ! -e denied ] || {{ echo 'Could not enable linger: Access denied' >&2; exit 1; }}; echo Linger=yes >user ;;
*) exit 1 ;;
esac
"""
_SYSTEMD_RUN = """\
#!/bin/sh
printf 'systemd-run %s\\n' "$*" >>{root}/called
[ -n "$XDG_RUNTIME_DIR" -a ! -e {root}/no-bus ] || {{ echo 'Failed to connect to bus' >&2; exit 1; }}
while [ "$1" != -- ]; do shift; done
shift
OF_A_SCOPE=1 exec "$@"
"""
USER = pwd.getpwuid(os.getuid()).pw_name
WOULD = "systemd would end sessions at logout (KillUserProcesses=yes)"


@dataclass(frozen=True, slots=True)
class Systemd:
    """A systemd of the test's own, as far as its two programs go."""

    machine: Machine
    root: Path

    def ask(self, verb: str, *, linger: bool = True, layouts: tuple[str, ...] = ("boxes",)) -> Answer:
        request = Request(layouts, files={PATH: LAYOUT.encode()}, config=False, linger=linger)
        return ask(self.machine, verb, request, PATH=f"{self.root}:/usr/bin:/bin")

    @property
    def called(self) -> list[str]:
        """What was called but for questions."""
        lines = (self.root / "called").read_text().splitlines()
        return [line for line in lines if not line.startswith("loginctl show-")]

    @property
    def in_scope(self) -> bool:
        """Whether the tmux server was started in a scope."""
        return self.machine.tmux("show-environment", "-g", "OF_A_SCOPE") == "OF_A_SCOPE=1"


@pytest.fixture
def systemd(machine: Machine) -> Systemd:
    """One that ends what is left, and a user who does not linger."""
    made = Systemd(machine, machine.root / "systemd")
    made.root.mkdir()
    for name, text in (("loginctl", _LOGINCTL), ("systemd-run", _SYSTEMD_RUN)):
        (made.root / name).write_text(text.format(root=made.root, user=USER))
        (made.root / name).chmod(0o755)
    (made.root / "manager").write_text("KillUserProcesses=yes\nKillOnlyUsers=\nKillExcludeUsers=nobody\n")
    (made.root / "user").write_text("Linger=no\n")
    return made


def test_a_look_says_it_and_enables_nothing(systemd: Systemd) -> None:
    answer = systemd.ask("look")
    assert answer.item("logout").lines == (f"lingering: to be enabled, for {WOULD}",)
    assert answer.words == {PATH: "change", "logout": "change", "boxes": "change"}
    assert systemd.called == []


def test_an_apply_enables_it_and_starts_tmux_apart_from_the_login(systemd: Systemd) -> None:
    answer = systemd.ask("apply")
    assert answer.code == 0
    assert answer.item("logout").lines == ("lingering: enabled",)
    assert systemd.in_scope
    linger, trial, start = systemd.called
    assert linger == f"loginctl --no-ask-password enable-linger {USER}"
    assert trial == "systemd-run --user --scope --quiet -- true"
    assert start.startswith("systemd-run --user --scope --quiet -- tmux -u -L default start-server")
    assert systemd.machine.windows(NAME) == ["0 first", "1 second"]
    assert systemd.ask("look").words == {PATH: "same", "boxes": "same"}
    assert systemd.ask("apply").report.in_sync
    assert len(systemd.called) == 3


def test_a_user_who_lingers_already_gets_tmux_apart_from_the_login_too(systemd: Systemd) -> None:
    (systemd.root / "user").write_text("Linger=yes\n")
    assert systemd.ask("look").words == {PATH: "change", "boxes": "change"}
    assert systemd.ask("apply").code == 0
    assert systemd.in_scope
    assert not [line for line in systemd.called if "enable-linger" in line]


def test_a_tmux_that_runs_is_left_where_it_is(systemd: Systemd) -> None:
    systemd.machine.tmux("-f", "/dev/null", "new-session", "-d", "-s", "mine")
    answer = systemd.ask("apply")
    assert answer.code == 0
    enabled, stays = answer.item("logout").lines
    assert (enabled, stays[:18]) == ("lingering: enabled", "the tmux that runs")
    assert systemd.called == [f"loginctl --no-ask-password enable-linger {USER}"]
    assert not systemd.in_scope


def test_not_to_linger_only_says_it(systemd: Systemd) -> None:
    for verb in ("look", "apply", "look"):
        answer = systemd.ask(verb, linger=False)
        assert answer.item("logout").word == "same"
        assert answer.item("logout").lines == (f"lingering: not enabled, and {WOULD}",)
    assert systemd.called == []
    assert not systemd.in_scope


def test_where_it_is_not_allowed_sessions_come_up_and_it_is_told(systemd: Systemd) -> None:
    (systemd.root / "denied").touch()
    answer = systemd.ask("apply")
    assert answer.code == 1
    assert answer.words == {PATH: "change", "logout": "failed", "boxes": "change"}
    assert "Access denied" in answer.item("logout").lines[0]
    assert "loginctl enable-linger" in answer.item("logout").hint
    assert systemd.machine.windows(NAME) == ["0 first", "1 second"]


def test_where_there_is_no_manager_of_the_user_s_it_is_told(systemd: Systemd) -> None:
    (systemd.root / "no-bus").touch()
    answer = systemd.ask("apply")
    assert answer.words == {PATH: "change", "logout": "failed", "boxes": "change"}
    assert "Failed to connect to bus" in answer.item("logout").lines[0]


def test_a_logind_that_hangs_is_given_up(systemd: Systemd, monkeypatch: pytest.MonkeyPatch) -> None:
    (systemd.root / "loginctl").write_text("#!/bin/sh\nexec sleep 1000\n")
    monkeypatch.setenv("PATH", f"{systemd.root}:/usr/bin:/bin")
    monkeypatch.setattr(lingering, "_PATIENCE", 0.1)
    assert lingering.look() == lingering.Logout()
    with pytest.raises(OcprovError, match="cannot enable lingering: no answer"):
        lingering.enable()


def test_a_user_without_a_name_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)
    assert lingering._user() == "4000000000"


@pytest.mark.parametrize(
    ("told", "user", "expected"),
    [
        ({}, "me", False),
        ({"KillUserProcesses": "no"}, "me", False),
        ({"KillUserProcesses": "yes"}, "me", True),
        ({"KillUserProcesses": "yes", "KillExcludeUsers": "root"}, "root", False),
        ({"KillUserProcesses": "yes", "KillExcludeUsers": "root"}, "me", True),
        ({"KillUserProcesses": "yes", "KillOnlyUsers": "you they"}, "me", False),
        ({"KillUserProcesses": "yes", "KillOnlyUsers": "you me"}, "me", True),
    ],
)
def test_whom_logind_ends(told: dict[str, str], user: str, expected: bool) -> None:
    assert lingering.kills(told, user) is expected
