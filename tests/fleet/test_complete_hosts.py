"""Names of hosts after --host, from the user's ssh_config."""

import pytest

from tests.completion.patient import words
from tests.conftest import Machine

CONFIG = """\
Include more/*.conf no-such-file
Host box-1 box-2 box-* *.example !not b$(x) b`x` "b"
  HostName 10.0.0.1
host=other
Host "quoted"
Match host x
"""


@pytest.mark.parametrize("command", ["status", "ls", "alert", "attach", "events"])
def test_hosts_of_the_configuration_are_words(machine: Machine, command: str) -> None:
    (machine.home / ".ssh/more").mkdir(parents=True)
    (machine.home / ".ssh/config").write_text(CONFIG)
    (machine.home / ".ssh/more/a.conf").write_text("Include config more/a.conf\nHost box-3\n")
    assert words(machine, f"ocprov {command} --host b") == ["box-1", "box-2", "box-3"]


def test_without_a_configuration_nothing_is_words(machine: Machine) -> None:
    assert words(machine, "ocprov status --host ") == []
