"""Putting a config file in its place: find, decide, write, record."""

from collections.abc import Callable
from pathlib import Path

from ocprov import state
from ocprov.configfile import atomic, backup, plan, record
from ocprov.configfile import target as targets
from ocprov.configfile.change import Change, Manner, locked
from ocprov.configfile.compare import ANYONE_WRITES
from ocprov.configfile.look import look
from ocprov.configfile.plan import Answers, Step, Wanted
from ocprov.configfile.record import Record
from ocprov.core.value import replace
from ocprov.errors import ConflictError


def deploy(wanted: Wanted, target: Path, manner: Manner) -> Change:
    """Make `target` what is wanted, unless a person's work is in the way (action `conflict`).

    What is there already is never written again, and no lock is taken for it.
    Raises OcprovError when the target cannot be used, BusyError when the lock was held for too long.
    """
    # All is looked at before a lock and its directory are made, perhaps in somebody else's home.
    known, first = _planned(wanted, target, manner)
    warnings = _warned(first, wanted, manner)
    if manner.dry_run or not _work(first):
        return _told(wanted, first, known, warnings)
    with locked(manner):
        known, found = _planned(wanted, target, manner)
        if found.decision.action != first.decision.action:
            warnings = _warned(found, wanted, manner)
        copy = _apply(found, wanted, known, manner)
    return replace(_told(wanted, found, known, warnings), backup=copy)


def settled(wanted: Wanted, target: Path, answers: Answers) -> Change | None:
    """What `deploy` would answer where it has nothing to do at all, else None; nothing but the target is read."""
    known, found = _planned(wanted, target, Manner(answers=answers))
    done = found.decision.action == "none" and not _work(found) and not known.warning
    return _told(wanted, found, known, ()) if done else None


def _planned(wanted: Wanted, target: Path, manner: Manner) -> tuple[Record, Step]:
    targets.refuse_sudo()
    known = record.read()
    return known, plan.step(wanted, look(target, known), known, manner.answers)


def _work(found: Step) -> bool:
    """Whether there is anything to write, if only what a killed run left to remove."""
    return found.decision.action not in ("none", "conflict") or any(map(atomic.leftovers, _folders(found)))


def _folders(found: Step) -> tuple[Path, Path]:
    """Where a killed run may have left something."""
    return found.place.parent, record.path().parent


def _warned(found: Step, wanted: Wanted, manner: Manner) -> tuple[str, ...]:
    """What is to be said of a file that is, or would be, written; raises where it must not be."""
    if found.decision.action not in ("create", "replace"):
        return ()
    said = [manner.accept(wanted.data or b"")]
    if found.seen.twins and not found.over_link:
        said.append(f"{found.place} has another hard link, which keeps the old bytes")
    return tuple(text for text in said if text)


def _told(wanted: Wanted, found: Step, known: Record, warnings: tuple[str, ...]) -> Change:
    decision, seen = found.decision, found.seen
    said = (known.warning, *warnings) if known.warning else warnings
    link = (
        wanted.link
        if decision.action in ("create", "replace")
        else bool(seen.leads and found.place == seen.own)
    )
    return Change(
        decision.action, seen.target, found.place, decision.reason, decision.sha_old, decision.sha_new,
        None, said, link, seen.data, wanted.data,
    )  # fmt: skip


def _apply(found: Step, wanted: Wanted, known: Record, manner: Manner) -> Path | None:
    """Do what was decided, then record it; the backup's path when there is one.

    The record comes last: a kill before it leaves equal bytes, which the next run adopts.
    """
    place, decision = found.place, found.decision
    if decision.action == "create":
        state.private_dir(place.parent)
    with atomic.understood(place):
        for folder in _folders(found):
            atomic.remove_leftovers(folder)
        if decision.action == "chmod":
            place.chmod(found.seen.mode & ~ANYONE_WRITES)
    copy = _write(found, wanted, known) if decision.action in ("create", "replace") else None
    _remember(found, wanted, known, copy)
    if copy:
        with atomic.understood(
            place, f"the new file is in place; look at its old backups: ls -l {place.parent}"
        ):
            backup.prune(place, manner.backups)
    return copy


def _write(found: Step, wanted: Wanted, known: Record) -> Path | None:
    """Replace what is there, so that links to it and its mode stay; keep what it held."""
    seen = found.seen
    fresh = seen.sha is None or found.over_link
    mode = targets.NEW_MODE if fresh else seen.mode & ~ANYONE_WRITES

    ours = is_ours(found, known)
    if wanted.link:
        known = Record(record.linking(known, found.place, str(wanted.source)))
        record.write(known.hashes)

    def make(new: Path) -> None:
        if wanted.link:
            new.symlink_to(wanted.source)
        else:
            atomic.write_new(new, wanted.data or b"", mode)

    return exchange(found, make, known, ours=ours)


def is_ours(found: Step, known: Record) -> bool:
    """Whether what is there is what ocprov deployed, and no person's work."""
    return known.hashes.get(str(found.place)) == found.decision.sha_old


def exchange(found: Step, make: Callable[[Path], None], known: Record, *, ours: bool) -> Path | None:
    """Put what `make` writes at the place, with a backup, whose path this is, where bytes would be lost.

    That one is not `ours` is recorded before the exchange, so that a kill in between does not make it so.
    Raises ConflictError when the place changed meanwhile, OcprovError when it cannot be written.
    """
    copy = None
    with atomic.understood(found.place):
        if found.loses:
            copy = backup.keep(found.place, found.seen.data)
    try:
        if copy and not ours:
            record.write(known.hashes, copy)
        atomic.swap(found.place, make, lambda: found.seen.still(found.place))
    except BaseException as error:  # also of Ctrl-C: no backup stays of what was not replaced
        with atomic.understood(found.place):
            if copy and (isinstance(error, ConflictError) or found.seen.still(found.place)):
                copy.unlink(missing_ok=True)  # nothing was replaced
        raise
    return copy


def _remember(found: Step, wanted: Wanted, known: Record, copy: Path | None) -> None:
    decision, place = found.decision, found.place
    if decision.action in ("none", "conflict"):
        return
    ours = is_ours(found, known)
    if decision.action == "keep":
        record.write(record.accepted(known, place, decision.sha_old, decision.sha_new, ours=ours))
        return
    leads = str(wanted.source) if wanted.link and decision.action in ("create", "replace") else ""
    record.write(record.deployed(known, place, decision.sha_new, leads), None if ours else copy)
