"""`status`, `ls` and `alert` of several machines, over real ssh."""

import json
import time
from collections.abc import Iterator

import pytest

from ocprov.lock import held
from ocprov.opencode.heard import activity
from ocprov.opencode.places import Places
from tests.conftest import Machine
from tests.fleet import reading
from tests.fleet.reading import TWO, rows, shown
from tests.fleet.sshd import Fleet


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    yield from reading.laptop(tmp_path_factory)


@pytest.fixture(scope="module")
def fleet(machine: Machine) -> Iterator[Fleet]:
    yield from reading.fleet(machine)


def test_several_hosts_in_one_table_and_one_document(machine: Machine, fleet: Fleet) -> None:
    asked = ("status", "--host", "one,two", "--host", "three")
    told = rows(machine.ocprov(*asked, "--json"))
    assert {name: one["state"] for name, one in told.items()} == {
        "one": "ok",
        "two": "ok",
        "three": "not installed",
    }
    (session,) = told["one"]["data"]["sessions"]
    assert (session["name"], session["live"]) == ("opencode-observability-two", True)
    assert told["two"]["data"] == {"sessions": [], "waits": []}
    result = machine.ocprov(*asked)
    assert shown(result)[0] == "three not installed it has no ocprov"
    assert "one ok two 2 windows" in shown(result)
    assert "two ok no session" in shown(result)
    assert shown(result)[-1] == "3 hosts: 2 answered, 1 not installed"
    assert result.returncode == 0


def test_what_is_the_host_s_own_status_is_in_the_document(machine: Machine, fleet: Fleet) -> None:
    own = json.loads(fleet.ssh("one", ".local/bin/ocprov status --json").stdout)["data"]
    assert rows(machine.ocprov("status", "--host", "one", "--json"))["one"]["data"] == own | {"waits": []}


def test_an_inventory_names_them(machine: Machine, fleet: Fleet) -> None:
    file = fleet.inventory(machine.root / "inventory.py")
    asked = ("status", "--inventory", str(file), "--json")
    assert list(rows(machine.ocprov(*asked))) == ["one", "two", "three"]
    assert list(rows(machine.ocprov(*asked, "--host", "t*"))) == ["two", "three"]
    result = machine.ocprov(*asked, "--host", "four")
    assert result.returncode == 1
    assert "'four' is no host and no group" in result.stderr


def test_a_layout_that_is_not_live_there_is_not_as_wanted(machine: Machine, fleet: Fleet) -> None:
    asked = ("status", "two", "--host", "one")
    assert machine.ocprov(*asked, "--exit-code").returncode == 0
    fleet["two"].machine().layout("two", TWO)
    result = machine.ocprov(*asked, "--host", "two", "--exit-code")
    assert shown(result)[0] == "two not running two ocprov up two there"
    assert result.returncode == 3
    assert machine.ocprov(*asked, "--host", "two").returncode == 0
    (fleet["two"].machine().layouts / "two.yaml.j2").unlink()


def test_an_error_there_is_told_here(machine: Machine, fleet: Fleet) -> None:
    result = machine.ocprov("status", "nothing", "--host", "one")
    assert shown(result)[0].startswith("one failed")
    assert "nothing" in shown(result)[0]
    assert result.returncode == 1  # nobody answered


def test_a_conversation_that_waits_is_told(machine: Machine, fleet: Fleet) -> None:
    place = Places(fleet["one"].machine().state / "opencode/api-1a2b3c")
    place.root.mkdir(parents=True, mode=0o700)
    wait = activity.Wait("per_1", "ses_1", "permission", "bash: make \x1b[31m")
    with held(place.lock, wait=0, blocked=lambda: None):
        activity.write(place, activity.Activity(True, time.time(), waits=(wait,)))
        result = machine.ocprov("status", "--host", "one,two")
    assert shown(result)[0] == "one asks api-1a2b3c permission: bash: make \\x1b[31m"
    assert shown(result)[-1] == "2 hosts: 2 answered; 1 conversation asks"


def test_costs_are_asked_for_where_they_are_wanted(machine: Machine, fleet: Fleet) -> None:
    told = rows(machine.ocprov("status", "--host", "one,two", "--costs", "--json"))
    costs = told["one"]["data"]["costs"]
    assert (costs["today"], costs["month"], costs["source"]) == (2.5, 2.5, "ocmonitor")
    assert "problem" in told["two"]["data"]["costs"]
    assert "one ok two 2 windows, $2.50 today, $2.50 this month" in shown(
        machine.ocprov("status", "--host", "one", "--costs")
    )


def test_layouts_of_several_hosts(machine: Machine, fleet: Fleet) -> None:
    told = rows(machine.ocprov("ls", "--host", "one,two", "--json"))
    live = {
        name: [lay["alias"] for lay in one["data"]["layouts"] if lay["live"]] for name, one in told.items()
    }
    assert live == {"one": ["two"], "two": []}
    lines = shown(machine.ocprov("ls", "--host", "one,two"))
    assert lines[0].startswith("one ok two (1) also ")
    assert lines[1].startswith("two ok nothing is live also ")


def test_limits_of_several_hosts_and_nothing_is_kept_there(machine: Machine, fleet: Fleet) -> None:
    def kept() -> tuple[object, ...]:
        one = fleet["one"]
        return sorted(one.machine().state.glob("*.json")), one.tmux("show-options", "-g")

    before = kept()
    result = machine.ocprov("alert", "--daily", "2", "--monthly", "100", "--host", "one")
    assert shown(result) == ["one over today $2.50 of $2.00 125 %", "one ok this month $2.50 of $100.00 2 %"]
    assert result.returncode == 3
    assert machine.ocprov("alert", "--daily", "100", "--host", "one").returncode == 0
    assert kept() == before


def test_costs_that_are_not_known_are_not_nothing(machine: Machine, fleet: Fleet) -> None:
    result = machine.ocprov("alert", "--daily", "100", "--host", "one,two")
    assert shown(result)[0].startswith("two failed what OpenCode costs is not known")
    assert result.returncode == 1


def test_a_tmux_server_is_meant_by_its_name_there(machine: Machine, fleet: Fleet) -> None:
    assert rows(machine.ocprov("-L", "other", "status", "--host", "one", "--json"))["one"]["data"] == {
        "sessions": [],
        "waits": [],
    }


def test_only_what_was_typed_is_meant_for_the_host(machine: Machine, fleet: Fleet) -> None:
    """In a hook the environment names the tmux server of here."""
    told = rows(machine.ocprov("status", "--host", "one", "--json", OCPROV_SOCKET_PATH="/x/y"))
    assert told["one"]["data"]["sessions"]


def test_what_goes_with_what(machine: Machine, fleet: Fleet) -> None:
    for words in (
        ("status", "--watch", "--host", "one"),
        ("ls", "two", "--host", "one"),
        ("alert", "--every", "5", "--host", "one"),
        ("alert", "--test", "--host", "one"),
    ):
        assert machine.ocprov(*words).returncode == 2, words
