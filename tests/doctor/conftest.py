"""What tests of doctor have in common."""

import pytest

from tests.conftest import Machine
from tests.doctor.samples import program


@pytest.fixture
def quick(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ocmonitor that answers at once."""
    program(machine, monkeypatch, "ocmonitor", "echo ocmonitor, version 1.0.5")
