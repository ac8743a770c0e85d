"""`ocprov chat` in the directory of a server, as tests call it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from click.testing import CliRunner

from ocprov.cli.main import cli
from ocprov.opencode.record import Record
from tests.conftest import Result, until


@dataclass(frozen=True, slots=True)
class Chat:
    """The command line, and the server that is meant."""

    server: Record

    def __call__(self, *arguments: str, stdin: str | bytes = "") -> Result:
        done = CliRunner().invoke(cli, ("chat", *arguments), input=stdin, prog_name="ocprov")
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)

    def data(self, *arguments: str, code: int = 0) -> Any:
        """What a command answers with `--json`."""
        command, *rest = arguments
        done = self(command, "--json", *rest)
        assert done.returncode == code, done.stderr
        document = json.loads(done.stdout)
        assert (document["schema"], document["command"]) == (1, f"chat {arguments[0]}")
        return document["data"]

    def new(self, title: str = "a test's") -> str:
        """A new conversation."""
        done = self("new", "--dir", self.server.directory, "--title", title)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def background(self, *arguments: str) -> subprocess.Popen[str]:
        """A command that takes its time."""
        return subprocess.Popen(
            [sys.executable, "-m", "ocprov", "chat", *arguments],
            env=dict(os.environ),
            cwd=self.server.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def answered(self, name: str) -> Any:
        """The conversation, once each prompt that was sent has its answer; what is not waited for arrives later."""

        def look() -> list[Any]:
            found = self.data("show", name)
            return (
                [found] if found["state"] == "idle" and found["messages"] and not found["unanswered"] else []
            )

        return until(look)[0]

    def until(self, name: str, state: str) -> Any:
        """The conversation, once it is in that state."""
        found = until(lambda: [one for one in [self.data("show", name)] if one["state"] == state])
        return found[0]


def refused(done: Result, *words: str, code: int = 1) -> None:
    """Told in two lines, with nothing on stdout."""
    assert done.returncode == code, (done.stdout, done.stderr)
    assert done.stdout == ""
    error, hint = done.stderr.splitlines()[-2:]
    assert error.startswith("error: ")
    assert hint.startswith("hint: ")
    for word in words:
        assert word in done.stderr
