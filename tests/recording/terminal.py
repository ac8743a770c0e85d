"""A terminal that nobody sits at: a tmux of its own, typed into, looked at, and pictured."""

import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from ocprov.cli.picture import rendered
from ocprov.tmux.screen import Screen

DEADLINE = 60.0
WIDTH, HEIGHT = 110, 32


@dataclass(frozen=True, slots=True)
class Terminal:
    """One screen on the socket `socket`; what runs in it sees the environment it was opened with."""

    socket: Path

    def open(self, command: str, environment: dict[str, str], directory: Path) -> None:
        """Start `command` in it."""
        size = ["-x", str(WIDTH), "-y", str(HEIGHT)]
        subprocess.run(
            ["tmux", "-S", self.socket, "-f", "/dev/null", "new-session", "-d", *size, command],
            env=environment,
            cwd=directory,
            check=True,
        )
        self._tmux("set-option", "-g", "status", "off")

    def type(self, text: str) -> None:
        """Type a line and press Enter."""
        self._tmux("send-keys", "-l", text)
        self._tmux("send-keys", "Enter")

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names."""
        self._tmux("send-keys", *keys)

    def text(self) -> str:
        """What it shows."""
        return self._tmux("capture-pane", "-p")

    def wait(self, pattern: str) -> str:
        """What it shows once that matches; RuntimeError when it never does."""
        end = time.monotonic() + DEADLINE
        while not re.search(pattern, text := self.text(), re.MULTILINE):
            if time.monotonic() > end:
                raise RuntimeError(f"no {pattern!r} in:\n{text}")
            time.sleep(0.05)
        return text

    def picture(self, path: Path, title: str) -> None:
        """Write an SVG of what it shows."""
        lines = self._tmux("capture-pane", "-p", "-e").rstrip("\n")
        path.write_text(rendered(Screen(lines, WIDTH), "svg", title), encoding="utf-8")

    def close(self) -> None:
        """End it and all that runs in it."""
        self._tmux("kill-server")

    def _tmux(self, *arguments: str) -> str:
        environment = {name: value for name, value in os.environ.items() if name != "TMUX"}
        return subprocess.run(
            ["tmux", "-u", "-S", self.socket, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        ).stdout
