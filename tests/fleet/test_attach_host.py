"""`ocprov attach --host`: the session of another machine in this terminal."""

import shlex
import sys
from collections.abc import Iterator

import pytest

from tests.conftest import Machine, until
from tests.fleet import processes, reading
from tests.fleet.bad import PWNED
from tests.fleet.sshd import Fleet

NAME = "opencode-observability-two"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    yield from reading.laptop(tmp_path_factory)


@pytest.fixture(scope="module")
def fleet(machine: Machine) -> Iterator[Fleet]:
    yield from reading.fleet(machine)


@pytest.fixture
def _away(machine: Machine, fleet: Fleet) -> Iterator[None]:
    """Nobody is attached when the next test begins."""
    yield
    pid = machine.tmux("-L", "laptop", "display-message", "-p", "#{pid}")
    machine.tmux("-L", "laptop", "kill-server")
    until(lambda: not clients(fleet) and not (pid and processes.lives(int(pid))))


def screen(machine: Machine) -> str:
    return machine.tmux("-L", "laptop", "capture-pane", "-p")


def typed(machine: Machine, *words: str, term: str = "tmux-256color") -> None:
    """Call ocprov in a terminal, which stays after it."""
    line = shlex.join(["env", "-u", "TMUX", f"TERM={term}", sys.executable, "-m", "ocprov", *words])
    machine.tmux(
        "-L", "laptop", "-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "20", f"{line}; exec sh"
    )  # fmt: skip


def clients(fleet: Fleet) -> str:
    return fleet["one"].tmux("list-clients", "-F", "#{session_name} #{client_termname}")


@pytest.mark.usefixtures("_away")
def test_the_session_of_a_host_is_attached(machine: Machine, fleet: Fleet) -> None:
    typed(machine, "attach", "--host", "one", "two")
    until(lambda: clients(fleet) == f"{NAME} tmux-256color")
    until(lambda: "0:run" in screen(machine))


@pytest.mark.usefixtures("_away")
def test_a_host_of_an_inventory_is_attached(machine: Machine, fleet: Fleet) -> None:
    file = str(fleet.inventory(machine.root / "inventory.py"))
    typed(machine, "attach", "--inventory", file, "--host", "one", NAME)
    until(lambda: clients(fleet) == f"{NAME} tmux-256color")


@pytest.mark.usefixtures("_away")
def test_a_terminal_that_the_host_does_not_know_is_no_hindrance(machine: Machine, fleet: Fleet) -> None:
    typed(machine, "attach", "--host", "one", "two", term="of-tomorrow")
    until(lambda: clients(fleet) == f"{NAME} xterm-256color")


@pytest.mark.usefixtures("_away")
def test_no_session_is_an_error_of_there(machine: Machine, fleet: Fleet) -> None:
    typed(machine, "attach", "--host", "one", f"it's $(touch {PWNED})")
    until(lambda: f"no session of it's $(touch {PWNED}) is live" in screen(machine))
    assert not list(machine.root.rglob(PWNED))


REFUSED = {
    "without a terminal": (("--host", "one"), "error: attach --host needs a terminal"),
    "an option": (
        ("--host=-oProxyCommand=touch pwned",),
        "error: the host '-oProxyCommand=touch pwned' begins",
    ),
    "a command": (("--host", "$(touch pwned)"), "error: the host '$(touch pwned)' has characters"),
    "nothing": (("--host", ""), "error: the host '' is empty"),
    "several": (("--host", "one,two"), "error: one,two is 2 hosts"),
}


@pytest.mark.parametrize(("words", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(words: tuple[str, ...], why: str, machine: Machine, fleet: Fleet) -> None:
    result = machine.ocprov("attach", *words, "two")
    assert result.stderr.startswith(why)
    assert result.returncode == 1


def test_an_inventory_alone_names_nobody(machine: Machine, fleet: Fleet) -> None:
    file = str(fleet.inventory(machine.root / "inventory.py"))
    assert machine.ocprov("attach", "--inventory", file, "two").returncode == 2
    several = machine.ocprov("attach", "--inventory", file, "--host", "boxes", "two")
    assert "hint: name one: one, two, three" in several.stderr
