"""Putting a config file in its place: find, decide, write, record."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ocprov import state
from ocprov.configfile import atomic, backup, record
from ocprov.configfile import target as targets
from ocprov.configfile.compare import ANYONE_WRITES, Action, Decision, decide
from ocprov.errors import OcprovError
from ocprov.lock import held

WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to `target`, or with `dry_run` would be; `real` is where it leads through links.

    `backup` is where the replaced bytes are kept, `warning` what a person should know besides.
    """

    action: Action
    target: Path
    real: Path
    reason: str
    sha_old: str
    sha_new: str
    backup: Path | None = None
    warning: str = ""


def _silent() -> None:
    """Say nothing while waiting for the lock."""


def deploy(
    source: Path,
    target: Path,
    *,
    dry_run: bool,
    wait: float = WAIT,
    blocked: Callable[[], None] = _silent,
) -> Change:
    """Make `target` hold the bytes of `source`, unless a person's work is in the way (action `conflict`).

    Equal bytes are never written again. A dry run writes nothing anywhere and takes no lock.
    Raises OcprovError when source or target cannot be used, BusyError after `wait` seconds for the lock.
    """
    data = _source(source)
    targets.find(target)  # refused before the state directory is made, perhaps in somebody else's home
    with ExitStack() as stack:
        if not dry_run:
            lock = state.private_dir(state.state_dir()) / "deploy.lock"
            stack.enter_context(held(lock, wait=wait, blocked=blocked))
        found = targets.find(target)
        known = record.read()
        decision = decide(data, found.data, known.hashes.get(str(found.real)), found.mode)
        kept = None if dry_run else _apply(decision, data, found, known)
    return Change(
        decision.action,
        target,
        found.real,
        decision.reason,
        decision.sha_old,
        decision.sha_new,
        kept,
        known.warning,
    )


def _source(source: Path) -> bytes:
    """The bytes to deploy: TOML in UTF-8, for one broken file stops every ocmonitor command."""
    import tomllib

    if source.exists() and not source.is_file():
        raise OcprovError(f"{source} is not a file", "name a TOML file: ocprov deploy --source FILE")
    try:
        data = source.read_bytes()
        tomllib.loads(data.decode())
    except OSError as error:
        raise OcprovError(f"cannot read {source}: {error.strerror}", f"look at it: ls -l {source}") from error
    except ValueError as error:
        raise OcprovError(f"{source} is not TOML: {error}", "correct it; nothing was touched") from error
    return data


def _apply(decision: Decision, data: bytes, found: targets.Found, known: record.Record) -> Path | None:
    """Do what was decided, then record it; the backup's path when there is one."""
    kept = None
    if decision.action == "create":
        state.private_dir(found.real.parent)
    if decision.action in ("create", "replace"):
        kept = _write(data, found)
    if decision.action == "chmod":
        with atomic.understood(found.real):
            found.real.chmod(found.mode & ~ANYONE_WRITES)
    if decision.action not in ("none", "conflict"):
        _remember(found.real, decision.sha_new, known)
    return kept


def _write(data: bytes, found: targets.Found) -> Path | None:
    """Replace the real file, so that links to it and its mode stay; keep what it held."""
    with atomic.understood(found.real):
        atomic.remove_leftovers(found.real.parent)
        copy = None if found.data is None else backup.keep(found.real, found.data)
    atomic.replace(found.real, data, mode=found.mode & ~ANYONE_WRITES, expected=found.data)
    return copy


def _remember(real: Path, sha: str, known: record.Record) -> None:
    """Write the record last: a kill before it leaves equal bytes, which the next run adopts."""
    path = record.path()
    text = record.text({**known.hashes, str(real): sha})
    with atomic.understood(path):
        atomic.remove_leftovers(path.parent)
        old = atomic.read(path)
    atomic.replace(path, text, mode=0o600, expected=old)
