"""Export ocmonitor's reports: a directory for each day, with whole files only."""

import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from ocprov import state
from ocprov.configfile import atomic
from ocprov.core.value import dataclass
from ocprov.errors import ConflictError, OcprovError
from ocprov.lock import held
from ocprov.watch import ocmonitor, reports, retention
from ocprov.watch.retention import MARKER

_WORDS = b"ocprov export made this directory and removes it when it is old, unless you put a file into it.\n"


@dataclass(frozen=True, slots=True)
class Exported:
    """The files of an export and the directories that were removed for their age."""

    directory: Path
    files: tuple[Path, ...]
    removed: tuple[Path, ...]


def gather(names: Sequence[str], formats: Sequence[str], *, patience: float) -> dict[str, bytes]:
    """Each file's name with what belongs into it; OcprovError when ocmonitor does not tell one report."""
    answers = ocmonitor.ask([(name,) for name in names], patience=patience)
    files: dict[str, bytes] = {}
    for name, answer in zip(names, answers, strict=True):
        try:
            reports.checked(name, answer)
        except ValueError as error:
            raise OcprovError(
                f"ocmonitor answers with something else: {name}: {error}", f"ocmonitor {name} -f json"
            ) from error
        files |= {f"{name}.{kind}": reports.FORMATS[kind](name, answer).encode() for kind in formats}
    return files


def put(
    files: Mapping[str, bytes],
    root: Path,
    today: date,
    *,
    keep: int,
    wait: float,
    blocked: Callable[[], None],
) -> Exported:
    """Put the files into `root/YYYY-MM-DD`, then remove older days but for `keep`; 0 keeps all.

    Raises ConflictError where somebody else's files have their names, OcprovError when they cannot be written:
    then nothing of them is there, and all that was is.
    """
    place = root / today.isoformat()
    lock = state.private_dir(state.state_dir() / "lock") / "export.lock"
    with held(lock, wait=wait, blocked=blocked), atomic.understood(place):
        root.mkdir(parents=True, exist_ok=True)
        retention.sweep(root)
        _require_ours(place, files)
        _put(place, files)
        removed = retention.forget(root, keep, but=place)
    return Exported(place, tuple(place / name for name in files), tuple(removed))


def put_file(path: Path, data: bytes) -> None:
    """Put one file in its place, whole; OcprovError when that cannot be."""
    beside = path.with_name(f"{atomic.TEMPORARY}{secrets.token_hex(4)}")
    with atomic.understood(path):
        try:
            atomic.write_new(beside, data, 0o600)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def _require_ours(place: Path, names: Iterable[str]) -> None:
    """The marker tells whose the files of a day are; what is no plain file was never ours."""
    ours = (place / MARKER).is_file()
    for name in names:
        path = place / name
        if os.path.lexists(path) and not (ours and path.is_file() and not path.is_symlink()):
            raise ConflictError(
                f"{path} is not of ocprov export: it stays as it is",
                "nothing was changed; move it away, or export somewhere else: ocprov export --to DIR",
            )


def _put(place: Path, files: Mapping[str, bytes]) -> None:
    """All are written before the first takes its name: the disk may be full."""
    made = place.with_name(f"{retention.TEMPORARY}{secrets.token_hex(4)}")
    made.mkdir(mode=0o700)
    try:
        for name, data in {**files, MARKER: _WORDS}.items():
            atomic.write_new(made / name, data, 0o600)
        if not os.path.lexists(place):
            made.rename(place)
            return
        for name in (MARKER, *files):
            (made / name).replace(place / name)
    finally:
        retention.remove(made)
