"""A tmux of the test's own: private socket, private HOME, none of the caller's environment."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import DEADLINE

Tmux = Callable[..., str]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty HOME whose shells have nothing to ask at their first start."""
    directory = tmp_path / "home"
    directory.mkdir()
    (directory / ".zshrc").touch()
    return directory


@pytest.fixture
def tmux(tmp_path: Path, home: Path) -> Iterator[Tmux]:
    """Runs one tmux client on a private server and gives its output; a client that fails is an error."""
    environment = {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.environ["PATH"],
        "SHELL": "/bin/sh",
        "TERM": "xterm-256color",
        "TMUX_TMPDIR": str(tmp_path),
    }

    def client(*arguments: str, check: bool = True) -> str:
        return subprocess.run(
            ["tmux", "-f", "/dev/null", *arguments],
            env=environment,
            cwd=home,
            capture_output=True,
            text=True,
            check=check,
            timeout=DEADLINE,
        ).stdout

    yield client
    client("kill-server", check=False)
