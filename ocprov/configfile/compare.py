"""What to do with a target file, decided from bytes alone."""

import hashlib
from dataclasses import dataclass
from typing import Literal

Action = Literal["create", "replace", "adopt", "chmod", "none", "conflict"]

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
    return hashlib.sha256(data).hexdigest()


def decide(source: bytes, target: bytes | None, recorded: str | None, mode: int = 0o600) -> Decision:
    """Compare what is wanted with what is there (None: nothing) and with the hash that was deployed last."""
    new = sha(source)
    if target is None:
        return Decision("create", "there is no file yet", "", new)
    old = sha(target)
    if old != new:
        return _replace_or_conflict(old, new, recorded)
    if mode & ANYONE_WRITES:
        return Decision("chmod", "any user of this machine could write to it", old, new)
    if recorded != new:
        return Decision("adopt", "the same bytes are there already", old, new)
    return Decision("none", "it is as deployed", old, new)


def _replace_or_conflict(old: str, new: str, recorded: str | None) -> Decision:
    if recorded == old:
        return Decision("replace", "it was not edited since ocprov deployed it", old, new)
    if recorded is None:
        return Decision("conflict", "ocprov did not put it there", old, new)
    return Decision("conflict", "it was edited since ocprov deployed it", old, new)
