"""What to do with a target file, decided from hashes alone."""

from typing import Literal

from ocprov.core.hashed import sha256
from ocprov.core.value import dataclass, replace

# `keep` records a person's version as accepted, `restore` brings a backup back.
Action = Literal["create", "replace", "adopt", "chmod", "none", "conflict", "keep", "restore"]
# What a person said of the file that is there: that it stays while the same is wanted; that it stayed before.
Kept = Literal["", "stays", "stayed"]

ANYONE_WRITES = 0o002


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do and why; the hashes are SHA-256 in hex, `sha_old` empty where there is no target."""

    action: Action
    reason: str
    sha_old: str
    sha_new: str


def sha(data: bytes) -> str:
    """SHA-256 of `data`, in hex."""
    return sha256(data).hexdigest()


def decide(
    new: str, old: str | None, recorded: str | None, mode: int = 0o600, *, kept: Kept = ""
) -> Decision:
    """Compare the hash of what is wanted with that of what is there (None: nothing), and with the one recorded.

    Of equal bytes only the mode
    can be wrong: when any user may write. To open the file for readers is its owner's choice.
    """
    if old is None:
        return Decision("create", "there is no file yet", "", new)
    if old != new:
        return replaced(new, old, recorded, kept=kept)
    if mode & ANYONE_WRITES:
        return Decision("chmod", "any user of this machine could write to it", old, new)
    if recorded != new:
        return Decision("adopt", "the same bytes are there already", old, new)
    return Decision("none", "it is as deployed", old, new)


def replaced(new: str, old: str, recorded: str | None, *, kept: Kept) -> Decision:
    """The decision about a file with other bytes than wanted."""
    if kept == "stays":
        return Decision("none", "it is kept as it is until the source changes", old, new)
    if recorded == old:
        return Decision("replace", "it was not edited since ocprov deployed it", old, new)
    if kept == "stayed":
        return Decision("conflict", "it was kept, and it or the source changed since", old, new)
    if recorded is None:
        return Decision("conflict", "ocprov did not put it there", old, new)
    return Decision("conflict", "it was edited since ocprov deployed it", old, new)


def forced(decision: Decision) -> Decision:
    """The decision when whatever is there gives way."""
    if decision.sha_old == decision.sha_new or decision.action == "create":
        return decision
    return replace(decision, action="replace", reason=f"forced; {decision.reason}")


def accepted(decision: Decision) -> Decision:
    """The decision when what is there stays, and is recorded as accepted."""
    if decision.action not in ("conflict", "replace"):
        return decision
    return replace(decision, action="keep", reason="it is kept as it is until the source changes")
