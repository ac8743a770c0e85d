"""OpenCode among all processes of this user: ours whose record is lost, and those that were started by hand."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePath

from ocprov.opencode import process
from ocprov.opencode.places import Places, every
from ocprov.opencode.record import Process, Record
from ocprov.opencode.record import every as records

_PROC = Path("/proc")
_NAMES = ("opencode", "opencode.exe")
_INTERPRETERS = ("node", "bun", "deno", "sh", "bash", "dash", "zsh", "python")
# They end soon, or work on another server's word.
_HARMLESS = [
    "attach",
    "auth",
    "session",
    "stats",
    "export",
    "import",
    "db",
    "models",
    "debug",
    "upgrade",
    "uninstall",
    "completion",
    "mcp",
    "agent",
    "plugin",
    "pr",
    "providers",
    "--version",
    "-v",
    "--help",
    "-h",
]


@dataclass(frozen=True, slots=True)
class Hand:
    """An OpenCode that somebody started by hand: its process, its arguments, and where it works."""

    pid: int
    command: str
    directory: str = ""


@dataclass(frozen=True, slots=True)
class _Seen:
    pid: int
    words: tuple[str, ...]  # behind the program


def by_hand(directory: Path | None = None) -> tuple[Hand, ...] | None:
    """Those that work in that real directory, or anywhere, and are no server of ocprov's; None where that is not told."""
    seen = _opencodes()
    if seen is None:
        return None
    own = {one.server.pid for one in records() if isinstance(one, Record) and process.runs(one.server)}
    roots = {str(place.tmp) for place in every()}
    return tuple(
        Hand(one.pid, " ".join(("opencode", *one.words)), where)
        for one in seen
        if one.pid not in own and not _harmless(one.words)
        if (where := _directory(one.pid)) and (directory is None or where == str(directory))
        if not _started_by(one, roots)
    )


def ours(place: Places) -> tuple[Process, int] | None:
    """The server that was started with that place's TMPDIR, and its port; None where none runs, or it cannot be told."""
    for one in _opencodes() or ():
        if _started_by(one, {str(place.tmp)}):
            return process.of(one.pid), _port(one.words)
    return None


def command(pid: int) -> str:
    """The command line of a process, empty where it cannot be told."""
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
    except OSError:
        return _run("ps", "-wwp", str(pid), "-o", "args=") or ""


def _port(words: Sequence[str]) -> int:
    told = dict(pairwise(words)).get("--port", "")
    return int(told) if told.isdecimal() else 0


def _started_by(one: _Seen, folders: set[str]) -> bool:
    """Whether ocprov started it: by its arguments, and its TMPDIR, which what it starts itself has too."""
    if one.words[:1] != ("serve",) or "--print-logs" not in one.words:
        return False
    return any(variable in _environment(one.pid) for variable in (f"TMPDIR={folder}" for folder in folders))


def _harmless(words: Sequence[str]) -> bool:
    return words[:1] != () and (
        words[0] in _HARMLESS or (words[0] == "run" and any(one.startswith("--attach") for one in words))
    )


def _opencodes() -> tuple[_Seen, ...] | None:
    told = _from_proc() if (_PROC / "self/cmdline").exists() else _from_ps()
    return None if told is None else tuple(told)


def _from_proc() -> Iterator[_Seen]:
    for folder in _PROC.iterdir():
        if folder.name.isdecimal():
            try:
                content = (folder / "cmdline").read_bytes()
            except OSError:
                continue  # it ended meanwhile, or is not for us to see
            words = content.decode(errors="surrogateescape").rstrip("\0").split("\0")
            yield from _seen(int(folder.name), words)


def _from_ps() -> Iterator[_Seen] | None:
    done = _run("ps", "-xwwo", "pid=,args=")
    if done is None or _run("lsof", "-v") is None:
        return None
    lines = (line.split() for line in done.splitlines())
    return (one for pid, *words in lines for one in _seen(int(pid), words))


def _seen(pid: int, words: Sequence[str]) -> Iterator[_Seen]:
    """The process as OpenCode, where it is one: as a program of its own, or a script."""
    if words and PurePath(words[0]).name.startswith(_INTERPRETERS):
        words = words[1:]
    if words and PurePath(words[0]).name in _NAMES:
        yield _Seen(pid, tuple(words[1:]))


def _directory(pid: int) -> str:
    if _PROC.joinpath("self/cwd").exists():
        try:
            return str((_PROC / str(pid) / "cwd").readlink())
        except OSError:
            return ""  # it ended meanwhile, or is not for us to see
    told = _run("lsof", "-a", "-p", str(pid), "-d", "cwd", "-Fn") or ""
    return next((line[1:] for line in told.splitlines() if line.startswith("n")), "")


def _environment(pid: int) -> tuple[str, ...]:
    if _PROC.joinpath("self/environ").exists():
        try:
            return tuple(os.fsdecode((_PROC / str(pid) / "environ").read_bytes()).split("\0"))
        except OSError:
            return ()  # it ended meanwhile, or is not for us to see
    return tuple((_run("ps", "-Ewwp", str(pid), "-o", "command=") or "").split(" "))


def _run(*arguments: str) -> str | None:
    """What a program prints; None where it is not there, or fails."""
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode in (0, 1) else None
