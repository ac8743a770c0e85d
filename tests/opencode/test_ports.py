import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest

from ocprov.errors import BusyError, ConflictError
from ocprov.lock import held
from ocprov.opencode import places, record
from ocprov.opencode.life import ports
from ocprov.opencode.record import Options, Record
from tests.conftest import DEADLINE, Machine


def silent(_: str) -> None:
    pass


@contextmanager
def stranger(port: int = 0, address: str = "127.0.0.1") -> Iterator[int]:
    """Another program that listens there."""
    with socket.create_server((address, port)) as listening:
        yield listening.getsockname()[1]


def known(directory: Path, port: int = 0) -> Record:
    made = Record(str(directory), options=Options(port=port))
    made.places.make()
    return made


def best(directory: Path) -> int:
    return next(ports.stable(str(directory)))


def test_a_directory_has_the_same_ports_each_time_below_those_that_systems_give_out(tmp_path: Path) -> None:
    first = list(islice(ports.stable(str(tmp_path)), 3))

    assert first == list(islice(ports.stable(str(tmp_path)), 3))
    assert first != list(islice(ports.stable(str(tmp_path / "other")), 3))
    assert sorted(ports.stable(str(tmp_path))) == list(range(20000, 30000))


EVERYWHERE = "0.0.0.0"  # noqa: S104 # as a program of somebody's does


@pytest.mark.parametrize("address", ["127.0.0.1", EVERYWHERE])
def test_a_port_that_somebody_listens_on_is_taken(address: str) -> None:
    with stranger(address=address) as port:
        assert ports.taken(port)
    assert not ports.taken(port)


def test_a_port_is_not_taken_by_what_was_connected_there_a_moment_ago() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            listening.accept()[0].close()  # it closed first: its side of the connection lingers
    assert not ports.taken(port)


def test_the_port_of_before_is_claimed_again(machine: Machine, tmp_path: Path) -> None:
    first = ports.claim(known(tmp_path), silent)

    assert first.port == best(tmp_path)
    assert first.url == f"http://127.0.0.1:{first.port}"
    assert record.read(first.places) == first
    assert ports.claim(first, silent) == first


def test_a_server_that_was_just_killed_keeps_its_port_for_the_next_one(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "_SETTLE", DEADLINE)  # not for the stranger to leave in time
    first = ports.claim(known(tmp_path), silent)
    with ThreadPoolExecutor(1) as pool:
        with stranger(first.port):
            claimed = pool.submit(ports.claim, first, silent)
            with pytest.raises(TimeoutError):
                claimed.result(0.2)
        assert claimed.result(DEADLINE).port == first.port


def test_where_a_stranger_has_the_port_another_one_is_chosen_and_told(
    machine: Machine, tmp_path: Path
) -> None:
    said: list[str] = []
    with stranger(best(tmp_path), EVERYWHERE):
        found = ports.claim(known(tmp_path), said.append)

    assert found.port == best(tmp_path) + 1
    assert said == [f"port {best(tmp_path)} is taken by another program: the server gets another one"]
    assert ports.claim(found, silent).port == found.port, "what attaches to it finds it there again"


def test_two_servers_never_have_the_same_port_also_when_none_runs(machine: Machine, tmp_path: Path) -> None:
    other = known(tmp_path / "other")
    record.write(Record(other.directory, port=best(tmp_path), state="stopped"))

    assert ports.claim(known(tmp_path), silent).port == best(tmp_path) + 1


def test_claims_are_one_after_the_other(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "_WAIT", 0.1)
    one = known(tmp_path)
    with held(places.folder() / "ports.lock", wait=0, blocked=lambda: None), pytest.raises(BusyError):
        ports.claim(one, silent)


def test_an_asked_port_that_a_stranger_has_is_refused_by_its_number(machine: Machine, tmp_path: Path) -> None:
    with stranger() as port, pytest.raises(ConflictError, match=f"port {port} is taken by another") as caught:
        ports.claim(known(tmp_path, port), silent)

    assert str(port) in caught.value.hint
    assert record.read(known(tmp_path).places) is None


def test_an_asked_port_that_is_another_servers_is_refused_by_its_name(
    machine: Machine, tmp_path: Path
) -> None:
    other = known(tmp_path / "other")
    record.write(Record(other.directory, port=23456, state="stopped"))

    with pytest.raises(ConflictError, match=f"port 23456 is that of server {other.name}"):
        ports.claim(known(tmp_path, 23456), silent)
