"""What a tool finds: nothing, a full cache, a session that is up, or many."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.bench import files
from tests.bench.place import PATIENCE, Place, place
from tests.bench.run import timed
from tests.bench.tools import up

Setting = Callable[[Path, int, Path | None], AbstractContextManager[Place]]

WINDOWS = 6  # of each of many sessions


def empty(root: Path, windows: int, front: Path | None = None) -> AbstractContextManager[Place]:
    """Nothing but the declarations."""
    return place(root, windows, front)


@contextmanager
def filled(root: Path, windows: int, front: Path | None = None) -> Iterator[Place]:
    """No server runs, but ocprov brought the session up before."""
    with place(root, windows, front) as at:
        bring_up(at, "bench")
        at.end()
        yield at


@contextmanager
def live(root: Path, windows: int, front: Path | None = None) -> Iterator[Place]:
    """The session is up, and somebody is attached to another one."""
    with place(root, windows, front) as at:
        bring_up(at, "bench")
        with _attached(at):
            yield at


@contextmanager
def many(root: Path, sessions: int, front: Path | None = None) -> Iterator[Place]:
    """That many sessions are up, and somebody is attached to another one; that of the other settings was up."""
    with place(root, WINDOWS, front) as at:
        for number in range(sessions):
            files.layout(at.root, f"b{number}", f"opencode-observability-b{number}", WINDOWS)
        bring_up(at, *(f"b{number}" for number in range(sessions)))
        bring_up(at, "bench")
        at.end(files.SESSION)
        with _attached(at):
            yield at


def bring_up(at: Place, *layouts: str) -> None:
    """Let ocprov bring layouts up; RuntimeError when it does not."""
    done = timed(up(*layouts), at)
    if done.code:
        raise RuntimeError(f"ocprov up: {done.said}")


@contextmanager
def _attached(at: Place) -> Iterator[None]:
    """Somebody is attached, as keys need it."""
    at.tmux("new-session", "-d", "-s", "elsewhere")
    client = subprocess.Popen(
        ["tmux", "-C", "attach-session", "-t", "=elsewhere"],
        env={**at.environment, "TMUX_PANE": "%0"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    with client:
        end = time.monotonic() + PATIENCE
        while not at.tmux("list-clients"):
            if time.monotonic() > end:
                raise TimeoutError("no client is attached")
            time.sleep(0.01)
        yield
