"""What the tests of the development session share."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from ocprov.opencode import process, record
from ocprov.opencode.api import ident
from ocprov.opencode.record import Record
from tests.conftest import Machine, until
from tests.opencode.real import Opencode

START = 90.0  # OpenCode, its interface and its supervisor on a machine at work


def up(opencode: Opencode, directory: Path, *more: str) -> str:
    """Bring the session of a directory up, and give its name."""
    done = opencode.ocprov("up", "-d", "development", "--dir", str(directory), *more, "--json")
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["data"]["sessions"][0]["session"])


def ready(opencode: Opencode, directory: Path) -> Record:
    """The server of a directory as soon as it is ready."""

    def look() -> Record | None:
        known = [one for one in record.every() if isinstance(one, Record)]
        found = next((one for one in known if one.directory == str(directory.resolve())), None)
        assert found is None or found.state != "failed", found
        return found if found and found.state == "ready" else None

    found = until(look, START)
    assert found is not None
    return found


def screen(machine: Machine, session: str, window: str) -> str:
    return machine.tmux("capture-pane", "-pJ", "-t", f"={session}:={window}")


def shown(machine: Machine, session: str, conversation: str) -> bool:
    """Whether the window of events tells that a conversation works; also one that did when the window began to listen."""
    found = screen(machine, session, "events")
    return f"{conversation}: busy" in found or f"{conversation}: (before) busy" in found


def attached(machine: Machine, session: str) -> None:
    """Wait until OpenCode's own interface is there."""
    until(lambda: machine.tmux("display", "-p", "-t", f"={session}:=attach", "#{alternate_on}") == "1", START)


def works(opencode: Opencode, known: Record, prompt: str) -> str:
    """A conversation that works on a prompt."""

    async def begin() -> str:
        async with opencode.client(known) as client:
            made = await client.create("the long one")
            await client.post(made.id, prompt, message=ident.message())
            return made.id

    conversation = asyncio.run(begin())
    until(lambda: prompt in opencode.provider.prompts, START)
    return conversation


def gone(known: Record) -> bool:
    return not process.runs(known.server) and not process.runs(known.supervisor)


def open_to_everybody(machine: Machine, session: str) -> str:
    """All that could give a password away: arguments, environments of tmux, screens, and every file but one."""
    arguments = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True)
    files = (Path(folder, name) for folder, _, names in os.walk(machine.root) for name in names)
    panes = machine.tmux("list-panes", "-a", "-F", "#{pane_id}").split()
    return "\n".join(
        (
            arguments.stdout,
            machine.tmux("show-environment", "-g"),
            machine.tmux("show-environment", "-t", f"={session}"),
            machine.tmux("show-options", "-gw"),
            *(machine.tmux("list-panes", "-a", "-F", "#{pane_title} #{pane_start_command}").splitlines()),
            *(machine.tmux("capture-pane", "-pS", "-", "-t", pane) for pane in panes),
            *(_content(path) for path in files if path.name != "password"),
        )
    )


def _content(path: Path) -> str:
    """What a file has; nothing where it is none, or was replaced since it was listed."""
    try:
        return path.read_bytes().decode(errors="replace") if path.is_file() else ""
    except FileNotFoundError:
        return ""


def asked(machine: Machine, line: str, answer: str) -> str:
    """What a person sees who runs a command in a terminal, and answers its question."""
    folder = Path(sys.executable).parent
    machine.tmux(
        "new-session", "-d", "-s", "person", "-x", "200", "-e", f"PATH={folder}:{os.environ['PATH']}", "sh"
    )
    machine.tmux("send-keys", "-t", "=person:", f"clear; ocprov {line}; echo it was $?", "Enter")
    until(lambda: "[y/N]" in machine.tmux("capture-pane", "-pJ", "-t", "=person:"))
    machine.tmux("send-keys", "-t", "=person:", answer, "Enter")

    def ended() -> str:
        found = machine.tmux("capture-pane", "-pJ", "-t", "=person:")
        return found if "it was 1" in found else ""

    shown = until(ended)
    machine.tmux("kill-session", "-t", "=person")
    return shown
