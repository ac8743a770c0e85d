"""The machine that pyinfra is called on, with a deploy.py; and hosts that have this very ocprov as a fleet's."""

import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocprov.fleet import key
from tests.conftest import Machine, Result
from tests.fleet.sshd import Fleet, Host

HOSTS = ("one", "two", "three")
SESSION = "opencode-development-desk"
# Nothing in it ends by itself, and nothing needs a program.
LAYOUT = f"""\
alias: desk
description: windows of a test
variables:
  word: {{type: str, default: "", help: what the word window has}}
---
session_name: {SESSION}
start_directory: {{{{ home | yaml }}}}
windows:
  - window_name: clock
    panes: [sleep 4000]
  - window_name: word
    panes:
      - shell_command: [{{{{ ("printf '%s' " ~ (word | sh) ~ " > word; sleep 4000") | yaml }}}}]
"""
# At its end, of a thread that still waits for a greeting; it is not ocprov's.
_OF_PARAMIKO = "Exception (client): Error reading SSH protocol banner"
WINDOW = """\
  - window_name: more
    panes: [sleep 4000]
"""


class Code(str):
    """What stands in a deploy.py as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Laptop:
    """A directory with an inventory, and what hosts are to get in `config`; the environment is the test's."""

    machine: Machine
    fleet: Fleet

    @property
    def source(self) -> Path:
        return self.machine.home / "config"

    def layout(self, text: str = LAYOUT) -> None:
        """What the layout `desk` is for the hosts from now on."""
        path = self.source / "layouts/desk.yaml.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def command(self, *options: str, before: str = "", **asked: Any) -> list[str]:
        """pyinfra with `sessions(…)`, of the layout desk unless `asked` has others; `before` goes before it."""
        words = {"layouts": ["desk"], "source": "config", "config": False, "extras": [], "timeout": 60}
        call = ", ".join(f"{name}={value!r}" for name, value in (words | asked).items())
        text = f"from ocprov.fleet import sessions\n{before}\nsessions({call})\n"
        (self.machine.home / "deploy.py").write_text(text)
        self.fleet.inventory(self.machine.home / "inventory.py")
        return [sys.executable, "-m", "pyinfra", "inventory.py", "deploy.py", *options]

    def run(self, *options: str, stdin: str = "", before: str = "", **asked: Any) -> Result:
        """Run it to its end; it must show no traceback."""
        command = self.command(*options, before=before, **asked)
        done = subprocess.run(
            command,
            input=stdin,
            cwd=self.machine.home,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr.partition(_OF_PARAMIKO)[0], done.stderr
        return done

    def start(self, *options: str, **asked: Any) -> "subprocess.Popen[str]":
        """Run it beside the test."""
        return subprocess.Popen(
            self.command(*options, **asked),
            cwd=self.machine.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )


def ended(process: "subprocess.Popen[str]") -> Result:
    """What became of `Laptop.start`."""
    _, said = process.communicate(timeout=240)
    assert "Traceback" not in said, said
    return subprocess.CompletedProcess(process.args, process.returncode, "", said)


def of(done: Result, host: str) -> list[str]:
    """What was said of a host, line by line, without its name."""
    lines = (line.strip() for line in done.stderr.splitlines())
    return [line.partition("]")[2].strip() for line in lines if line.startswith(f"[{host}]")]


def words(done: Result, hosts: Iterable[str]) -> list[str]:
    """pyinfra's own word for each host: `Success`, `No changes`, `Error: …`, or the last line."""
    return [(of(done, host) or [""])[-1].partition(":")[0] for host in hosts]


def windows(host: Host) -> list[str]:
    """The windows of the layout's session."""
    return host.tmux("list-windows", "-t", f"={SESSION}", "-F", "#{window_name}").splitlines()


def provide(host: Host, extras: Sequence[str] = ()) -> Path:
    """Have this very ocprov on a host as an installation would, for a cent: an environment that looks into ours."""
    name = key.key(extras)
    place = host.home / ".local/share/ocprov/fleet"
    place.mkdir(parents=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place / name], check=True)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    ours = sysconfig.get_path("purelib")
    (place / name / "lib" / version / "site-packages/ours.pth").write_text(
        f"import site; site.addsitedir({ours!r})\n"
    )
    (place / name / "complete").write_text(f"{name}\n")
    (place / "current").symlink_to(name)
    return place / name
