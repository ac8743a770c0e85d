import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from ocprov import lock
from ocprov.opencode import password, process, record
from ocprov.opencode.api import ident
from ocprov.opencode.api.client import Client
from ocprov.opencode.record import Record
from tests.conftest import DEADLINE, until
from tests.opencode.real import Opencode

pytestmark = pytest.mark.slow

T = TypeVar("T")

# A supervisor whose patience is short.
HASTY = """
import sys
from pathlib import Path
from ocprov.opencode.life.limits import Limits
from ocprov.opencode.spec import ServerSpec
from ocprov.opencode.life.supervise import supervise
hasty = Limits(look=0.1, ask=0.3, patience=2, misses=2, pauses=(0.1, 0.2), log=1500)
spec = ServerSpec(Path(sys.argv[1]), startup_timeout=90)
sys.exit(supervise(spec, tell=print, changed=lambda: None, limits=hasty))
"""
# One that asks a slow server for longer than a person waits for a window to close.
PATIENT = """
from ocprov.__main__ import main
from ocprov.opencode.life import keeper
keeper._ASK = 60.0
main()
"""
RUN = ("-c", PATIENT, "server", "run", "--startup-timeout", "90", "--dir")


@contextmanager
def window(directory: Path, *program: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A supervisor in the foreground, and the file with what it prints."""
    shown = directory.parent / f"{directory.name}.{len(list(directory.parent.iterdir()))}.out"
    with (
        shown.open("wb") as out,
        subprocess.Popen(
            [sys.executable, *(program or RUN), str(directory)],
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        ) as one,
    ):
        try:
            yield one, shown
        finally:
            one.terminate()


def ready(opencode: Opencode, restarts: int = 0) -> Record:
    """The record, when its server is ready after so many restarts."""

    def found() -> Record | None:
        if not any(isinstance(one, Record) for one in record.every()):
            return None
        known = opencode.record()
        return known if known.state == "ready" and known.restarts >= restarts else None

    made = until(found, 90)
    assert made is not None
    return made


def ask(known: Record, question: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
    """Ask a server that has only just started, and may take its time."""

    async def asked() -> T:
        secret = password.read(known.places)
        async with Client(known.url, secret, known.directory, timeout=DEADLINE) as client:
            return await question(client)

    return asyncio.run(asked())


async def hold(client: Client) -> str:
    """Make a conversation busy until the provider is told to go on."""
    made = await client.create("held")
    await client.post(made.id, "hold", message=ident.message(), model="fake/m1")
    return made.id


def test_a_window_that_is_closed_ends_an_idle_server_and_lets_a_busy_one_go_on(opencode: Opencode) -> None:
    directory = opencode.directory()
    with window(directory) as (one, _):
        known = ready(opencode)
        conversation = ask(known, hold)
        until(lambda: ask(known, lambda client: client.status()))
        one.send_signal(signal.SIGHUP)
        assert one.wait(DEADLINE) == 0

    adopted = until(lambda: lock.busy(known.places.lock) and ready(opencode), 60)
    assert adopted
    until(lambda: process.runs(opencode.record().supervisor), 60)
    assert opencode.record().server == known.server
    assert opencode.record().supervisor != known.supervisor

    refused = opencode.ocprov("server", "stop", known.name)
    assert refused.returncode == 4
    assert f"server {known.name} is busy: {conversation} (held)" in refused.stderr
    assert process.runs(known.server)

    with window(directory) as (one, shown):  # it watches
        until(lambda: "supervises it: ready" in shown.read_text())
        done = opencode.ocprov("server", "stop", known.name, "--force")
        assert one.wait(DEADLINE) == 0
    assert done.stdout == f"{known.name}: stopped, process {known.server.pid}, in {directory}\n"
    assert not process.runs(known.server)

    with window(directory, *RUN[:-1], "--delete-on-exit", RUN[-1]) as (one, shown):
        known = ready(opencode)
        one.send_signal(signal.SIGHUP)
        assert one.wait(DEADLINE) == 0
    assert not process.runs(known.server)
    assert not known.places.root.exists()
    starting, first, second, last = shown.read_text().splitlines()
    assert starting.endswith(f"starting the server of {directory}")
    assert first.endswith(f"{known.name}: shared, {known.url}, in {directory}; OpenCode {known.version}")
    assert second.endswith(f"ready: {known.url}, process {known.server.pid}")
    assert last.endswith("stopped")


def test_one_that_hangs_is_started_again_and_one_without_its_directory_is_ended(opencode: Opencode) -> None:
    directory = opencode.directory()
    with window(directory, "-c", HASTY) as (one, shown):
        first = ready(opencode)
        until(lambda: first.places.log.with_name("server.log.1").exists())  # it is larger than 1500 bytes
        known = ready(opencode)  # where it was slow it may have been started again by now
        os.kill(known.server.pid, signal.SIGSTOP)
        again = ready(opencode, known.restarts + 1)

        assert again.server != known.server
        assert again.port == known.port
        assert not process.runs(known.server)
        assert "it left 2 questions unanswered, for 2 s each; started again in 0.1 s" in shown.read_text()

        directory.rmdir()
        assert one.wait(90) == 1

    failed = opencode.record(directory)
    assert (failed.state, failed.reason) == ("failed", "its directory is gone")
    assert not process.runs(again.server)
    gone = opencode.ocprov("server", "stop", "--dir", str(directory), "--delete")
    assert gone.returncode == 0
    assert not known.places.root.exists()


def test_a_window_takes_over_from_a_supervisor_that_was_killed_and_ends_by_ctrl_c(opencode: Opencode) -> None:
    known = opencode.ensure()
    with window(opencode.directory()) as (one, shown):
        until(lambda: "supervises it: ready" in shown.read_text())
        os.kill(known.supervisor.pid, signal.SIGKILL)
        until(lambda: opencode.record().supervisor.pid == one.pid and opencode.record().state == "ready", 60)

        assert opencode.record().server == known.server
        assert opencode.ensure() == opencode.record()
        one.send_signal(signal.SIGINT)
        assert one.wait(DEADLINE) == 130

    assert not process.runs(known.server)
    assert opencode.record().state == "stopped"
