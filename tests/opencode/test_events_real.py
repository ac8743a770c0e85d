"""The events of a real OpenCode server: seen through its death and its end, and who waits in tmux's status line."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ocprov.opencode.api import ident
from ocprov.opencode.heard import activity, event
from ocprov.opencode.record import Record
from tests.conftest import until
from tests.opencode.real import Opencode

LONG = 60.0


class Followed:
    """What `ocprov events --json` printed so far."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self) -> list[dict[str, Any]]:
        content = self._path.read_text()
        return [json.loads(one) for one in content[: content.rfind("\n") + 1].splitlines()]

    def find(self, kind: str, **more: Any) -> dict[str, Any] | None:
        """The first event of a type, with these keys."""
        every = (one for one in self.rows() if one["type"] == kind)
        return next((one for one in every if more.items() <= one.items()), None)

    def until(self, kind: str, **more: Any) -> dict[str, Any]:
        found = until(lambda: self.find(kind, **more), LONG)
        assert found
        return found


@contextmanager
def following(opencode: Opencode) -> Iterator[Followed]:
    """`ocprov events --json`, as a script has it."""
    path = opencode.machine.root / "events.jsonl"
    with path.open("w") as out:
        done = subprocess.Popen([sys.executable, "-m", "ocprov", "events", "--json"], stdout=out)
    try:
        yield Followed(path)
    finally:
        done.send_signal(signal.SIGINT)
        assert done.wait(60) == 130


@pytest.fixture
def asking(opencode: Opencode) -> Opencode:
    """An OpenCode that asks before it removes a file."""
    path = opencode.config / "opencode.json"
    config = json.loads(path.read_text()) | {"permission": {"bash": {"*": "allow", "rm *": "ask"}}}
    path.write_text(json.dumps(config))
    return opencode


def begin(opencode: Opencode, known: Record, text: str) -> str:
    """A new conversation with a prompt that nobody waits for; its id."""
    name = opencode.ask(known, lambda client: client.create("the talk")).id
    opencode.ask(known, lambda client: client.post(name, text, message=ident.message()))
    return name


def attention(opencode: Opencode, text: str) -> Callable[[], bool]:
    return lambda: opencode.machine.tmux("show-options", "-gqv", "@ocprov_attention") == text


@pytest.mark.slow
def test_a_servers_life_is_told_and_who_waits_is_in_the_status_line(asking: Opencode) -> None:
    began = time.time()
    asking.machine.tmux("-f", "/dev/null", "new-session", "-d")
    with following(asking) as told:
        known = asking.ensure()
        told.until(event.UP, server=known.name)

        name = begin(asking, known, "tool rm -f nothing")
        told.until("permission.asked", conversation=name)
        until(attention(asking, "?1"))
        assert activity.read(known.places).waiting == {name}

        late = asking.ocprov("events", "--limit", "3", "--no-wait").stdout.splitlines()
        assert [one.partition("  ")[2] for one in late] == [
            "server up",
            "the talk: (before) busy",
            "the talk: (before) asks permission bash: rm -f nothing",
        ]

        (asked,) = asking.ask(known, lambda client: client.now()).permissions
        asking.ask(known, lambda client: client.reply(asked.id, "once"))
        until(attention(asking, ""))
        told.until("session.idle", conversation=name)

        held = begin(asking, known, "hold")
        told.until("message.part.delta", conversation=held)
        os.kill(known.server.pid, signal.SIGKILL)
        down = told.until(event.DOWN)
        told.until(event.INTERRUPTED, conversation=held, missed=True)
        told.until("session.status", conversation=held, missed=True)
        again = asking.record()
        assert again.server != known.server
        assert down["properties"] == {"reason": "it was killed by SIGKILL", "stopped": False}

        asking.provider.release()
        waits = begin(asking, again, "tool rm -f nothing")
        told.until("permission.asked", conversation=waits)
        until(attention(asking, "?1"))
        asking.ocprov("server", "stop", "--force", "--dir", str(asking.directory()))
        until(attention(asking, ""))
        stopped = until(lambda: [one for one in told.rows() if one["type"] == event.DOWN][1:], LONG)

    assert stopped[0]["properties"] == {"reason": "stopped", "stopped": True}
    assert not [one for one in told.rows() if one["type"] in ("sync", event.DROPPED, event.UNREADABLE)]
    assert {one["directory"] for one in told.rows()} == {str(asking.directory().resolve())}
    times = [one["time"] for one in told.rows()]
    assert times == sorted(times)
    assert began <= times[0] <= times[-1] <= time.time()
