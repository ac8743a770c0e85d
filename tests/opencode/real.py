"""The real OpenCode, on a machine of the test's own, with a provider on loopback."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from ocprov.opencode import process, record
from ocprov.opencode.api.client import Client
from ocprov.opencode.record import Record
from tests.conftest import DEADLINE, Machine, Result
from tests.opencode.provider import Provider, running

PROGRAM = Path(sys.prefix) / "opencode/node_modules/.bin/opencode"

T = TypeVar("T")

# Seconds for a server to start, on a machine that stands still now and then.
START = "120"


@dataclass(frozen=True, slots=True)
class Opencode:
    """A machine where OpenCode is installed and its only provider is `provider`."""

    machine: Machine
    provider: Provider

    @property
    def config(self) -> Path:
        return self.machine.home / ".config/opencode"

    def directory(self, name: str = "shop") -> Path:
        """A directory to work in."""
        made = self.machine.home / "src" / name
        made.mkdir(parents=True, exist_ok=True)
        return made

    def ocprov(self, *arguments: str, **more: str) -> Result:
        """Run the command line as a process of its own, for at most three minutes."""
        return subprocess.run(
            [sys.executable, "-m", "ocprov", *arguments],
            env={**os.environ, **more},
            cwd=self.machine.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def data(self, *arguments: str) -> Any:
        """What a command that has to work answers with `--json`."""
        done = self.ocprov(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["data"]

    def ensure(self, directory: Path | None = None, *options: str) -> Record:
        """The server of a directory, started by the command line where it does not run; its record."""
        given = ("server", "ensure", "--dir", str(directory or self.directory()), "--startup-timeout", START)
        done = self.ocprov(*given, *options)
        assert done.returncode == 0, done.stderr
        return self.record(directory)

    def record(self, directory: Path | None = None) -> Record:
        """What is known of a directory's server."""
        from ocprov.opencode import places

        found = record.read(places.of((directory or self.directory()).resolve()))
        assert found is not None
        return found

    def client(self, known: Record) -> Client:
        """A client of a server."""
        from ocprov.opencode import password

        return Client(known.url, password.read(known.places), known.directory)

    def ask(self, known: Record, question: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
        """Ask a server one thing."""

        async def asked() -> T:
            async with self.client(known) as client:
                return await question(client)

        return asyncio.run(asked())


def require() -> Path:
    """The program; where it is missing the test is skipped, and fails with CI set."""
    if not PROGRAM.exists():
        reason = f"opencode is missing: tests/run installs it in {PROGRAM.parents[2]}"
        if os.environ.get("CI", "") not in ("", "0", "false"):
            pytest.fail(reason)
        pytest.skip(reason)
    return PROGRAM


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running() as found:
        yield found


@pytest.fixture
def opencode(machine: Machine, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opencode]:
    yield from installed(machine, provider, monkeypatch)


def installed(machine: Machine, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opencode]:
    """OpenCode on a machine, for as long as a fixture of any scope lives."""
    monkeypatch.setenv("PATH", f"{require().parent}:{os.environ['PATH']}")
    for name in ("MODELS_FETCH", "LSP_DOWNLOAD"):
        monkeypatch.setenv(f"OPENCODE_DISABLE_{name}", "1")
    made = Opencode(machine, provider)
    configure(made.config, provider)
    yield made
    end_all()


def end_all() -> None:
    """End the servers that there are."""
    for one in record.every():
        if isinstance(one, Record):
            process.end(one.supervisor, DEADLINE)
    for one in record.every():  # read again: until then it may have been started again
        if isinstance(one, Record):
            process.end(one.server, 10, group=True)


def configure(folder: Path, provider: Provider) -> None:
    """A config directory of OpenCode's with the provider, and as if its plugin had been installed: nothing is fetched."""
    (folder / "node_modules").mkdir(parents=True)
    need = {"dependencies": {"@opencode-ai/plugin": "1"}}
    (folder / "package.json").write_text(json.dumps(need))
    (folder / "package-lock.json").write_text(json.dumps({"packages": {"": need}}))
    (folder / "opencode.json").write_text(json.dumps(provider.config()))
