"""A machine with two sessions, one of them gone, and what `clean` says there."""

import json
import os
import subprocess
import time
from pathlib import Path

from tests.conftest import Machine

SESSION = "opencode-development-one"
OTHER = "opencode-development-two"
LAYOUT = """\
---
session_name: {session}
windows:
  - window_name: w
    panes: [sleep 1000]
  - window_name: plain
"""
OLD = time.time() - 40 * 86400


def processes(part: str) -> list[str]:
    """Those with that in their arguments; ps lists first and reads later, so one look may miss a child of one that ends."""
    return [line for _ in range(2) for line in _arguments() if part in line]


def _arguments() -> list[str]:
    ps = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True)
    return ps.stdout.splitlines()


def tree(root: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None
        for path in sorted(root.rglob("*"))
        if not path.is_socket()
    }


def removed(machine: Machine, *arguments: str, **more: str) -> dict[str, str]:
    """What goes, by its path; without plans, which all go while somebody changes ocprov itself."""
    everything = everything_removed(machine, *arguments, **more)
    return {path: kind for path, kind in everything.items() if kind != "plan"}


def everything_removed(machine: Machine, *arguments: str, **more: str) -> dict[str, str]:
    """The same, with plans."""
    answer = machine.ocprov("clean", "--json", *arguments, **more)
    assert answer.returncode in (0, 3), answer.stderr
    return {one["path"]: one["kind"] for one in json.loads(answer.stdout)["data"]["removed"]}


def left(machine: Machine) -> dict[str, str]:
    answer = machine.ocprov("clean", "--json")
    return {one["path"]: one["why"] for one in json.loads(answer.stdout)["data"]["left"]}


def aged(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(text)
    os.utime(path, (OLD, OLD))
    return path


def shown(machine: Machine, path: Path) -> str:
    """A path as it is told to a person."""
    return f"~/{path.relative_to(machine.home)}"
