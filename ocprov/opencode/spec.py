"""What a server is to be."""

import os
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Literal

from ocprov.core.names import printable
from ocprov.errors import OcprovError

Isolation = Literal["shared", "data", "full"]
ISOLATIONS: tuple[Isolation, ...] = ("shared", "data", "full")
LOOPBACK = "127.0.0.1"
STARTUP = 30.0
LOWEST_PORT, HIGHEST_PORT = 1024, 65535


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """The server of one directory. What is None is as it was for this directory before, or else the default.

    `isolation`: `shared` uses the user's data, `data` has conversations of its own, `full` shares nothing. `auth_file`
    (an `auth.json` of OpenCode's) and `config_dir` are copied into a `full` server's own directories; `config_file` is
    read where it is. `port`: 1024 to 65535; else a stable one of the directory's. `host`: 127.0.0.1 or localhost, which is the same. `binary`: the
    program, else `opencode` on PATH. `nested`: also where a server of the same worktree runs above or below.
    `startup_timeout` in seconds.
    """

    directory: Path
    isolation: Isolation | None = None
    auth_file: Path | None = None
    config_dir: Path | None = None
    config_file: Path | None = None
    binary: Path | None = None
    port: int | None = None
    host: str = LOOPBACK
    delete_on_exit: bool = False
    nested: bool = False
    startup_timeout: float = STARTUP


def real(directory: Path) -> Path:
    """The directory itself, links followed; OcprovError where it is none, or not one to work in."""
    shown = printable(str(directory))
    try:
        found = directory.expanduser().resolve(strict=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        why = error.strerror if isinstance(error, OSError) else "links in a circle"
        raise OcprovError(f"{shown}: {(why or '').lower()}", f"make it: mkdir -p {quote(shown)}") from error
    if not found.is_dir():
        raise OcprovError(f"{shown} is not a directory", "name a directory with --dir")
    if not os.access(found, os.R_OK | os.X_OK):
        raise OcprovError(f"{shown} cannot be read", f"look at it: ls -ld {quote(shown)}")
    try:
        str(found).encode()
    except UnicodeEncodeError as error:
        raise OcprovError(f"{shown} is a path that is not UTF-8", "rename it") from error
    return found


def refuse_wrong(spec: ServerSpec) -> None:
    """OcprovError where a spec cannot be: its port, host, files, or combinations of them."""
    if spec.host not in (LOOPBACK, "localhost"):
        raise OcprovError(
            f"a server of ocprov's cannot listen on {printable(spec.host)}: it is for this machine alone",
            f"leave it out, or use {LOOPBACK}; from elsewhere: ssh -L",
        )
    if spec.port is not None and not LOWEST_PORT <= spec.port <= HIGHEST_PORT:
        raise OcprovError(
            f"port {spec.port} cannot be used", f"choose one from {LOWEST_PORT} to {HIGHEST_PORT}"
        )
    for what, path in (("auth file", spec.auth_file), ("config file", spec.config_file)):
        if path is not None and not (path.is_file() and os.access(path, os.R_OK)):
            raise OcprovError(
                f"the {what} {printable(str(path))} cannot be read", f"ls -l {quote(printable(str(path)))}"
            )
    if spec.config_dir is not None and not spec.config_dir.is_dir():
        raise OcprovError(f"{printable(str(spec.config_dir))} is not a directory", "correct --config-dir")
    if spec.config_dir is not None and spec.isolation != "full":
        raise OcprovError(
            "a config dir is for a fully isolated server: others have your own configuration",
            "add --isolation full, or name a single file: --config-file",
        )
    if spec.auth_file is not None and spec.isolation in (None, "shared"):
        raise OcprovError(
            "an auth file is for an isolated server: a shared one has your own logins",
            "add --isolation data, or full",
        )
