"""Names of hosts after --host, from the user's ssh_config."""

import os
import subprocess
import sys

import pytest

from tests.completion.patient import PATIENT
from tests.conftest import Machine

CONFIG = """\
Include more/*.conf no-such-file
Host box-1 box-2 box-* *.example !not b$(x) b`x` "b"
  HostName 10.0.0.1
host=other
Host "quoted"
Match host x
"""


def offered(machine: Machine, line: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PATIENT],
        env={
            **os.environ,
            "_OCPROV_COMPLETE": "bash_complete",
            "_OCPROV_LINE": line,
            "_OCPROV_BREAKS": " \t\n",
        },
        cwd=machine.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [answer.split("\t")[1] for answer in done.stdout.splitlines()]


@pytest.mark.parametrize("command", ["status", "ls", "alert", "attach", "events"])
def test_hosts_of_the_configuration_are_offered(machine: Machine, command: str) -> None:
    (machine.home / ".ssh/more").mkdir(parents=True)
    (machine.home / ".ssh/config").write_text(CONFIG)
    (machine.home / ".ssh/more/a.conf").write_text("Include config more/a.conf\nHost box-3\n")
    assert offered(machine, f"ocprov {command} --host b") == ["box-1", "box-2", "box-3"]


def test_without_a_configuration_nothing_is_offered(machine: Machine) -> None:
    assert offered(machine, "ocprov status --host ") == []
