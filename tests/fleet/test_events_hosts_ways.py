"""`ocprov events --host` with all the ways in which people have set up ssh, and sshd."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, aclosing, contextmanager
from pathlib import Path

import pytest

from ocprov.fleet.remote_servers import RemoteServers
from ocprov.fleet.ssh import Ssh
from ocprov.fleet.targets import Target
from ocprov.opencode.heard import event
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.feed import feed_of
from tests.conftest import DEADLINE, Machine, until
from tests.fleet import conftest, sshd
from tests.fleet.conftest import install_this
from tests.fleet.following import Followed, following, record, served, short, words
from tests.fleet.sshd import PATH, Fleet, Host
from tests.opencode.peer import Peer
from tests.opencode.provider import running as provider_running
from tests.opencode.real import configure, require


@pytest.fixture
def one(machine: Machine) -> Iterator[Fleet]:
    """One host, that has ocprov."""
    for fleet in conftest.hosts(machine, "one"):
        install_this(fleet["one"])
        yield fleet


@contextmanager
def host(machine: Machine, *made: Host) -> Iterator[Fleet]:
    """Hosts that are set up in other ways."""
    if not sshd.program():
        next(conftest.hosts(machine))
    with sshd.fleet(machine.root, *made) as fleet:
        for one in made:
            install_this(one)
        yield fleet


@contextmanager
def heard(machine: Machine, fleet: Fleet, *arguments: str, **more: str) -> Iterator[tuple[Followed, Peer]]:
    """A server on a host, and what is heard."""
    with served(fleet["one"], "shop") as peer:
        record(fleet["one"], peer)
        with following(machine, fleet, "--host=one", *arguments, **more) as told:
            yield told, peer


@pytest.fixture
def runtime() -> Iterator[Path]:
    """A directory for sockets."""
    made = short()
    yield made
    shutil.rmtree(made)


def test_the_users_own_connection_is_used_and_left_as_it_was(
    machine: Machine, one: Fleet, runtime: Path
) -> None:
    one.write_config("ControlMaster auto", f"ControlPath {runtime}/c-%n", "ControlPersist 600")
    (runtime / "r").mkdir(mode=0o700)

    def ssh(*arguments: str) -> int:
        done = subprocess.run(
            ["ssh", "-F", str(one.config), *arguments, "one"],
            check=False,
            timeout=DEADLINE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return done.returncode

    assert ssh("-N", "-f") == 0
    before = len(one["one"].runs("sshd"))
    try:
        with heard(machine, one, XDG_RUNTIME_DIR=str(runtime / "r")) as (told, peer):
            told.until(event.UP)
            peer.say("todo.updated", sessionID="ses_1")
            told.until("todo.updated")
            assert len(one["one"].runs("sshd")) <= before
        assert ssh("-O", "check") == 0
        assert not list((runtime / "r").iterdir())
        assert str(runtime / "r") not in Path("/proc/net/unix").read_text()
        until(lambda: not one["one"].runs("servers"))
    finally:
        ssh("-O", "exit")


def test_what_the_users_configuration_forwards_and_runs_is_left_out(
    machine: Machine, one: Fleet, runtime: Path
) -> None:
    mark = machine.root / "ran"
    one.write_config(
        f"LocalForward {runtime}/own 127.0.0.1:9",
        "RemoteCommand echo no",
        "RequestTTY force",
        f"LocalCommand touch {mark}",
        "PermitLocalCommand yes",
        "ExitOnForwardFailure yes",
        "ControlMaster auto",
        f"ControlPath {runtime}/c-%n",
    )
    with heard(machine, one) as (told, _):
        told.until(event.UP)
        assert not list(runtime.iterdir())
    assert not mark.exists()


def test_an_sshd_that_forwards_nothing_is_told_as_the_reason(machine: Machine) -> None:
    made = Host("one", machine.root / "hosts/one", lines=("AllowTcpForwarding no",))
    with host(machine, made) as fleet, heard(machine, fleet) as (told, peer):
        down = told.until(event.DOWN)
        assert down["properties"]["reason"] == "the host's sshd allows no forwards: AllowTcpForwarding"
        assert peer.connections == 0


def test_a_login_that_hangs_is_told_as_no_answer(machine: Machine) -> None:
    shell = machine.root / "hangs"
    shell.write_text("#!/bin/sh\nexec sleep 1000\n")
    shell.chmod(0o755)
    made = Host("one", machine.root / "hosts/one", shell=str(shell))
    with (
        host(machine, made) as fleet,
        following(machine, fleet, "--host=one", OCPROV_FLEET_TIMEOUT="2") as told,
    ):
        assert "no answer within 2 s" in told.until(event.HOST_DOWN)["properties"]["reason"]


def test_a_host_that_stands_still_is_away(machine: Machine, one: Fleet) -> None:
    program = one["one"].home / ".local/bin/ocprov"
    program.write_text('#!/bin/sh\necho \'{"schema": 1, "time": 1, "servers": []}\'; exec cat\n')
    remote = RemoteServers(Ssh(("ssh", "-F", str(one.config)), DEADLINE), [Target("one", "one")], silence=0.5)

    async def heard_twice() -> list[Event]:
        async with asyncio.timeout(DEADLINE), aclosing(feed_of(remote)) as told:
            return [await anext(told) for _ in range(2)]

    up, down = asyncio.run(heard_twice())
    assert up.type == event.HOST_UP
    assert (down.type, down.properties) == (event.HOST_DOWN, {"reason": "it was silent for 0.5 s"})


SHELLS = ("bash", "zsh", "fish", "tcsh", "dash")
DIRECTORIES = ("a b", "it's", '"a"', "$(touch ran)", "`touch ran`", "a;touch ran", "-x", "!x%", "*", "\\")


def test_hosts_are_heard_whatever_their_login_shells_are_and_print_and_directories_run_nothing(
    machine: Machine,
) -> None:
    """A host for each shell that is there, and a server in the first one's directories."""
    made = [
        Host(name, machine.root / "hosts" / name, shell=program)
        for name in SHELLS
        if (program := shutil.which(name))
    ]
    assert made
    for box in made:
        for file in (".bashrc", ".zshenv", ".tcshrc", ".config/fish/config.fish"):
            (box.home / file).parent.mkdir(parents=True, exist_ok=True)
            (box.home / file).write_text("echo welcome\n")
    with ExitStack() as stack:
        fleet = stack.enter_context(host(machine, *made))
        peers = [stack.enter_context(served(box, name)) for box in made for name in DIRECTORIES]
        for number, peer in enumerate(peers):
            record(made[number // len(DIRECTORIES)], peer)
        wanted = [f"--dir=~/{name}" for name in DIRECTORIES]
        told = stack.enter_context(
            following(machine, fleet, *(f"--host={box.name}" for box in made), *wanted)
        )
        for box in made:
            told.until(event.HOST_UP, host=box.name, properties={"servers": len(DIRECTORIES)})
            for name in DIRECTORIES:
                told.until(event.UP, host=box.name, directory=str((box.home / name).resolve()))
    assert not [where for where in (machine.home, *(box.home for box in made)) if (where / "ran").exists()]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--host", "-oProxyCommand=touch ran"], 1, "begins with -"),
        (["--host", "$(touch ran)"], 1, "has characters that no host's name has"),
        (["--host", "one", "--dir", "a\nb"], 1, "holds a control character"),
        (["--host", "one", "--all", "--dir", "."], 2, "--all goes without --dir"),
        (["--host", ""], 1, "is empty"),
    ],
)
def test_what_cannot_be_is_refused(machine: Machine, arguments: list[str], code: int, says: str) -> None:
    done = machine.ocprov("events", *arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert not (machine.home / "ran").exists()


@pytest.mark.parametrize("there", [True, False], ids=["reached", "not reached"])
def test_without_waiting_no_server_on_any_host_is_a_refusal(
    machine: Machine, one: Fleet, there: bool
) -> None:
    if not there:
        one["one"].stop()
    done = machine.process("events", "--host=one", "--no-wait", **words(one))
    assert done.returncode == 1
    assert "error: no server runs there that could tell anything\nhint: " in done.stderr


def test_without_waiting_a_server_that_runs_is_followed(machine: Machine, one: Fleet) -> None:
    with served(one["one"], "shop") as peer:
        record(one["one"], peer)
        done = machine.process("events", "--host=one", "--no-wait", "--limit=2", **words(one))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].endswith("server up")


