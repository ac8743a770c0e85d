"""Doing what was decided about the files of a request: all new bytes are on the disk before the first file changes."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ocprov import state
from ocprov.configfile import atomic
from ocprov.configfile.compare import sha
from ocprov.configfile.look import digest
from ocprov.core.value import dataclass, replace
from ocprov.errors import ConflictError, OcprovError
from ocprov.fleet import manifest
from ocprov.fleet.files import Step
from ocprov.fleet.manifest import Known


@dataclass(frozen=True, slots=True)
class Done:
    """The steps that were done; why not all, at which of them. Without that one all were done, and it is not recorded."""

    steps: tuple[Step, ...]
    failure: OcprovError | None = None
    failed: Step | None = None


def put(steps: Sequence[Step], known: Known) -> Done:
    """Do them; a lock keeps others away. A full disk is found out before anything changes.

    OcprovError, and nothing is touched, where not all of it can be written.
    """
    work = [step for step in steps if step.action != "none"]
    _remove_leftovers(steps)
    with _staged([step for step in work if step.writes]) as fresh:
        for step in work:
            _require_unchanged(step)
        manifest.write(_placing(work, known))
        done = _swapped(work, fresh)
    try:
        manifest.write(_placed(done.steps, manifest.read()))
    except OcprovError as error:
        return replace(done, failure=done.failure or error)
    return done


def _remove_leftovers(steps: Sequence[Step]) -> None:
    """Remove what a killed run left beside files of the request, also where these are as asked by now."""
    for folder in dict.fromkeys(step.place.parent for step in steps if step.action != "forget"):
        with atomic.understood(folder):
            atomic.remove_leftovers(folder)


def _swapped(work: Sequence[Step], fresh: dict[str, Path]) -> Done:
    done: list[Step] = []
    for step in work:
        try:
            with atomic.understood(step.place):
                _do(step, fresh.get(step.name))
        except OcprovError as error:
            return Done(tuple(done), error, step)
        done.append(step)
    return Done(tuple(done))


def _do(step: Step, fresh: Path | None) -> None:
    if fresh is not None:
        fresh.replace(step.place)
        atomic.sync(step.place.parent)
    elif step.action == "chmod":
        step.place.chmod(step.mode)
    elif step.action == "remove":
        step.place.unlink()
        _remove_empty(step.place.parent)


def _remove_empty(folder: Path) -> None:
    """Folders that hold nothing any more go too, but for the directory itself and what is in it."""
    root = state.config_dir()
    while folder.parent != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


class _staged:  # noqa: N801 # read as words: with _staged(…)
    """The new bytes of each file beside its place, by name; whatever is left of that when the block ends is removed."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = steps
        self._fresh: dict[str, Path] = {}
        self._folders: list[Path] = []

    def __enter__(self) -> dict[str, Path]:
        try:
            for folder in dict.fromkeys(step.place.parent for step in self._steps):
                self._make(folder)
            for step in self._steps:
                self._write(step)
        except BaseException:  # also of Ctrl-C
            self._clean()
            raise
        return self._fresh

    def __exit__(self, *_: object) -> None:
        self._clean()

    def _make(self, folder: Path) -> None:
        self._folders += [part for part in (folder, *folder.parents) if not part.exists()]
        state.private_dir(folder)

    def _write(self, step: Step) -> None:
        fresh = self._fresh[step.name] = atomic.beside(step.place)
        with atomic.understood(step.place):
            atomic.write_new(fresh, step.data, step.mode)

    def _clean(self) -> None:
        for path in self._fresh.values():
            with suppress(FileNotFoundError):
                path.unlink()
        for folder in sorted(self._folders, reverse=True):
            with suppress(OSError):  # it holds what was put there
                folder.rmdir()


def _require_unchanged(step: Step) -> None:
    """ConflictError where a file that is to be written or removed is no longer what the decision was about."""
    if step.action not in ("create", "replace", "remove"):
        return  # what is forgotten may be anything by now
    with atomic.understood(step.place):
        now = digest(step.place) or ""
    if now != step.old:
        raise ConflictError(f"{step.place} changed meanwhile", "nothing was touched; run it again")


def _placing(work: Sequence[Step], known: Known) -> Known:
    """What to know while it is done: of each file what was there, if that was ours, and what will be."""
    made = {**known}
    for step in work:
        if step.writes:
            ours = (step.old,) if step.old in known.get(step.name, ()) else ()
            made[step.name] = (*ours, sha(step.data))
    return made


def _placed(done: Sequence[Step], known: Known) -> Known:
    gone = {step.name for step in done if step.action in ("remove", "forget")}
    ours = {step.name: (sha(step.data),) for step in done if step.name not in gone}
    return {name: hashes for name, hashes in {**known, **ours}.items() if name not in gone}
