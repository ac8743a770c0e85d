"""The process that holds the lock of a directory's server for as long as it lives, and keeps the server alive."""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.lock import busy, held
from ocprov.opencode import places, record
from ocprov.opencode.life import adopt, prepare, removal, starter
from ocprov.opencode.life.keeper import Keeper, NotStartedError
from ocprov.opencode.life.limits import Limits
from ocprov.opencode.places import Places
from ocprov.opencode.record import Options, Record
from ocprov.opencode.spec import ServerSpec, real

Tell = Callable[[str], None]
Changed = Callable[[], None]
WAIT = 60.0
_OWN_LOCK = 10.0
_EVERY = 0.5
_INTERRUPTED = 130
_DEFAULTS = Limits()


def supervise(
    spec: ServerSpec,
    *,
    tell: Tell,
    changed: Changed,
    limits: Limits = _DEFAULTS,
    wait: float = WAIT,
    tmux: Sequence[str] = (),
) -> int:
    """Keep the server of a directory alive, here, until a signal; the exit code.

    Where another process does it already: watch until that ends, and take over, unless it was stopped. `changed` is
    called when the number of conversations that wait has changed. `tmux` and errors as of `ensure`.
    """
    place = prepare.place_of(spec)
    with ExitStack() as mine:
        while True:
            before = prepare.chosen(place)
            known = _taken(place, spec, tell, wait, mine)
            if known:
                return _first(known, before, tell, changed, limits, tmux)
            changed()  # who supervises it may have told a tmux server that is gone
            if not _follow(place, tell):
                return 0


def detached(
    directory: Path, *, tell: Tell, changed: Changed, limits: Limits = _DEFAULTS, tmux: Sequence[str] = ()
) -> int:
    """The same for a record that `ensure` has prepared, or that a supervisor has let go of."""
    place = places.of(directory)
    with held(place.lock, wait=_OWN_LOCK, blocked=_silent):
        known = record.read(place)
        if known is None:
            raise OcprovError(
                f"{directory} has no server to supervise", f"ocprov server ensure --dir {directory}"
            )
        return _keep(known, tell, changed, limits, tmux)


def _taken(place: Places, spec: ServerSpec, tell: Tell, wait: float, mine: ExitStack) -> Record | None:
    """What to supervise, its lock held by `mine`; None where another process has it."""
    prepare.known_here(place)
    if not adopt.supervised(place):
        tell(f"starting the server of {printable(str(real(spec.directory)))}")  # the rest may take seconds
        prepare.check(spec)
    with held(place.make().start_lock, wait=wait, blocked=lambda: tell("waiting for another ocprov")):
        if adopt.supervised(place):
            return None
        known = prepare.prepared(spec, tell)
        mine.enter_context(held(place.lock, wait=_OWN_LOCK, blocked=_silent))
    return known


def _follow(place: Places, tell: Tell) -> bool:
    """Watch while another process supervises; whether it ended without having been told to."""
    shown = ""
    # Who stops it holds the other lock until that is written, also where the supervisor had to be killed.
    while adopt.supervised(place) or busy(place.start_lock):
        known = record.read(place)
        if known and known.state != shown:
            shown = known.state
            tell(f"process {known.supervisor.pid} supervises it: {shown} {known.reason}".rstrip())
        time.sleep(_EVERY)
    known = record.read(place)
    return known is not None and known.state != "stopped"


def _first(
    known: Record, before: Options, tell: Tell, changed: Changed, limits: Limits, tmux: Sequence[str]
) -> int:
    shown = f"{known.name}: {known.options.isolation}, {known.url}, in {printable(known.directory)}"
    tell(f"{shown}; OpenCode {known.version}")
    try:
        return _keep(known, tell, changed, limits, tmux)
    except NotStartedError:
        prepare.take_back(known.places, before)
        raise


def _keep(known: Record, tell: Tell, changed: Changed, limits: Limits, tmux: Sequence[str]) -> int:
    def safely(text: str) -> None:
        with suppress(OSError):  # its window is gone
            tell(text)

    return asyncio.run(_life(Keeper(known, safely, changed, limits), safely, tmux))


async def _life(keeper: Keeper, tell: Tell, tmux: Sequence[str]) -> int:
    asked = _signals()
    life = asyncio.create_task(keeper.keep())
    either: tuple[asyncio.Future[Any], ...] = (life, asked)
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if not asked.done():
        return await _failed(keeper, life)
    number = asked.result()
    hung_up = number == signal.SIGHUP and await keeper.busy()
    life.cancel()
    await asyncio.gather(life, return_exceptions=True)
    if hung_up:
        tell("a conversation is busy: the server goes on, with a supervisor that has no window")
        starter.start(keeper.known, tmux)
        return 0
    await keeper.stop("stopped")
    tell("stopped")
    if keeper.known.options.delete_on_exit:
        removal.remove(keeper.known.places)
    return _INTERRUPTED if number == signal.SIGINT else 0


def _signals() -> "asyncio.Future[int]":
    """The first signal that asks to end."""
    loop = asyncio.get_running_loop()
    asked: asyncio.Future[int] = loop.create_future()

    def hear(number: int) -> None:
        if not asked.done():
            asked.set_result(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, hear, number)
    return asked


async def _failed(keeper: Keeper, life: "asyncio.Task[None]") -> int:
    try:
        await life
    except OcprovError as error:
        await keeper.stop("failed", error.message)
        raise
    except BaseException:  # a fault of ocprov's: no server is left that nobody supervises
        await keeper.stop("failed", "ocprov failed; see its log")
        raise
    return 0


def _silent() -> None:
    """Nobody is to be told."""
