"""Where a tool runs: a HOME and a tmux socket directory of its own."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import files
from tests.bench.files import SESSION

PATIENCE = 60.0
_KEPT = ("PATH", "LANG", "LC_ALL")


@dataclass(frozen=True, slots=True)
class Place:
    """A fresh HOME and a private tmux; `front` is a directory that comes first on PATH."""

    root: Path
    front: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a tool sees: nothing of the caller's but where programs are and the locale."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        path = kept.get("PATH", os.defpath)
        return {
            "LANG": "C.UTF-8",
            **kept,
            "PATH": f"{self.front}:{path}" if self.front else path,
            "HOME": str(self.root),
            "TMUX_TMPDIR": str(self.root / "tmux"),
            "SHELL": "/bin/sh",
            "TERM": "xterm-256color",
            "COLUMNS": "200",  # the size that the floor and ocprov give a detached session
            "LINES": "50",
        }

    def tmux(self, *arguments: str) -> str:
        """What a tmux client prints; empty where no server runs."""
        return subprocess.run(
            ["tmux", *arguments],
            env={**self.environment, "TMUX_PANE": "%0"},  # counting leaves this one out
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        ).stdout

    def windows(self, session: str = SESSION) -> int:
        """How many windows a session has; 0 where there is none."""
        return len(self.tmux("list-windows", "-t", f"={session}", "-F", "x").split())

    def end(self, session: str = "") -> None:
        """End the server, or a session of it, and wait until all of its panes' processes are gone."""
        which = ("-s", "-t", f"={session}:") if session else ("-a",)
        pids = {int(pid) for pid in self.tmux("list-panes", *which, "-F", "#{pane_pid}").split()}
        if session:
            self.tmux("kill-session", "-t", f"={session}")
        else:
            pids |= {int(pid) for pid in self.tmux("display-message", "-p", "#{pid}").split()}
            self.tmux("kill-server")
        end = time.monotonic() + PATIENCE
        while pids := {pid for pid in pids if _lives(pid)}:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(pids)} processes outlive their tmux server")
            time.sleep(0.01)


@contextmanager
def place(root: Path, windows: int, front: Path | None = None) -> Iterator[Place]:
    """A fresh place with the session of that many windows declared for every tool; its server is ended."""
    made = Place(Path(tempfile.mkdtemp(dir=root)), front)
    (made.root / "tmux").mkdir(mode=0o700)
    files.write(made.root, windows)
    try:
        yield made
    finally:
        made.end()


def _lives(pid: int) -> bool:
    """Whether a process runs; one that only waits for its parent to notice its end does not."""
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat").read_text()
    except ProcessLookupError:
        return False
    except FileNotFoundError:  # no /proc, or gone since
        return not Path("/proc/self").exists()
    return stat.rpartition(") ")[2][:1] != "Z"
