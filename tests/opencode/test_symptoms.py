import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from ocprov.errors import OcprovError
from ocprov.opencode.life import symptoms
from ocprov.opencode.life.limits import Limits
from ocprov.opencode.record import Record
from tests.conftest import DEADLINE, Machine

SHORT = Limits(look=0.01, log=10)


@pytest.fixture
def known(machine: Machine) -> Record:
    made = Record(str(machine.home / "shop"))
    Path(made.directory).mkdir()
    made.places.make().lock.touch()
    return made


def anew(path: Path) -> None:
    path.rename(path.with_name("before"))
    path.mkdir()


@pytest.mark.parametrize(
    ("lose", "said"),
    [
        (lambda known: Path(known.directory).rmdir(), "its directory is gone"),
        (lambda known: anew(Path(known.directory)), "its directory is gone"),
        (lambda known: known.places.lock.unlink(), "its state directory was removed"),
        (lambda known: anew(known.places.root), "its state directory was removed"),
    ],
    ids=["directory", "another-directory", "lock", "another-state-directory"],
)
def test_what_a_server_cannot_do_without(lose: Callable[[Record], None], said: str, known: Record) -> None:
    async def watched() -> None:
        watching = asyncio.create_task(symptoms.loses_directory(known, SHORT))
        done, _ = await asyncio.wait([watching], timeout=0.1)
        assert not done, "nothing is lost yet"
        lose(known)
        async with asyncio.timeout(DEADLINE):
            await watching

    with pytest.raises(OcprovError, match=said):
        asyncio.run(watched())


def test_a_directory_that_went_while_the_server_started(known: Record) -> None:
    Path(known.directory).rmdir()

    async def watched() -> None:
        async with asyncio.timeout(DEADLINE):
            await symptoms.loses_directory(known, SHORT)

    with pytest.raises(OcprovError, match="its directory is gone"):
        asyncio.run(watched())


@pytest.mark.parametrize(
    ("failures", "pause"), [(1, 1), (2, 2), (6, 32), (7, 60), (1000, 60)], ids=lambda one: str(one)
)
def test_pauses_grow_up_to_a_minute(failures: int, pause: float) -> None:
    assert Limits().pause(failures) == pause
