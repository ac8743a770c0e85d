"""One deployment as values: how to go about it, and what came of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ocprov import state
from ocprov.configfile import atomic
from ocprov.configfile.compare import Action
from ocprov.configfile.plan import Answers
from ocprov.core.value import dataclass
from ocprov.lock import held

WAIT = 60.0
BACKUPS = 5


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to `target`, or in a dry run would be; `real` is the path that was written, behind links.

    `backup` is where the replaced bytes are kept, `warnings` what a person should know besides, `link` whether a link
    is what is, or would be, there. `before` and `after` are bytes to compare, None for none or too many.
    """

    action: Action
    target: Path
    real: Path
    reason: str
    sha_old: str
    sha_new: str
    backup: Path | None = None
    warnings: tuple[str, ...] = ()
    link: bool = False
    before: bytes | None = None
    after: bytes | None = None


def _silent() -> None:
    """Say nothing while waiting for the lock."""


def _accepted(_: bytes) -> str:
    """Whatever it is, it will do."""
    return ""


@dataclass(frozen=True, slots=True)
class Manner:
    """How to go about it.

    `dry_run` writes nothing anywhere and takes no lock; `backups` are how many are kept; `wait` is for the lock, in
    seconds, and `blocked` is called when it takes long; `accept` raises for bytes that must not be deployed, and may
    have a warning.
    """

    dry_run: bool = False
    answers: Answers = Answers()
    backups: int = BACKUPS
    wait: float = WAIT
    blocked: Callable[[], None] = _silent
    accept: Callable[[bytes], str] = _accepted


@contextmanager
def locked(manner: Manner) -> Iterator[None]:
    """Be the only one that deploys on this machine; raises as `lock.held`."""
    lock = state.private_dir(state.state_dir()) / "deploy.lock"
    with ExitStack() as stack:
        with atomic.understood(lock):
            stack.enter_context(held(lock, wait=manner.wait, blocked=manner.blocked))
        yield
