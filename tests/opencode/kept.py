"""Records of servers, without servers."""

from typing import Any

from ocprov.opencode import password, record
from ocprov.opencode.record import Process, Record
from tests.conftest import Machine

# No process has this id.
GONE = Process(4_194_303, "1")


def keep(machine: Machine, **more: Any) -> Record:
    """A record of the server of `shop`."""
    directory = machine.home / "shop"
    directory.mkdir(exist_ok=True)
    given: dict[str, Any] = {"state": "ready", "server": GONE, "port": 1, **more}
    made = Record(str(directory), f"http://127.0.0.1:{given['port']}", **given)
    password.ensure(made.places.make())
    record.write(made)
    return made