def test_all_hosts_of_an_inventory_are_followed(machine: Machine, one: Fleet) -> None:
    inventory = one.inventory(machine.root / "inventory.py")
    with served(one["one"], "shop") as peer:
        record(one["one"], peer)
        with following(machine, one, f"--inventory={inventory}") as told:
            assert told.until(event.UP)["host"] == "one"


@pytest.mark.slow
def test_a_real_server_is_heard_and_its_title_asked_for(machine: Machine) -> None:
    extra = {
        "PATH": f"{require().parent}:{PATH}",
        "OPENCODE_DISABLE_MODELS_FETCH": "1",
        "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
    }
    made = Host("one", machine.root / "hosts/one", more=extra)
    with ExitStack() as stack:
        configure(made.home / ".config/opencode", stack.enter_context(provider_running()))
        fleet = stack.enter_context(host(machine, made))
        told = stack.enter_context(following(machine, fleet, "--host=one"))
        told.until(event.HOST_UP)
        (made.home / "shop").mkdir()
        started = fleet.ssh("one", ".local/bin/ocprov server ensure --dir shop --startup-timeout 120")
        assert started.returncode == 0, started.stderr
        up = told.until(event.UP)
        assert up["directory"] == str((made.home / "shop").resolve())
        fleet.ssh("one", ".local/bin/ocprov chat new --dir shop --title 'the talk'")
        created = told.until("session.created")
        assert created["host"] == "one"
        stopped = fleet.ssh("one", ".local/bin/ocprov server stop --dir shop --force")
        assert stopped.returncode == 0, stopped.stderr
        assert told.until(event.DOWN)["properties"] == {"reason": "stopped", "stopped": True}
