"""Asking a machine as a fleet does: a request on standard input, a report on standard output."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocprov.fleet import report as reports
from ocprov.fleet import request as requests
from ocprov.fleet.report import Item, Report
from ocprov.fleet.request import Request
from tests.conftest import Machine

OCPROV = (sys.executable, "-m", "ocprov")


@dataclass(frozen=True, slots=True)
class Answer:
    """What `ocprov host` answered."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Report:
        assert self.out, self.err
        return reports.parse(self.out)

    @property
    def words(self) -> dict[str, str]:
        """The word for each thing, by its name."""
        return {item.name: item.word for item in self.report.items}

    def item(self, name: str) -> Item:
        (found,) = (item for item in self.report.items if item.name == name)
        return found


def ask(
    machine: Machine, verb: str, request: Request | str, *, command: Sequence[str] = OCPROV, **more: str
) -> Answer:
    """Run `ocprov host VERB` in a process of its own."""
    text = request if isinstance(request, str) else requests.text(request)
    done = subprocess.run(
        [*command, "host", verb],
        input=text,
        env={**os.environ, **more},
        cwd=machine.root,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Answer(done.returncode, done.stdout, done.stderr)


def quick_ocmonitor(machine: Machine) -> str:
    """A PATH whose ocmonitor takes every config at once; the real one takes seconds to start."""
    folder = machine.root / "quick"
    folder.mkdir()
    (folder / "ocmonitor").write_text("#!/bin/sh\necho Configuration\n")
    (folder / "ocmonitor").chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def tree(folder: Path) -> Mapping[str, object]:
    """All that is in a folder: names, and what files hold."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else path.is_symlink()
        for path in sorted(folder.rglob("*"))
    }
