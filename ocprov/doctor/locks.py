"""Judges the locks: whether another ocprov is at work, and for how long already."""

from collections.abc import Iterator

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.doctor.check import Check

_LONG = 60


@dataclass(frozen=True, slots=True)
class Held:
    """A lock that is held now: what for, by which process (0: not known), for how many seconds."""

    name: str
    path: str
    pid: int
    seconds: int


def judge(held: tuple[Held, ...]) -> Iterator[Check]:
    """One check for each that is held, or one that all are free."""
    for lock in held:
        who = f"process {lock.pid}" if lock.pid else "a process"
        found = f"{printable(lock.name)} is held by {who} for {lock.seconds} s"
        look = f"ps -p {lock.pid} -o pid,lstart,args" if lock.pid else f"fuser {printable(lock.path)}"
        yield (
            Check("lock", "warn", found, f"see what it does: {look}")
            if lock.seconds >= _LONG
            else Check("lock", "ok", found)
        )
    if not held:
        yield Check("locks", "ok", "free")
