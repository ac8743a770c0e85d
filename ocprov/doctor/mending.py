"""What `doctor --fix` mends: ocprov's own modes, and tmux-resurrect's broken last save."""

import os
from collections.abc import Callable
from pathlib import Path

from ocprov import cache, state
from ocprov.core.names import printable
from ocprov.doctor import persistence
from ocprov.doctor.check import Check
from ocprov.doctor.place import Place, at
from ocprov.doctor.seen import folders
from ocprov.doctor.seen.around import Around
from ocprov.errors import BusyError, OcprovError

_ANYBODY = 0o077


def mend(
    around: Around, *, wait: float, tell: Callable[[str], None]
) -> tuple[tuple[str, ...], tuple[Check, ...]]:
    """Mend what can be; what was mended, in words, and a check that fails for each thing that could not be.

    BusyError where a save of ocprov's takes longer than `wait` seconds.
    """
    done: list[str] = []
    failed: list[Check] = []
    for work in (_modes, lambda: _save(around, wait, tell)):
        try:
            done += work()
        except BusyError:
            raise
        except OcprovError as error:
            failed.append(Check("--fix", "fail", printable(error.message), printable(error.hint)))
        except OSError as error:
            why = f"cannot mend: {(error.strerror or '').lower()}: {printable(str(error.filename))}"
            failed.append(Check("--fix", "fail", why, "see below what is wrong there"))
    return tuple(done), tuple(failed)


def _save(around: Around, wait: float, tell: Callable[[str], None]) -> tuple[str, ...]:
    if around.server is None or around.unusable:
        return ()
    return persistence.mend(around.server, wait=wait, tell=tell)


def _modes() -> tuple[str, ...]:
    """Only the owner may look into what is his own; nothing is changed behind a link."""
    found = [at(path) for path in (state.state_dir(), Path(cache.folder() or "/nonexistent"))]
    wide = [
        place
        for place in found
        if place.kind == "directory" and place.owner == os.geteuid() and place.mode & _ANYBODY
    ]
    return tuple(map(_mended, (*wide, *folders.loose(state.state_dir()))))


def _mended(place: Place) -> str:
    mode = place.mode & ~_ANYBODY
    try:
        descriptor = os.open(place.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            os.fchmod(descriptor, mode)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise OcprovError(
            f"cannot change the mode of {place.shown}: {error.strerror}", f"look at it: ls -ld {place.quoted}"
        ) from error
    return f"{place.shown} has mode {mode:04o} now, it had {place.mode:04o}"
