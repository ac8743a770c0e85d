"""What is asked of the loop's thread, and what becomes of it when the one who asked is interrupted."""

import threading
from collections.abc import AsyncIterator, Awaitable, Callable

import anyio
import pytest
from anyio.from_thread import BlockingPortal

from ocprov.opencode import portal as portals
from ocprov.opencode.portal import Portal
from tests.conftest import DEADLINE


class Asked:
    """A generator that never ends by itself, and says how it ended."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.ended: list[str] = []

    async def pieces(self) -> AsyncIterator[str]:
        try:
            self.begun.set()
            await anyio.sleep_forever()
            yield "never"
        except anyio.get_cancelled_exc_class():
            self.ended.append("cancelled")
            raise


@pytest.fixture
def interrupted_when(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Ctrl-C in the moment a call was handed over, before the caller has anything to cancel it by."""
    monkeypatch.setattr(portals, "_UNWINDING", DEADLINE)

    def arrange(moment: Callable[[], object]) -> None:
        real = BlockingPortal.start_task_soon

        def start(portal: BlockingPortal, call: Callable[[], Awaitable[object]]) -> object:
            monkeypatch.setattr(BlockingPortal, "start_task_soon", real)
            real(portal, call)
            moment()
            raise KeyboardInterrupt

        monkeypatch.setattr(BlockingPortal, "start_task_soon", start)

    return arrange


@pytest.mark.parametrize("moment", ["begun", "not yet begun"])
def test_ctrl_c_while_a_call_is_handed_over_ends_the_call(
    moment: str, interrupted_when: Callable[[Callable[[], object]], None]
) -> None:
    asked = Asked()
    with Portal() as portal:
        interrupted_when(asked.begun.wait if moment == "begun" else lambda: None)
        with pytest.raises(KeyboardInterrupt):
            next(portal.each(asked.pieces()))
        assert asked.ended in ([], ["cancelled"])
        assert asked.begun.is_set() == bool(asked.ended)


def test_what_was_asked_after_an_interrupt_is_answered(
    interrupted_when: Callable[[Callable[[], object]], None],
) -> None:
    async def answer() -> str:
        return "here"

    with Portal() as portal:
        interrupted_when(lambda: None)
        with pytest.raises(KeyboardInterrupt):
            portal.run(anyio.sleep_forever)
        assert portal.run(answer) == "here"
