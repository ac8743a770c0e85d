"""What the program is asked before it is started."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ocprov.errors import OcprovError
from ocprov.opencode import program
from ocprov.opencode.spec import ServerSpec, refuse_wrong
from tests.conftest import Machine


@pytest.mark.parametrize(("size", "times"), [(1 << 20, 1), (0, 4)], ids=["program", "shim"])
def test_several_at_once_ask_one_program_once_and_what_stands_before_many_each_time(
    size: int, times: int, machine: Machine
) -> None:
    asked = machine.home / "asked"
    made = machine.home / "opencode"
    made.write_text(f"#!/bin/sh\necho >> {asked}\nsleep 0.3\necho 1.18.33\nexit\n{'#' * size}\n")
    made.chmod(0o755)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(program.version, [made] * 4))

    assert found == ["1.18.33"] * 4
    assert len(asked.read_text()) == times


@pytest.mark.parametrize("host", ["::1", "0.0.0.0", "192.0.2.1", "example.org"])  # noqa: S104 # refused
def test_a_server_listens_on_loopback_by_ipv4_alone(host: str, machine: Machine) -> None:
    refuse_wrong(ServerSpec(machine.home, host="localhost"))
    with pytest.raises(OcprovError, match=f"cannot listen on {host}: it is for this machine alone"):
        refuse_wrong(ServerSpec(machine.home, host=host))
