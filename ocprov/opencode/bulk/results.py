"""What came of prompts that were sent in bulk: a file of results, a line each, that a later run goes on with.

Beside it, in `<results>.sent`, stands which message was about to be sent, from before it was: however a run ends, the
next one knows what it may have sent. That file is gone once every prompt that was sent has its result.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

from ocprov.core.hashed import sha256
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.lock import held
from ocprov.opencode.bulk import files as jobs_files
from ocprov.state import private_dir, state_dir

State = Literal["ok", "error", "aborted", "interrupted"]
STATES: tuple[State, ...] = get_args(State)
# What a later run goes on with by itself, and what only where that is asked for.
OPEN: frozenset[State] = frozenset(("interrupted",))
FAILED: frozenset[State] = frozenset(("error", "aborted"))

_FIRST, _FIRST_SENT = "index", "key"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a prompt; `interrupted` has no answer yet, as the run or the server ended before. `cost` in dollars.

    `merged`: the answer is that to a later prompt of the conversation too.
    """

    index: int
    key: str
    state: State
    prompt: str
    text: str = ""
    error: str = ""
    directory: str = ""
    conversation: str = ""
    message: str = ""
    model: str = ""
    cost: float = 0.0
    tokens: int = 0
    seconds: float = 0.0
    merged: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What a prompt was sent as, or was about to be."""

    key: str
    conversation: str
    message: str


class Sink(Protocol):
    """Where results go."""

    def start(self) -> None:
        """Make ready for what follows, once everything is known to be right."""

    def before(self, key: str) -> Sent | None:
        """What the prompt of that key was sent as by a run before; None where it was not."""

    def sending(self, sent: Sent) -> None:
        """Keep what is about to be sent."""

    def put(self, result: Result) -> None:
        """Keep a result."""


class Stream:
    """Results that are printed, line by line: no later run goes on with them."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def start(self) -> None:
        """Nothing."""

    def before(self, key: str) -> Sent | None:
        """None."""

    def sending(self, sent: Sent) -> None:
        """Nothing: nobody would go on with it."""

    def put(self, result: Result) -> None:
        """Print a result."""
        self._write(jobs_files.line(asdict(result)))


class Results:
    """The results in a file: of each only what it came to is kept in memory. See `kept`."""

    def __init__(self, path: Path, *, again: bool) -> None:
        self.path = path
        self.states: dict[str, State] = {}
        self._leaving = OPEN | FAILED if again else OPEN
        self._open: dict[str, Sent] = {}
        self._beside = path.with_name(f"{path.name}.sent")
        self._files: tuple[jobs_files.Appended, ...] = ()
        self._read()

    def start(self) -> None:
        """Make the files ready for more; without it nothing on the disk is touched."""
        jobs_files.mend(self.path, _FIRST)
        jobs_files.mend(self._beside, _FIRST_SENT)
        # First what was sent: a run that is killed between the two must know it.
        if self._open:
            jobs_files.put(self._beside, map(asdict, self._open.values()))
        if self._left:
            every = jobs_files.documents(self.path, _FIRST)
            jobs_files.put(self.path, (one for one in every if one["state"] not in self._leaving))
        self._files = (jobs_files.Appended(self.path), jobs_files.Appended(self._beside))

    def before(self, key: str) -> Sent | None:
        """What the prompt was sent as by a run before, without a result that stands."""
        return self._open.get(key)

    def sending(self, sent: Sent) -> None:
        """Keep what is about to be sent, on the disk."""
        self._files[1].add(asdict(sent))
        self._open[sent.key] = sent

    def put(self, result: Result) -> None:
        """Keep a result, on the disk."""
        self._files[0].add(asdict(result))
        self.states[result.key] = result.state
        self._open.pop(result.key, None)

    def count(self, keys: Iterable[str]) -> Counter[State]:
        """How many of these prompts came to what; those that have no result are not in it."""
        return Counter(self.states[key] for key in keys if key in self.states)

    def close(self) -> None:
        """End it; nothing is left beside the results where every prompt that was sent has one."""
        for file in self._files:
            file.close()
        if self._files and not self._open:
            self._beside.unlink(missing_ok=True)

    def _read(self) -> None:
        left = set()
        for document in jobs_files.documents(self.path, _FIRST):
            key, state = document.get("key"), document.get("state")
            if not isinstance(key, str) or state not in STATES:
                raise jobs_files.foreign(self.path, "a line has no key or no state")
            self.states[key] = state
            if state in self._leaving:
                left.add(key)
                self._reopen(document)
        for document in jobs_files.documents(self._beside, _FIRST_SENT):
            if document.get("key") not in self.states:
                self._reopen(document)
        self._left = bool(left)
        self.states = {key: state for key, state in self.states.items() if key not in left}

    def _reopen(self, document: dict[str, Any]) -> None:
        sent = Sent(*(str(document.get(name) or "") for name in ("key", "conversation", "message")))
        if sent.conversation and sent.message:
            self._open[sent.key] = sent


@contextmanager
def kept(path: Path, *, again: bool = False) -> Iterator[Results]:
    """The results in `path`, for this run alone; `again`: what failed is to be sent once more.

    BusyError while another run has them, ConflictError where the file is another one's; then nothing of it is touched.
    """
    if path.exists() and not path.is_file():
        raise OcprovError(
            f"{printable(str(path))} is not a plain file", "name a file, or - to print the results"
        )
    path = path.resolve()
    name = sha256(os.fsencode(path)).hexdigest()[:16]
    locks = private_dir(state_dir() / "jobs")
    with held(locks / f"{name}.lock", wait=0, blocked=lambda: None):
        found = Results(path, again=again)
        try:
            yield found
        finally:
            found.close()
