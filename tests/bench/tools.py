"""The tools that are compared, and how each is told to bring the session up."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from tests.bench.files import COMMAND, SESSION
from tests.bench.place import Place
from tests.bench.run import Command

# One message from a client to the server carries about 16 kB.
_MOST_ARGUMENTS = 15_000


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool; `kept` ones start with the cache that an earlier run filled, the others with a fresh HOME.

    `ours` is ocprov's own command, a `peer` somebody else's.
    """

    name: str
    title: str
    command: Callable[[Place, int], Command]
    kept: bool = False
    peer: bool = False
    ours: bool = False


def script(name: str) -> str:
    """The path of a console script of the interpreter that runs the benchmark."""
    return str(Path(sys.executable).parent / name)


def floor(at: Place, windows: int) -> Command:
    """One client that makes the windows and types the commands; by arguments, or above their limit by stdin."""
    chain = list(_chain(windows))
    arguments = [word for command in chain for word in (*command, ";")][:-1]
    if sum(map(len, arguments)) < _MOST_ARGUMENTS:
        return Command(("tmux", *arguments))
    line = " ; ".join(" ".join(f"'{word}'" for word in command) for command in chain)
    return Command(("tmux", "start-server", ";", "source-file", "-"), f"{line}\n")


def _chain(windows: int) -> Iterator[tuple[str, ...]]:
    yield ("new-session", "-d", "-s", SESSION, "-n", "w0", "-x", "200", "-y", "50")
    for number in range(windows):
        if number:
            yield ("new-window", "-d", "-t", f"{SESSION}:", "-n", f"w{number}")
        yield ("send-keys", "-t", f"={SESSION}:=w{number}", COMMAND, "Enter")


def up(*layouts: str) -> Command:
    """`ocprov up`, as installed beside the interpreter that runs the benchmark."""
    return Command((script("ocprov"), "up", "-d", *layouts))


def _up(at: Place, windows: int) -> Command:
    return up("bench")


def bare(at: Place, windows: int) -> Command:
    """The least that an interpreter costs."""
    return Command((sys.executable, "-c", "pass"))


def key(session: str) -> Command:
    """What a key does: one client, where tmux itself would need none; `run-shell` is for a session that is not up."""
    there = f"#{{m:*|{session}|*,|#{{S:#{{session_name}}|}}}}"
    return Command(
        ("tmux", "if-shell", "-F", there, f"switch-client -t '={session}'", "run-shell -b 'ocprov up bench'")
    )


def _key(at: Place, windows: int) -> Command:
    return key(SESSION)


def _tmuxp(workspace: str) -> Callable[[Place, int], Command]:
    def load(at: Place, windows: int) -> Command:
        return Command((script("tmuxp"), "load", "-d", "--no-progress", str(at.root / workspace)))

    return load


def _tmuxinator(at: Place, windows: int) -> Command:
    return Command(("tmuxinator", "start", "bench", "--no-attach", "--suppress-tmux-version-warning"))


def _smug(at: Place, windows: int) -> Command:
    return Command(("smug", "start", "bench", "--detach"))


FLOOR = Tool("floor", "one tmux client", floor)
CACHED = Tool("cached", "ocprov up, cached", _up, kept=True, ours=True)
COLD = Tool("cold", "ocprov up, empty cache", _up, ours=True)
BATCH = Tool("batch", "tmuxp load, builder: ocprov", _tmuxp("bench-batch.yaml"))
PEERS = (
    Tool("tmuxp", "tmuxp load", _tmuxp("bench.yaml"), peer=True),
    Tool("tmuxinator", "tmuxinator", _tmuxinator, peer=True),
    Tool("smug", "smug", _smug, peer=True),
)
BARE = Tool("bare", "python -c pass", bare)
KEY = Tool("key", "a tmux key (one client)", _key)
AGAIN = Tool("again", "ocprov up", _up, ours=True)
STATUS = Command((script("ocprov"), "status"))


def _ocprov(*arguments: str) -> Callable[[Place, int], Command]:
    return lambda at, windows: Command((script("ocprov"), *arguments))


def _tab(line: str) -> Callable[[Place, int], Command]:
    """What bash runs when Tab is pressed behind that line."""
    asked = ("env", "_OCPROV_COMPLETE=bash_complete", f"_OCPROV_LINE={line}", "_OCPROV_BREAKS=:=")
    return lambda at, windows: Command((*asked, script("ocprov")))


ANSWERS = (
    Tool("status", "ocprov status", _ocprov("status"), ours=True),
    Tool("plan", "ocprov plan", _ocprov("plan", "bench"), ours=True),
    Tool("ls", "ocprov ls", _ocprov("ls"), ours=True),
    Tool("tab command", "Tab: a command", _tab("ocprov sta"), ours=True),
    Tool("tab layout", "Tab: a layout", _tab("ocprov up be"), ours=True),
    Tool("tab window", "Tab: a window", _tab("ocprov up bench:w"), ours=True),
    Tool("tab session", "Tab: a live session", _tab("ocprov attach "), ours=True),
)


def building() -> tuple[Tool, ...]:
    """The tools that are there to build a session; the floor is the first."""
    entries = entry_points(group="tmuxp.workspace_builders")
    batch = (BATCH,) if "ocprov" in entries.names else ()
    return (FLOOR, CACHED, COLD, *batch, *_peers())


def again() -> tuple[Tool, ...]:
    """The tools that are there to find a session up; a bare interpreter is the first."""
    return (BARE, KEY, AGAIN, *_peers())


def answers() -> tuple[Tool, ...]:
    """What only answers; a bare interpreter is the first."""
    return (BARE, *ANSWERS)


def _peers() -> tuple[Tool, ...]:
    missing = {name for name in ("tmuxinator", "smug") if not shutil.which(name)}
    return tuple(tool for tool in PEERS if tool.name not in missing)
