"""`ocprov events --host` and hosts that are not there, hang, or answer with something else."""

import asyncio
import re
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from ocprov.fleet import served
from ocprov.fleet.remote_servers import RemoteServers
from ocprov.fleet.served import Served
from ocprov.fleet.ssh import Ssh
from ocprov.fleet.targets import Target
from ocprov.opencode.heard import event
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.feed import feed_of
from ocprov.opencode.record import Record
from tests.conftest import DEADLINE, Machine
from tests.fleet import reading
from tests.fleet.conftest import install_this
from tests.fleet.following import fleet, following, named, program, record
from tests.fleet.following import served as running
from tests.fleet.sshd import Fleet, Host


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The machine on which the command runs, for all tests here."""
    yield from reading.laptop(tmp_path_factory)


# What ocprov is on a host, and what is told of it.
BAD = {
    "without": ("", "it has no ocprov"),
    "babbling": ("echo '{\"schema\": 1}'; exec cat", "it answers with something else than its servers"),
    "failing": ("printf 'error: no \\033[31mluck\\nhint: none\\n' >&2; exit 1", r"no \\x1b\[31mluck"),
    "endless": ("exec cat /dev/zero", "a line without end"),
    "away": ("", "Connection refused"),
}


@pytest.fixture(scope="module")
def many(laptop: Machine) -> Iterator[Fleet]:
    """A host that is well, those that are not, one whose sshd forwards nothing, one whose login hangs."""
    strict = Host("strict", laptop.root / "hosts/strict", lines=("AllowTcpForwarding no",))
    shell = laptop.root / "hangs"
    shell.write_text("#!/bin/sh\nexec sleep 1000\n")
    shell.chmod(0o755)
    hangs = Host("hangs", laptop.root / "hosts/hangs", shell=str(shell))
    yield from fleet(laptop, "well", strict, *BAD, hangs)


def test_hosts_that_tell_nothing_are_told_once_with_why_and_others_are_heard(
    laptop: Machine, many: Fleet
) -> None:
    for name, (line, _) in BAD.items():
        program(many[name], line)
    many["away"].stop()
    with running(many["well"], "shop") as peer, running(many["strict"], "shop") as closed:
        record(many["well"], peer)
        record(many["strict"], closed)
        with following(laptop, many, *named(["well", "strict", *BAD])) as told:
            for name, (_, why) in BAD.items():
                reason = told.until(event.HOST_DOWN, host=name)["properties"]["reason"]
                assert re.search(why, reason), (name, reason)
            told.until(event.UP, host="well")
            refused = told.until(event.DOWN, host="strict")["properties"]["reason"]
            assert refused == "the host's sshd allows no forwards: AllowTcpForwarding"
            assert closed.connections == 0
            many["away"].start(many.root)
            for name in BAD:
                install_this(many[name])
            for name in BAD:
                told.until(event.HOST_UP, host=name)
                assert len(told.all(event.HOST_DOWN, host=name)) == 1


def test_a_login_that_hangs_is_told_as_no_answer(laptop: Machine, many: Fleet) -> None:
    with following(laptop, many, "--host=hangs", OCPROV_FLEET_TIMEOUT="2") as told:
        assert "no answer within 2 s" in told.until(event.HOST_DOWN)["properties"]["reason"]


SSH = """\
#!/bin/sh
case " $* " in
*' -O forward '*) sleep 1; exit ;;
*' -G '*|*' -O '*) exit 1 ;;
esac
echo; echo '--- ocprov'
"""


def faked(laptop: Machine, line: str) -> RemoteServers:
    """A host whose ocprov is that line of shell, by an ssh that runs it here, and is slow to forward."""
    ssh = laptop.root / "ssh-here"
    ssh.write_text(SSH + line)
    ssh.chmod(0o755)
    return RemoteServers(Ssh((str(ssh),), DEADLINE), [Target("box", "box")], silence=0.5)


def first(remote: RemoteServers, number: int) -> list[Event]:
    """What is heard of it first."""

    async def hear() -> list[Event]:
        async with asyncio.timeout(DEADLINE), aclosing(feed_of(remote)) as told:
            return [await anext(told) for _ in range(number)]

    return asyncio.run(hear())


def test_a_host_that_stands_still_is_away(laptop: Machine) -> None:
    line = """echo '{"schema": 1, "time": 1, "servers": []}'; exec cat"""
    up, down = first(faked(laptop, line), 2)
    assert up.type == event.HOST_UP
    assert (down.type, down.properties) == (event.HOST_DOWN, {"reason": "it was silent for 0.5 s"})


def test_a_host_that_floods_us_is_not_let_to(laptop: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    line = """echo '{"schema": 1, "time": 1, "servers": []}'; yes '' | head -n 20; echo end; exec yes ''"""
    began = time.monotonic()
    down = first(faked(laptop, line), 2)[1]
    assert down.properties == {"reason": "it answers with something else than its servers"}
    assert time.monotonic() - began > 20 * 0.1
    assert capfd.readouterr().err == ""


def test_its_clock_is_compared_with_ours_before_anything_that_takes_time(laptop: Machine) -> None:
    """Else what was known is told again."""
    told = served.text(
        [Served("shop-a1b2c3", Record("/shop", "", 9, "ready"), True, True, "", "secret")], 0.0
    )
    line = told.replace('"time": 0.0', '"time": %s')
    remote = faked(
        laptop, f"printf '{line}\\n' $({sys.executable} -c 'import time; print(time.time())'); exec cat"
    )
    assert first(remote, 1)[0].type == event.HOST_UP
    source = remote.source("box", "shop-a1b2c3")
    assert source
    assert source.now() > time.time() - 0.8
