"""`ocprov events --host` and hosts that are not there, hang, or answer with something else."""

import asyncio
import re
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
    """A host that is well, those that are not, one whose sshd forwards nothing."""
    strict = Host("strict", laptop.root / "hosts/strict", lines=("AllowTcpForwarding no",))
    yield from fleet(laptop, "well", strict, *BAD)


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


SSH = """\
#!/bin/sh
case " $* " in
*' -O forward '*) sleep 1; exit ;;
*' -G '*|*' -O '*) exit 1 ;;
esac
"""
MARK = "echo; echo '--- ocprov'\n"


def faked(laptop: Machine, line: str, mark: str = MARK, limit: float = DEADLINE) -> RemoteServers:
    """A host whose ocprov is that line of shell, by an ssh that runs it here, and is slow to forward."""
    ssh = laptop.root / "ssh-here"
    ssh.write_text(SSH + mark + line)
    ssh.chmod(0o755)
    return RemoteServers(Ssh((str(ssh),), limit), [Target("box", "box")], silence=0.5)


def first(remote: RemoteServers, number: int) -> list[Event]:
    """What is heard of it first."""

    async def hear() -> list[Event]:
        async with asyncio.timeout(DEADLINE), aclosing(feed_of(remote)) as told:
            return [await anext(told) for _ in range(number)]

    return asyncio.run(hear())


@pytest.mark.parametrize("mark", ["", MARK], ids=["a login", "ocprov"])
def test_what_hangs_from_the_start_is_told_as_no_answer(laptop: Machine, mark: str) -> None:
    (down,) = first(faked(laptop, "exec cat", mark, 0.5), 1)
    assert (down.type, down.properties) == (event.HOST_DOWN, {"reason": "no answer within 0.5 s"})


def test_a_host_that_stands_still_is_away(laptop: Machine) -> None:
    line = """echo '{"schema": 1, "time": 1, "servers": []}'; exec cat"""
    up, down = first(faked(laptop, line), 2)
    assert up.type == event.HOST_UP
    assert (down.type, down.properties) == (event.HOST_DOWN, {"reason": "it was silent for 0.5 s"})


def test_an_older_ocprov_is_told_as_that(laptop: Machine) -> None:
    (down,) = first(faked(laptop, """echo "Error: No such command 'host'." >&2; exit 2"""), 1)
    assert down.properties == {"reason": "its ocprov is of another version: No such command 'host'."}


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
    remote = faked(laptop, f"echo '{told}'; exec cat")
    (up,) = first(remote, 1)
    source = remote.source("box", "shop-a1b2c3")
    assert source
    ahead = source.now() - time.time()
    assert up.time + ahead > 0.9, "its clock stood at 0 when it told, a second before it was told here"
