"""Runs the same words through the short way, the long way, and whichever `ocprov` itself chooses."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import Machine, until

LEFT = 99
SHORT_AS_IT_IS = (
    "import sys; from ocprov.short import run; code = run(sys.argv[1:]); "
    f"sys.exit({LEFT} if code is None else code)"
)
# A tmux that takes its time is left to the long way, where a test is not about that.
_PATIENT = "from ocprov.short import tmux; tmux.PATIENCE = 50.0; "
SHORT = _PATIENT + SHORT_AS_IT_IS
SHORT_UP = (
    f"{_PATIENT}import sys; from ocprov.short.arguments import parse; from ocprov.short.up import run; "
    f"code = run(parse(sys.argv[1:])); sys.exit({LEFT} if code is None else code)"
)
LONG = "from ocprov.cli.main import main; main()"
CHOICE = "from ocprov.__main__ import main; main()"

NAME = "opencode-observability-{}"
LAYOUT = """\
alias: {0}
variables:
  suffix: {{type: str, default: "", help: of the name}}
---
session_name: opencode-observability-{0}{{{{ suffix }}}}
windows:
  - window_name: {0}-run
    panes: [sleep 1000]
  - window_name: shell
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run printed but for ages and that it takes its time, and its exit code."""

    code: int
    out: str
    err: str


NOTHING_DONE = Answer(LEFT, "", "")


def run(way: str, line: str, *, redirect: str = "", **environment: str) -> Answer:
    """Run a line without a terminal; `redirect` as a shell reads it."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {redirect}', "sh", sys.executable, "-c", way, *line.split()],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Answer(done.returncode, _text(done.stdout), _text(done.stderr))


def run_at_terminal(way: str, line: str, **environment: str) -> Answer:
    """Run a line with a terminal for all three streams; `err` is part of `out`."""
    terminal, its_end = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", way, *line.split()],
        env={**os.environ, **environment},
        stdin=its_end,
        stdout=its_end,
        stderr=its_end,
    ) as process:
        os.close(its_end)
        shown = b"".join(iter(lambda: _read(terminal), b""))
        os.close(terminal)
    return Answer(process.returncode, _text(shown), "")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # how Linux says that nobody holds the other end any more
        return b""


def _text(shown: bytes) -> str:
    """What was printed without what differs between two runs: the ages in it, and whether tmux was slow."""
    text = re.sub(
        r"^ocprov: working on \S+\r?\n", "", shown.decode(errors="backslashreplace"), flags=re.MULTILINE
    )
    return re.sub(r"\b\d+[smhd]( \d+[mhd])?\b", "AGE", text)


def provide(machine: Machine, *names: str) -> None:
    """Layouts by these names, not up."""
    for name in names:
        machine.layout(name, LAYOUT.format(name))


def bring_up(machine: Machine, *names: str, suffix: str = "") -> None:
    """Sessions by these names, and each launcher has told its state."""
    provide(machine, *names)
    done = machine.ocprov("up", "-d", *names, "--set", f"suffix={suffix}")
    assert done.returncode == 0, done
    told(machine)


def told(machine: Machine) -> None:
    """Wait until each launcher has told its state."""
    until(lambda: "-" not in machine.tmux("list-panes", "-a", "-F", "#{?@ocprov_state,,-}"))


def stale_socket(machine: Machine) -> None:
    """The socket of a server that is gone."""
    import socket

    directory = machine.root / f"tmux/tmux-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(directory / "default"))


def recorded(machine: Machine, script: str) -> tuple[str, Path]:
    """A PATH whose tmux notes its arguments in a file, and that file; `script` runs in it with `real` set."""
    front, notes = machine.root / "front", machine.root / "notes"
    front.mkdir(exist_ok=True)
    real = next(f"{part}/tmux" for part in os.environ["PATH"].split(":") if Path(part, "tmux").exists())
    (front / "tmux").write_text(f"#!/bin/sh\nreal={real}\nprintf '%s\\n' \"$*\" >>{notes}\n{script}\n")
    (front / "tmux").chmod(0o755)
    notes.unlink(missing_ok=True)
    return f"{front}:{os.environ['PATH']}", notes


def imported(line: str, *, at_terminal: bool = False, **environment: str) -> set[str]:
    """The modules that a run imports, also of one that becomes tmux."""
    environment["PYTHONPROFILEIMPORTTIME"] = "1"
    if at_terminal:
        told = run_at_terminal(_PATIENT + CHOICE, line, **environment).out
    else:
        told = run(_PATIENT + CHOICE, line, **environment).err
    return set(re.findall(r"\|\s+([\w.]+)\r?$", told, re.MULTILINE))
