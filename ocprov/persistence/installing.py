"""The files of services, installed and removed; never over another's."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ocprov.configfile import atomic, target
from ocprov.errors import ConflictError, OcprovError
from ocprov.lock import held
from ocprov.persistence import service
from ocprov.persistence.edit import Action, Edit, apply
from ocprov.persistence.units import Unit
from ocprov.state import private_dir, state_dir

WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Done:
    """What was done to a unit's file, or with a dry run would be; `before` is what it held, empty for nothing."""

    action: Action
    path: Path
    before: str = ""


@dataclass(frozen=True, slots=True)
class _Step:
    """What is to be done to a unit's file, and what that comes to with its link."""

    edit: Edit
    link: Path | None
    done: Done


def _silent() -> None:
    """Say nothing while waiting for the lock."""


def install(
    units: Sequence[Unit],
    *,
    dry_run: bool = False,
    wait: float = WAIT,
    blocked: Callable[[], None] = _silent,
) -> list[Done]:
    """Write the files and their links; ConflictError, and nothing touched, where another's is in the way.

    Raises OcprovError where one cannot be looked at or written, BusyError after `wait` seconds for the lock.
    """
    return _all(lambda: [_step(unit, unit.text.encode()) for unit in units], dry_run, wait, blocked)


def uninstall(
    units: Sequence[Unit],
    *,
    dry_run: bool = False,
    wait: float = WAIT,
    blocked: Callable[[], None] = _silent,
) -> list[Done]:
    """Remove the files and their links. Raises as `install`."""
    return _all(lambda: [_step(unit, None) for unit in units], dry_run, wait, blocked)


def _all(
    planned: Callable[[], list[_Step]], dry_run: bool, wait: float, blocked: Callable[[], None]
) -> list[Done]:
    """Do what is planned. It is planned again under the lock, which is taken only where there is work."""
    steps = planned()
    if not dry_run and any(step.done.action != "none" for step in steps):
        # The lock of `deploy`, for the sake of the temporary files.
        with held(private_dir(state_dir()) / "deploy.lock", wait=wait, blocked=blocked):
            steps = planned()
            for step in steps:
                _do(step)
    return [step.done for step in steps]


def _step(unit: Unit, data: bytes | None) -> _Step:
    if os.path.islink(unit.path) or os.path.isdir(unit.path):  # noqa: PTH112, PTH114 # Path's raise where these say no
        raise _in_the_way(unit.path)
    found = target.find(unit.path)
    if found.data is not None and not any(
        service.MARK.encode() in line for line in found.data.split(b"\n")[:2]
    ):
        raise _in_the_way(unit.path)
    edit = Edit(unit.path, replace(found, mode=target.NEW_MODE), data, kept=False)
    linked = _linked(unit)
    action = edit.action
    if data is None and linked:
        action = "remove"
    elif action == "none" and data and (found.mode != target.NEW_MODE or (unit.link and not linked)):
        action = "replace"
    return _Step(edit, unit.link, Done(action, unit.path, (found.data or b"").decode(errors="replace")))


def _linked(unit: Unit) -> bool:
    """Whether its link is there; ConflictError where something else is in its place."""
    if unit.link is None:
        return False
    try:
        unit.link.lstat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise OcprovError(
            f"cannot look at {unit.link}: {error.strerror}", f"look at it: ls -ld {unit.link.parent}"
        ) from error
    if not unit.link.is_symlink() or os.path.realpath(unit.link) != os.path.realpath(unit.path):
        raise _in_the_way(unit.link)
    return True


def _in_the_way(path: Path) -> ConflictError:
    return ConflictError(
        f"{path} is in the way: ocprov did not write it", f"nothing was touched; look at it: ls -l {path}"
    )


def _do(step: _Step) -> None:
    """The link is never there without its file."""
    edit, link = step.edit, step.link
    if edit.data is None and link:
        with atomic.understood(link):
            link.unlink(missing_ok=True)
    apply(edit)
    if edit.data is None:
        return
    with atomic.understood(edit.path):
        edit.path.chmod(edit.found.mode)
    if link and not link.is_symlink():
        private_dir(link.parent)
        with atomic.understood(link):
            link.symlink_to(edit.path)
