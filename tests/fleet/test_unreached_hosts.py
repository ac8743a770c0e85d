"""Hosts that are down, hang, are strange, and how ssh is called: nothing of it hinders the others."""

import shlex
import socket
import subprocess
from collections.abc import Iterator

import pytest

from tests.conftest import Machine
from tests.fleet import reading
from tests.fleet.bad import CONTROL, PWNED, WORDS
from tests.fleet.reading import rows
from tests.fleet.sshd import Fleet


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    yield from reading.laptop(tmp_path_factory)


@pytest.fixture(scope="module")
def fleet(machine: Machine) -> Iterator[Fleet]:
    yield from reading.fleet(machine)


def test_a_host_that_is_down_does_not_hinder_the_others(machine: Machine, fleet: Fleet) -> None:
    fleet["two"].stop()
    try:
        told = rows(result := machine.ocprov("status", "--host", "one,two", "--json"))
        assert (told["one"]["state"], told["two"]["state"]) == ("ok", "unreachable")
        assert "refused" in told["two"]["why"]
        assert result.returncode == 0
        assert machine.ocprov("status", "--host", "one,two", "--exit-code").returncode == 3
        assert machine.ocprov("status", "--host", "two").returncode == 1
    finally:
        fleet["two"].start(fleet.root)


def test_a_host_that_hangs_is_given_up(machine: Machine, fleet: Fleet) -> None:
    """By an ssh that only hangs: a real one may fail first where this machine stands still."""
    hanging = machine.root / "hanging"
    hanging.write_text("#!/bin/sh\nexec sleep 1000\n")
    hanging.chmod(0o755)
    more = {"OCPROV_FLEET_SSH": shlex.quote(str(hanging)), "OCPROV_FLEET_TIMEOUT": "1"}
    told = rows(machine.ocprov("status", "--host", "two", "--json", **more))["two"]
    assert (told["state"], told["why"]) == ("timeout", "no answer within 1 s")


def test_costs_have_time_of_their_own(machine: Machine) -> None:
    """An ssh tells what time it was given to connect, which is two thirds of all."""
    saying = machine.root / "saying"
    saying.write_text(
        '#!/bin/sh\nfor one; do case $one in ConnectTimeout=*) echo "$one" >&2 ;; esac; done; exit 255\n'
    )
    saying.chmod(0o755)
    more = {
        "OCPROV_FLEET_SSH": shlex.quote(str(saying)),
        "OCPROV_FLEET_TIMEOUT": "6",
        "OCPROV_ALERT_TIMEOUT": "9",
    }
    for words, seconds in ((("status",), 4), (("status", "--costs"), 10), (("alert", "--daily=1"), 10)):
        told = rows(machine.ocprov(*words, "--json", "--host", "two", **more))["two"]
        assert (told["state"], told["why"]) == ("unreachable", f"ConnectTimeout={seconds}")


def test_an_unknown_host_key_is_not_accepted(machine: Machine, fleet: Fleet) -> None:
    known = fleet.root / "known_hosts"
    said = known.read_text()
    known.write_text("")
    try:
        told = rows(machine.ocprov("status", "--host", "one", "--json"))["one"]
        assert (told["state"], told["why"]) == ("unreachable", "Host key verification failed.")
        assert known.read_text() == ""
    finally:
        known.write_text(said)


def test_nobody_is_asked_about_a_jump_host(machine: Machine, fleet: Fleet) -> None:
    asking = machine.root / "asking"
    asking.write_text(f"#!/bin/sh\necho >>'{machine.root}/asked'\n")
    asking.chmod(0o755)
    two = f"HostName 127.0.0.1\nPort {fleet['two'].port}\nUserKnownHostsFile {machine.root}/no\nStrictHostKeyChecking ask"
    own = fleet.config.read_text()
    fleet.config.write_text(f"Host jump\n{two}\nHost one\nProxyJump jump\n{own}")
    try:
        told = rows(machine.ocprov("status", "--host=one", "--json", DISPLAY=":9", SSH_ASKPASS=str(asking)))
        assert told["one"]["why"] == "Host key verification failed."
        assert not (machine.root / "asked").exists()
    finally:
        fleet.write_config()


