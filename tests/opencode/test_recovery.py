import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from ocprov import lock
from ocprov.opencode import process, record
from ocprov.opencode.life import ports
from ocprov.opencode.record import Process, Record
from tests.conftest import DEADLINE, until
from tests.opencode.real import Opencode

pytestmark = pytest.mark.slow


def kill(one: Process) -> None:
    os.kill(one.pid, signal.SIGKILL)
    assert process.gone(one, DEADLINE)


def kill_supervisor(known: Record) -> None:
    kill(known.supervisor)
    until(lambda: not lock.busy(known.places.lock))  # the server does not have it; a process ends bit by bit


@contextmanager
def halted(one: Process) -> Iterator[None]:
    """It does nothing meanwhile."""
    os.kill(one.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(one.pid, signal.SIGCONT)


def test_a_server_outlives_its_supervisor_and_is_found_again(opencode: Opencode) -> None:
    first = opencode.ensure()
    kill_supervisor(first)
    assert process.runs(first.server)

    second = opencode.ensure()
    assert second.server == first.server
    assert process.runs(second.supervisor)

    # As if the supervisor had been killed between the start of the server and the record of it.
    kill_supervisor(second)
    record.write(replace(second, state="starting", server=Process(), supervisor=Process()))
    third = opencode.ensure()
    assert third.server == first.server

    # As if nothing had been written at all.
    kill_supervisor(third)
    third.places.record.unlink()
    fourth = opencode.ensure()
    assert (fourth.server, fourth.port) == (first.server, first.port)

    # Without a supervisor it is ended all the same.
    kill_supervisor(fourth)
    done = opencode.data("server", "stop", "--dir", fourth.directory)
    assert [one["pid"] for one in done["servers"]] == [first.server.pid]
    assert not process.runs(first.server)
    assert opencode.record().state == "stopped"


def test_a_killed_server_is_started_again_elsewhere_when_a_stranger_took_its_port(opencode: Opencode) -> None:
    first = opencode.ensure()
    with halted(first.supervisor):  # else it may start the next one before the stranger is there
        kill(first.server)
        until(lambda: not ports.taken(first.port))  # the system closes what it had a moment after its end
        stranger = socket.create_server(("127.0.0.1", first.port))
    with stranger:
        again = until(lambda: ready_again(opencode, first), 90)

    assert again is not None
    assert again.port != first.port
    assert again.restarts == 1
    said = first.places.supervisor_log.read_text()
    assert "it was killed by SIGKILL; started again in 1 s" in said
    assert f"port {first.port} is taken by another program: the server gets another one" in said

    # All of it killed: the record is what is left, and names nobody that runs.
    kill_supervisor(again)
    kill(again.server)
    record.write(replace(again, server=process.this(), supervisor=Process(os.getpid(), "another time")))
    stopped = opencode.ocprov("server", "stop", again.name)
    assert stopped.returncode == 4, "this test answers nobody, and it is not ended"
    record.write(replace(again, server=Process(os.getpid(), "another time")))
    assert opencode.data("server", "stop", again.name)["servers"][0]["pid"] == 0


def ready_again(opencode: Opencode, first: Record) -> Record | None:
    now = opencode.record()
    return now if now.state == "ready" and now.server != first.server else None
