"""Finding what can go, and removing it: each area under its lock, looked at anew there."""

import shutil
import time
from collections.abc import Callable

from ocprov import sample
from ocprov.cleaning import demo, old, servers, sessions
from ocprov.cleaning.item import Area, Found, Item, Left, joined
from ocprov.core.value import dataclass
from ocprov.errors import BusyError, OcprovError
from ocprov.lock import busy, held
from ocprov.state import private_dir
from ocprov.tmux.client import Server


@dataclass(frozen=True, slots=True)
class Limits:
    """From which age in days logs and records go, and how many backups of a file stay."""

    days: int
    backups: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was removed, or would be; what stays though it could have been meant; what could not be removed, and why."""

    removed: tuple[Item, ...]
    left: tuple[Left, ...]
    failed: tuple[Left, ...] = ()


def clean(server: Server, limits: Limits, of_demo: demo.Demo, *, dry_run: bool) -> Outcome:
    """Remove everything that is old and ours; what another ocprov is at work on is left for the next time."""
    now = time.time()
    places, areas = sessions.areas(server, limits.days, now)
    areas += [*old.areas(limits.days, limits.backups, now), *servers.areas(limits.days, now)]
    areas.append(demo.area(of_demo, places, now))
    if dry_run:
        items, left = joined([_seen(area) for area in areas])
        return Outcome(items, left)
    done = [_cleaned(area) for area in areas]
    return Outcome(
        tuple(item for one in done for item in one.removed),
        tuple(left for one in done for left in one.left),
        tuple(left for one in done for left in one.failed),
    )


def _seen(area: Area) -> Found:
    """What is there to be removed now; nothing of an area that is at work."""
    items, left = area.find()
    if items and area.lock and busy(area.lock):
        return (), (*left, *_busy(items))
    return items, left


def _busy(items: tuple[Item, ...]) -> tuple[Left, ...]:
    return tuple(Left(item.path, "another ocprov is at work on it", needed=True) for item in items)


def _cleaned(area: Area) -> Outcome:
    items, left = area.find()
    if not items:
        return Outcome((), left)
    if area.lock is None:
        return _removed(items, left)
    try:
        private_dir(area.lock.parent)
        with held(area.lock, wait=0, blocked=lambda: None):
            return _removed(*area.find())
    except BusyError:
        return Outcome((), (*left, *_busy(items)))
    except OcprovError as error:
        return Outcome((), left, (Left(items[0].path, error.message),))


def _removed(items: tuple[Item, ...], left: tuple[Left, ...]) -> Outcome:
    done, failed = [], []
    for item in items:
        try:
            _REMOVE[item.how](item)
            done.append(item)
        except OSError as error:
            failed.append(Left(item.path, f"it cannot be removed: {error.strerror}"))
        except OcprovError as error:
            failed.append(Left(item.path, error.message))
    return Outcome(tuple(done), left, tuple(failed))


def _files(item: Item) -> None:
    for path in item.files:
        path.unlink(missing_ok=True)


def _folder(item: Item) -> None:
    _files(item)
    item.path.rmdir()


def _file(item: Item) -> None:
    item.path.unlink(missing_ok=True)


def _tree(item: Item) -> None:
    shutil.rmtree(item.path)


def _sample(item: Item) -> None:
    sample.remove(item.path)


_REMOVE: dict[str, Callable[[Item], None]] = {
    "file": _file,
    "files": _files,
    "folder": _folder,
    "tree": _tree,
    "sample": _sample,
}
