"""Fixtures of the fleet's tests."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Machine
from tests.fleet import sshd
from tests.fleet.sshd import Fleet, Host


@pytest.fixture
def three(machine: Machine) -> Iterator[Fleet]:
    """Three hosts, `one`, `two` and `three`, on which nothing is installed; the laptop is `machine`."""
    yield from hosts(machine, "one", "two", "three")


def hosts(machine: Machine, *names: str | Host) -> Iterator[Fleet]:
    """Hosts, plain ones by name, for the length of a fixture; without sshd skipped, and failed with CI set."""
    if not sshd.program():
        if os.environ.get("CI", "") not in ("", "0", "false"):
            pytest.fail("sshd is missing: install openssh-server")
        pytest.skip("needs sshd: install openssh-server")
    plain = [one if isinstance(one, Host) else Host(one, machine.root / "hosts" / one) for one in names]
    with sshd.fleet(machine.root, *plain) as made:
        yield made


def install_this(host: Host) -> Path:
    """Put this very ocprov where a person has it, ~/.local/bin: for tests of what only needs it to be there."""
    program = host.home / ".local/bin/ocprov"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m ocprov "$@"\n')
    program.chmod(0o755)
    return program
