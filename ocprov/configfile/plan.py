"""What a deployment comes to: a decision, and the path that it is about."""

import stat
from pathlib import Path

from ocprov.configfile import compare
from ocprov.configfile import target as targets
from ocprov.configfile.compare import Decision
from ocprov.configfile.look import Seen, is_same_file
from ocprov.configfile.record import Record
from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError

WRITES = ("create", "replace", "chmod", "restore")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a target shall hold: `data`, whose SHA-256 is `sha`, or a `link` to the file `source` that holds it.

    Without `data` it can be compared, not deployed.
    """

    source: Path
    sha: str
    data: bytes | None = None
    link: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said beforehand about an edited target, and about one behind a link out of HOME."""

    force: bool = False
    keep: bool = False
    follow: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A decision about `place`, which `seen` tells of."""

    decision: Decision
    place: Path
    seen: Seen

    @property
    def over_link(self) -> bool:
        """Whether it is about the link itself, not about the file that it leads to."""
        return bool(self.seen.leads) and self.place == self.seen.own

    @property
    def loses(self) -> bool:
        """Whether bytes would be lost without a backup: of a file, or of a link that is not ocprov's."""
        changed = self.decision.action == "restore" or self.decision.sha_old != self.decision.sha_new
        return self.seen.sha is not None and changed and not (self.over_link and self.seen.linked)


def step(wanted: Wanted, seen: Seen, known: Record, answers: Answers) -> Step:
    """Decide; OcprovError where the target is the source, or must not be written though it should be."""
    if _leads_to(wanted.source, seen):
        raise OcprovError(
            f"{printable(str(wanted.source))} is, or leads to, {printable(str(seen.own))} itself",
            "name another source: ocprov deploy --source FILE",
        )
    found = _link(wanted, seen, known) if wanted.link else _copy(wanted, seen, known)
    decision = compare.forced(found.decision) if answers.force and not _settled(found) else found.decision
    if answers.keep:
        decision = compare.accepted(decision)
        if decision.action == "create":
            raise OcprovError(f"there is nothing to keep at {found.place}", "deploy it: ocprov deploy")
    place = seen.own if decision.action == "replace" and _is_source(wanted, seen) else found.place
    made = Step(decision, place, seen)
    refuse(made, follow=answers.follow)
    return made


def refuse(made: Step, *, follow: bool) -> None:
    """OcprovError where the place must not be written."""
    if made.decision.action not in WRITES:
        return
    if not follow:
        targets.refuse_outside(made.place, made.seen.target)
    if made.seen.sha is not None and not made.over_link and not made.seen.mode & stat.S_IWUSR:
        raise OcprovError(f"{made.place} is read-only", f"if you may change it: chmod u+w {made.place}")


def _copy(wanted: Wanted, seen: Seen, known: Record) -> Step:
    old = seen.sha
    if seen.linked:
        reason = "a copy takes the place of ocprov's link"
        if known.kept(seen.own, old, wanted.sha) == "stays":
            return Step(compare.replaced(wanted.sha, old or "", None, kept="stays"), seen.own, seen)
        return Step(Decision("replace", reason, old or "", wanted.sha), seen.own, seen)
    if old is not None and _is_source(wanted, seen):
        return Step(_source_itself(wanted, old), seen.real, seen)
    kept = known.kept(seen.real, old, wanted.sha)
    recorded = known.hashes.get(str(seen.real))
    return Step(compare.decide(wanted.sha, old, recorded, seen.mode, kept=kept), seen.real, seen)


def _source_itself(wanted: Wanted, old: str) -> Decision:
    if old == wanted.sha:
        return Decision("none", "it is the source itself", old, wanted.sha)
    # To write through the link would replace the source of truth by what it comes to here.
    return Decision("conflict", "it is the source itself, which cannot be used as it is", old, wanted.sha)


def _link(wanted: Wanted, seen: Seen, known: Record) -> Step:
    return Step(_link_decision(wanted, seen, known), seen.own, seen)


def _link_decision(wanted: Wanted, seen: Seen, known: Record) -> Decision:
    new, old = wanted.sha, seen.sha or ""
    if seen.leads and is_same_file(wanted.source, seen.own):
        return Decision("none", "it leads to the source", old, new)
    if seen.linked:
        return Decision("replace", "ocprov's link leads to another file", old, new)
    if seen.leads:
        return Decision("conflict", f"it is a link to {printable(seen.leads)}", old, new)
    if seen.sha is None:
        return Decision("create", "there is no file yet", "", new)
    if old == new:
        return Decision("replace", "a link to the source takes the place of the same bytes", old, new)
    kept = known.kept(seen.own, old, new)
    return compare.replaced(new, old, known.hashes.get(str(seen.own)), kept=kept)


def _settled(found: Step) -> bool:
    """Whether nothing differs, so that there is nothing to force."""
    decision = found.decision
    return decision.action in ("none", "adopt", "chmod") and decision.sha_old == decision.sha_new


def _is_source(wanted: Wanted, seen: Seen) -> bool:
    return is_same_file(wanted.source, seen.real)


def _leads_to(source: Path, seen: Seen) -> bool:
    """Whether the source is the target, or a link to it: linking back would be a loop, and a copy its own backup."""
    return not seen.leads and seen.sha is not None and source.resolve() == seen.own
