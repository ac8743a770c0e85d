"""One tmux client for one batch, on the server that a libtmux object names."""

import os
import shutil
import subprocess

from libtmux.exc import LibTmuxException, TmuxCommandNotFound
from libtmux.server import Server

from ocprov.core.value import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client printed; `err` is empty when tmux did everything."""

    out: str
    err: str


def send(server: Server, batch: str) -> Answer:
    """Have one client do the commands in `batch`, starting the server if there is none.

    The text goes through a pipe, as an argument list may not have more than 16 kB. TmuxCommandNotFound without tmux.
    """
    if "\0" in batch:
        raise LibTmuxException("a command holds a NUL character, which tmux cannot take")
    done = _run([*_client(server), "start-server", ";", "source-file", "-"], batch)
    err = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode and not err:
        err = f"tmux ended with code {done.returncode}"
    return Answer(done.stdout.decode("utf-8", "replace"), err)


def _run(command: list[str], text: str) -> "subprocess.CompletedProcess[bytes]":
    # As libtmux does for new-session: a build may be started inside tmux.
    environment = {name: value for name, value in os.environ.items() if name != "TMUX"}
    given = text.encode("utf-8", "surrogateescape")
    return subprocess.run(command, input=given, capture_output=True, check=False, env=environment)


def _client(server: Server) -> list[str]:
    """The program and the flags that name the server, as libtmux gives them."""
    program = server.tmux_bin or shutil.which("tmux")
    if not program:
        raise TmuxCommandNotFound
    # -u: else tmux replaces what is not ASCII in its answers when the caller's locale is C.
    flags = [program, "-u"]
    if server.colors:
        flags.append("-2" if server.colors == 256 else "-8")
    if server.config_file:
        flags += ["-f", str(server.config_file)]
    if server.socket_path:
        flags += ["-S", str(server.socket_path)]
    elif server.socket_name:
        flags += ["-L", server.socket_name]
    elif inside := os.environ.get("TMUX", "").rsplit(",", 2)[0]:
        # Everything else of libtmux goes to the server that we are in.
        flags += ["-S", inside]
    return flags
