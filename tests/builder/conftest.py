"""A server whose panes write down what is typed into them."""

import pytest
from libtmux.server import Server

from tests.builder import both
from tests.conftest import Machine


@pytest.fixture
def server(machine: Machine) -> Server:
    """A server of the test's own, not running yet, whose panes record what is typed."""
    return Server(socket_name="ocprov", config_file=str(both.prepare(machine.home)))
