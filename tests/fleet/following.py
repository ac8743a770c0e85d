"""`ocprov events --host …` as a script has it, and servers on hosts for it to hear."""

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ocprov.opencode.record import Record
from tests.conftest import DEADLINE, Machine, until
from tests.fleet import processes
from tests.fleet.conftest import hosts, install_this
from tests.fleet.sshd import Fleet, Host
from tests.opencode import peer as peers
from tests.opencode.peer import Peer


class Followed:
    """What a running `ocprov events --json` printed so far."""

    def __init__(self, process: "subprocess.Popen[bytes]", out: Path, talk: Path) -> None:
        self.process = process
        self._out = out
        self._talk = talk

    def rows(self) -> list[dict[str, Any]]:
        content = self._out.read_text()
        return [json.loads(one) for one in content[: content.rfind("\n") + 1].splitlines()]

    def all(self, kind: str, **more: Any) -> list[dict[str, Any]]:
        """The events of a type, with these keys."""
        return [one for one in self.rows() if one["type"] == kind and more.items() <= one.items()]

    def until(self, kind: str, number: int = 1, **more: Any) -> dict[str, Any]:
        """The one of that number, once there is one."""

        def there() -> list[dict[str, Any]]:
            code = self.process.poll()
            assert code is None or self.all(kind, **more)[number - 1 :], (code, self._talk.read_text())
            return self.all(kind, **more)[number - 1 :]

        try:
            return until(there)[0]
        except AssertionError as error:
            told = [(one["type"], one["host"], one["properties"]) for one in self.rows()]
            raise AssertionError(f"no {kind} {more}: {told} {self._talk.read_text()}") from error

    def ssh(self) -> list[int]:
        """The programs of its that run, ssh among them."""
        known, table = {self.process.pid}, dict(processes.parents())
        for _ in range(4):
            known |= {pid for pid, parent in table.items() if parent in known}
        return sorted(known - {self.process.pid})


def words(fleet: Fleet) -> dict[str, str]:
    """The settings by which the hosts of a fleet are reached."""
    return {
        "OCPROV_FLEET_SSH": f"ssh -F {shlex.quote(str(fleet.config))}",
        "OCPROV_FLEET_TIMEOUT": str(DEADLINE),
    }


@contextmanager
def following(machine: Machine, fleet: Fleet, *arguments: str, **more: str) -> Iterator[Followed]:
    """Run it for as long as the block lasts; `more` goes into its environment."""
    place = Path(tempfile.mkdtemp(prefix="events", dir=machine.root))
    out, talk = place / "out", place / "talk"
    with out.open("wb") as stdout, talk.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "ocprov", "events", "--json", *arguments],
            env={**os.environ, **words(fleet), **more},
            cwd=machine.home,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        )
    try:
        yield Followed(process, out, talk)
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        process.wait(DEADLINE)


def named(hosts: Sequence[str]) -> list[str]:
    return [word for name in hosts for word in ("--host", name)]


def fleet(machine: Machine, *made: str | Host) -> Iterator[Fleet]:
    """Hosts that have ocprov, for the length of a fixture."""
    for found in hosts(machine, *made):
        for host in found.hosts.values():
            install_this(host)
        yield found


def program(host: Host, line: str) -> None:
    """Let ocprov on a host be something else, or nothing."""
    path = install_this(host)
    path.unlink()
    if line:
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)


@contextmanager
def served(host: Host, name: str) -> Iterator[Peer]:
    """A server on a host, in a directory of its home, that answers and has no record yet."""
    directory = host.home / name
    directory.mkdir(exist_ok=True)
    with peers.running(directory.resolve()) as peer:
        yield peer


def record(host: Host, peer: Peer, **changes: Any) -> Record:
    """Write the record of a server, and its password, on its host."""
    with patch.dict(os.environ, {"HOME": str(host.home)}):
        return peer.record(**changes)


def state(host: Host, known: Record) -> Path:
    """The state directory of a server of a host."""
    with patch.dict(os.environ, {"HOME": str(host.home)}):
        return known.places.root


def password(host: Host, known: Record) -> str:
    return (state(host, known) / "password").read_text()


def short() -> Path:
    """A directory with a path that is short enough for sockets; the test removes it."""
    return Path(tempfile.mkdtemp(prefix="o", dir="/tmp"))
