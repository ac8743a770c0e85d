"""What a supervisor watches a server that is ready for; each is to be cancelled when another has told something."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from ocprov.errors import OcprovError
from ocprov.opencode import password
from ocprov.opencode.failures import ForeignError
from ocprov.opencode.heard import watcher
from ocprov.opencode.life import rotation
from ocprov.opencode.life.limits import Limits
from ocprov.opencode.life.ready import answers, gone
from ocprov.opencode.life.serving import Serving
from ocprov.opencode.record import Record

_LET_GO = 10.0
_NOWHERE = 0, 0


async def ends(serving: Serving) -> str:
    """How its process ended."""
    await serving.gone()
    return f"it {serving.how()}"


async def hangs(known: Record, limits: Limits) -> str:
    """That it takes connections, and answers none; or that somebody else answers."""
    from ocprov.opencode.api.client import Client

    missed = 0
    async with Client(known.url, password.read(known.places), known.directory) as client:
        while missed < limits.misses:
            await asyncio.sleep(limits.ask)
            try:
                missed = 0 if await answers(client, limits.patience) else missed + 1
            except ForeignError as error:
                return error.message
    return f"it left {missed} questions unanswered, for {limits.patience:g} s each"


async def loses_directory(known: Record, limits: Limits) -> str:
    """OcprovError when its directory is gone, or its lock, which another one may hold then; logs are kept small besides."""
    directory, lock = Path(known.directory), known.places.lock
    first, held = identity(directory), identity(lock)
    if first == _NOWHERE:  # it went while the server was starting
        raise gone(known)
    while identity(directory) in (first, None) and identity(lock) in (held, None):
        await asyncio.sleep(limits.look)
        for log in (known.places.log, known.places.supervisor_log):
            rotation.limit(log, limits.log)
    if identity(directory) in (first, None):
        raise OcprovError("its state directory was removed", f"ls -l {known.places.root}")
    raise gone(known)


async def hears(
    known: Record, changed: Callable[[], None], tell: Callable[[str], None], limits: Limits
) -> str:
    """Nothing, ever: it listens to its conversations."""
    while True:
        try:
            await watcher.watch(known, changed, tell)
        except Exception as error:  # no fault in there is a reason to end the server
            tell(f"its conversations are not watched: {error}")
        await asyncio.sleep(limits.ask)


def identity(path: Path) -> tuple[int, int] | None:
    """Which file or directory is there: _NOWHERE for none, None where that cannot be told now."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return _NOWHERE
    except OSError:
        return None
    return found.st_dev, found.st_ino


async def let_go(tasks: "Sequence[asyncio.Task[str]]") -> None:
    """Cancel them, and do not wait for ever for one that does not listen: the server has to be started again."""
    for task in tasks:
        task.cancel()
    done, _ = await asyncio.wait(tasks, timeout=_LET_GO)
    for task in done:
        if not task.cancelled():
            task.exception()  # asked for, or Python complains of it