def test_what_a_shell_says_at_its_start_is_no_part_of_the_answer(machine: Machine, fleet: Fleet) -> None:
    login = fleet["one"].root / "login"
    said = login.read_text()
    login.write_text(said.replace("cd ", 'echo talk >&2; printf "Welcome! {\\n\\033]0;title\\007"; cd ', 1))
    try:
        assert rows(machine.ocprov("status", "--host", "one", "--json"))["one"]["state"] == "ok"
    finally:
        login.write_text(said)


def test_a_connection_of_the_user_s_own_is_used_and_outlives_us_and_none_is_made(
    machine: Machine, fleet: Fleet
) -> None:
    path = fleet.root / "cm"
    fleet.write_config("ControlMaster auto", f"ControlPath {path}", "ControlPersist 600")
    try:
        assert rows(machine.ocprov("status", "--host", "one", "--json"))["one"]["state"] == "ok"
        assert not path.exists()  # whoever came by a master of ours would be ended with it
        assert made(fleet)
        fleet["one"].stop()  # nobody can connect any more, and nobody has to
        assert rows(machine.ocprov("status", "--host", "one", "--json"))["one"]["state"] == "ok"
        assert "running" in master(fleet)
    finally:
        master(fleet, "exit")
        fleet["one"].start(fleet.root)
        fleet.write_config()


def made(fleet: Fleet) -> bool:
    """Whether the user's own ssh made one, which keeps the stderr that it has."""
    words = ["ssh", "-F", str(fleet.config), "one", "true"]
    return subprocess.run(words, stderr=subprocess.DEVNULL, timeout=60, check=False).returncode == 0


def master(fleet: Fleet, order: str = "check") -> str:
    done = subprocess.run(
        ["ssh", "-F", str(fleet.config), "-O", order, "one"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stderr


def test_forwards_and_commands_of_a_configuration_are_left_out(machine: Machine, fleet: Fleet) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        forward = f"LocalForward 127.0.0.1:{port} 127.0.0.1:1"
        fleet.write_config("RemoteCommand echo no", forward, "ExitOnForwardFailure yes")
        try:
            assert rows(machine.ocprov("status", "--host", "one", "--json"))["one"]["state"] == "ok"
        finally:
            fleet.write_config()


def test_hosts_run_side_by_side(machine: Machine, fleet: Fleet) -> None:
    """Each host's shell waits until the other was reached, too."""
    logins = {name: fleet[name].root / "login" for name in ("one", "two")}
    said = {name: login.read_text() for name, login in logins.items()}
    meet = machine.root / "meet"
    meet.mkdir()
    for name, other in (("one", "two"), ("two", "one")):
        wait = f"touch {meet}/{name}; until [ -e {meet}/{other} ]; do sleep 0.05; done; cd "
        logins[name].write_text(said[name].replace("cd ", wait, 1))
    try:
        told = rows(machine.ocprov("status", "--host", "one,two", "--json"))
        assert [one["state"] for one in told.values()] == ["ok", "ok"]
    finally:
        for name, login in logins.items():
            login.write_text(said[name])


def test_a_setting_that_is_no_program_is_told(machine: Machine, fleet: Fleet) -> None:
    result = machine.ocprov("status", "--host", "one", OCPROV_FLEET_SSH="'ssh")
    assert result.stderr.startswith("error: fleet.ssh cannot be read")
    result = machine.ocprov("status", "--host", "one", OCPROV_FLEET_SSH="no-such-ssh")
    assert result.stderr.startswith("error: no-such-ssh cannot be started")


def test_no_name_of_a_layout_runs_anything(machine: Machine, fleet: Fleet) -> None:
    told = rows(machine.ocprov("status", "--json", "--host", "two", "--", *WORDS.values()))["two"]
    assert told["state"] == "failed"
    assert not list(machine.root.rglob(PWNED))


@pytest.mark.parametrize("word", CONTROL.values(), ids=CONTROL)
def test_no_control_character_is_sent(word: str, machine: Machine, fleet: Fleet) -> None:
    result = machine.ocprov("status", "--host", "two", "--", word)
    assert "holds a control character" in result.stderr
    assert result.returncode == 1
