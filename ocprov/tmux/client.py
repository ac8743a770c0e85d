"""Which tmux server is meant, and one way to run its client."""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from ocprov.core.hashed import sha256
from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import TmuxError
from ocprov.tmux.child import Child
from ocprov.tmux.here import BLINK, LONGEST_SOCKET, OLDEST, environment, inside, older

PATIENCE = 30.0
_INSTALL = "install it: apt install tmux, dnf install tmux, pacman -S tmux, apk add tmux or brew install tmux"


@dataclass(frozen=True, slots=True)
class Server:
    """A tmux server, running or not: the flags that name it, and the path of its socket.

    `starter` is the beginning of the command line that it is started with, where that is more than `tmux`.
    """

    flags: tuple[str, ...]
    socket: Path
    starter: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """A name for files that belong to this server alone: two servers never share one."""
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", self.socket.name).strip("-") or "socket"
        return f"{name}-{sha256(os.fsencode(os.path.realpath(self.socket))).hexdigest()[:6]}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tmux client printed; its exit code says little about what was done."""

    code: int
    out: str
    err: str


def server(name: str = "", path: str = "") -> Server:
    """The server that `-L NAME` or `-S PATH` mean; without both, the one we are in, else tmux's default.

    TmuxError where tmux itself would go wrong without a word, or use another place than the one asked for.
    """
    if path or (inside() and not name):
        socket = Path(path or inside()).absolute()
        _require_parent(
            socket, hint="make it first" if path else "unset TMUX, or name a server: ocprov -L NAME …"
        )
        found = Server(("-S", str(socket)), socket)
    else:
        found = Server(("-L", name or "default"), _socket_dir() / (name or "default"))
    if "/" in name:
        raise TmuxError(
            f'"{printable(name)}" is no socket name: it has a slash', "use -S for the path of a socket"
        )
    if len(os.fsencode(found.socket)) > LONGEST_SOCKET:
        shown = printable(str(found.socket))
        raise TmuxError(
            f"the socket's path is longer than {LONGEST_SOCKET} bytes: {shown}",
            "use a shorter -S or TMUX_TMPDIR",
        )
    return found


def _require_parent(socket: Path, hint: str) -> None:
    if not socket.parent.is_dir():
        raise TmuxError(
            f"the directory of the tmux socket does not exist: {printable(str(socket.parent))}", hint
        )


def _socket_dir() -> Path:
    base = os.environ.get("TMUX_TMPDIR") or "/tmp"  # noqa: S108 # tmux's own default
    if not Path(base).is_dir():
        # tmux would fall back to /tmp and say nothing: another server than the one that was asked for.
        raise TmuxError(
            f"TMUX_TMPDIR is not a directory: {printable(base)}",
            f"make it: mkdir -m 700 -p {printable(base)}",
        )
    return Path(base) / f"tmux-{os.getuid()}"


def run(
    to: Server,
    arguments: Sequence[str],
    *,
    stdin: str = "",
    cwd: str | None = None,
    patience: float = PATIENCE,
    slow: Callable[[], None] = lambda: None,
    starts: bool = False,
) -> Answer:
    """Run one tmux client, in `cwd`; TmuxError when there is no tmux, or no answer within `patience` seconds.

    `slow` is called when the answer takes longer than a blink; `starts` is whether it is the one that starts the server.
    """
    with _client(to, arguments, stdin, cwd, starts=starts) as client:
        if not client.ends(BLINK):
            slow()
            if not client.ends(patience):
                import shlex  # late: only for this error

                raise TmuxError(
                    f"tmux gave no answer within {patience:.0f} s",
                    f"look at it: tmux {shlex.join(to.flags)} list-sessions",
                )
        return Answer(client.code or 0, client.out, client.err.strip())


def _client(to: Server, arguments: Sequence[str], stdin: str, cwd: str | None, *, starts: bool) -> Child:
    # -u: without it tmux replaces in its answers what is not ASCII when the caller's locale is C.
    command = [*(to.starter if starts else ()), "tmux", "-u", *to.flags, *arguments]
    try:
        return Child(command, environment(), stdin.encode("utf-8", "surrogateescape"), cwd)
    except FileNotFoundError as error:
        if cwd is not None and error.filename == cwd:
            raise TmuxError(
                f"the directory is gone: {printable(cwd)}", "make it again, or use another one"
            ) from error
        raise TmuxError("tmux is not installed, or not on PATH", _INSTALL) from error
    except OSError as error:
        raise TmuxError(f"cannot run tmux: {error.strerror}", "run it by hand: tmux -V") from error


def version(to: Server) -> str:
    """The version of the tmux on PATH, which would start a server for us."""
    return run(to, ["-V"]).out.strip().removeprefix("tmux ")


def refuse_old(version: str) -> None:
    """TmuxError for a version below 3.2."""
    if older(version, OLDEST):
        raise TmuxError(
            f"tmux {printable(version)} is too old: ocprov needs {'.'.join(map(str, OLDEST))} or newer",
            "upgrade tmux, end the old server, and run it again",
        )
