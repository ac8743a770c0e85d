"""Going back to what a file held before, from the backups beside it."""

from pathlib import Path

from ocprov.configfile import atomic, backup, plan, record
from ocprov.configfile import target as targets
from ocprov.configfile.change import Change, Manner, locked
from ocprov.configfile.compare import ANYONE_WRITES, Decision
from ocprov.configfile.install import exchange, is_ours
from ocprov.configfile.look import LARGEST, Seen, digest, look
from ocprov.configfile.plan import Step
from ocprov.configfile.record import Record
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError


@dataclass(frozen=True, slots=True)
class _Back:
    """A step back to the backup `copy`, which holds `data` (None: too much to be shown)."""

    step: Step
    copy: Path
    data: bytes | None
    known: Record


def rollback(target: Path, number: int, manner: Manner) -> Change:
    """Put the `number`th newest backup (from 1) in the place of the file, which is backed up itself.

    It stays until the source changes, as if it had been kept. Raises as `install.deploy`, and where there is no such
    backup.
    """
    back = _planned(target, number, manner)
    if manner.dry_run or back.step.decision.action == "none":
        return _told(back, None)
    with locked(manner):
        back = _planned(target, number, manner)
        change = _told(back, None)
        return _told(back, _restore(back, manner)) if change.action == "restore" else change


def _planned(target: Path, number: int, manner: Manner) -> _Back:
    targets.refuse_sudo()
    known = record.read()
    seen = look(target, known)
    chosen = _chosen(seen.place, number)
    try:
        data = atomic.read(chosen) if chosen.stat().st_size <= LARGEST else None
        new = digest(chosen)
    except OSError as error:
        raise targets.unreadable(chosen, error) from error
    if new is None:
        raise OcprovError(f"{chosen} is gone", "run it again")
    same = new == seen.sha and not seen.linked
    action, reason = ("none", "it holds the same") if same else ("restore", f"from {chosen.name}")
    step = Step(_decision(action, reason, seen, new), seen.place, seen)
    plan.refuse(step, follow=manner.answers.follow)
    return _Back(step, chosen, data, known)


def _decision(action: str, reason: str, seen: Seen, new: str) -> Decision:
    return Decision("none" if action == "none" else "restore", reason, seen.sha or "", new)


def _chosen(place: Path, number: int) -> Path:
    try:
        there = backup.of(place)
    except FileNotFoundError:
        there = []
    except OSError as error:
        raise targets.unreadable(place.parent, error) from error
    if not there:
        raise OcprovError(f"there is no backup of {place}", "ocprov makes one each time it replaces the file")
    if number > len(there):
        hint = f"the oldest is: ocprov deploy --rollback {len(there)}; see: ls -l {place.parent}"
        raise OcprovError(f"there is no backup {number} of {place}, but {len(there)}", hint)
    return there[number - 1]


def _restore(back: _Back, manner: Manner) -> Path | None:
    """Record it first: a run that is killed in between then leaves either state as one that is known."""
    step, seen = back.step, back.step.seen
    fresh = seen.sha is None or seen.linked
    mode = targets.NEW_MODE if fresh else seen.mode & ~ANYONE_WRITES
    with atomic.understood(step.place):
        atomic.remove_leftovers(step.place.parent)
    entries = _entries(back)
    record.write(entries)
    copy = exchange(
        step,
        lambda new: atomic.fill_new(new, atomic.chunks(back.copy), mode),
        Record(entries),
        ours=is_ours(step, back.known),
    )
    with atomic.understood(step.place, f"it is restored; look at its old backups: ls -l {step.place.parent}"):
        backup.prune(step.place, manner.backups)
    return copy


def _entries(back: _Back) -> dict[str, str]:
    known, place, new = back.known, back.step.place, back.step.decision.sha_new
    # Of a file that is gone the record still knows what was wanted there.
    old = back.step.decision.sha_old or known.hashes.get(str(place), "")
    # A record that was lost tells of no person's work.
    ours = place in known.places and not known.edited(back.copy)
    return record.accepted(known, place, new, old, ours=ours)


def _told(back: _Back, copy: Path | None) -> Change:
    decision, seen = back.step.decision, back.step.seen
    warnings = (back.known.warning,) if back.known.warning else ()
    return Change(
        decision.action, seen.target, back.step.place, decision.reason, decision.sha_old, decision.sha_new,
        copy, warnings, link=False, before=seen.data, after=back.data,
    )  # fmt: skip
