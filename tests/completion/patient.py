"""An ocprov that takes its time for an answer: of a person's patience only the tests of that are."""

import os
import subprocess
import sys

from tests.conftest import Machine

PATIENT = (
    "from ocprov.cli import complete; complete.PATIENCE = 50.0\nfrom ocprov.__main__ import main; main()\n"
)
BREAKS = " \t\n\"'><=;|&(:"


def lines(machine: Machine, line: str, *start: str, **more: str) -> list[str]:
    """What bash is answered, a line an answer; `start` is how another Python than the patient one begins."""
    asked = {"_OCPROV_COMPLETE": "bash_complete", "_OCPROV_LINE": line, "_OCPROV_BREAKS": BREAKS}
    done = subprocess.run(
        [sys.executable, *(start or ("-c", PATIENT))],
        env={**os.environ, **asked, **more},
        cwd=machine.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def words(machine: Machine, line: str, **more: str) -> list[str]:
    """The words of the answers."""
    return [answer.split("\t")[1] for answer in lines(machine, line, **more)]
