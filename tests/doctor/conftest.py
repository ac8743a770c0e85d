"""What tests of doctor have in common."""

import pytest

from ocprov.doctor.seen import around
from ocprov.doctor.seen import program as asked
from tests.conftest import DEADLINE, Machine
from tests.doctor.samples import program


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs and servers have as long as a busy machine takes; what is about one that hangs takes less."""
    monkeypatch.setattr(asked, "SECONDS", 10 * DEADLINE)
    monkeypatch.setattr(around, "_BRIEF", 10 * DEADLINE)


@pytest.fixture
def quick(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ocmonitor that answers at once."""
    program(machine, monkeypatch, "ocmonitor", "echo ocmonitor, version 1.0.5")
