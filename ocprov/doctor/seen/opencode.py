"""Gathers what is so of OpenCode: its version, its data, its log."""

import os
from pathlib import Path

from ocprov.doctor.opencode import Opencode
from ocprov.doctor.seen.ocmonitor import document
from ocprov.doctor.seen.program import Said, ask_apart
from ocprov.doctor.seen.search import search
from ocprov.state import base, home

_BASES = {
    "XDG_DATA_HOME": ".local/share",
    "XDG_CONFIG_HOME": ".config",
    "XDG_STATE_HOME": ".local/state",
    "XDG_CACHE_HOME": ".cache",
}


def opencode(needed: tuple[str, ...]) -> Opencode:
    """All of it; `needed` are the layouts that need the program."""
    path = search("opencode")
    data = base("XDG_DATA_HOME", ".local/share") / "opencode"
    database, logs = data / (os.environ.get("OPENCODE_DB") or "opencode.db"), data / "log"
    read = _read()
    same = os.path.realpath(read) == os.path.realpath(database)
    there = [str(database)] if os.access(database, os.F_OK) else []
    there += [str(logs)] if any(logs.glob("*.log")) else []
    return Opencode(
        path,
        _version(path) if path else Said(),
        needed,
        str(database),
        str(database if same else read),
        str(logs),
        frozenset(there),
        _why_not(database),
    )


def _version(path: str) -> Said:
    """Even for this it makes its directories, those that are not there yet, and leaves files in TMPDIR."""
    missing = [name for name, usual in _BASES.items() if not (base(name, usual) / "opencode").exists()]
    return ask_apart([path, "--version"], [*missing, "TMPDIR"], OPENCODE_DISABLE_AUTOUPDATE="1")


def _read() -> Path:
    """Where ocmonitor looks, told by nobody but its config."""
    told = os.environ.get("OCMONITOR_DATABASE_FILE") or document().get("paths", {}).get("database_file", "")
    if told:
        return Path(os.path.expandvars(str(told))).expanduser()
    return home() / ".local/share/opencode/opencode.db"


def _why_not(database: Path) -> str:
    """Why the data that is there cannot be read."""
    try:
        with database.open("rb") as file:
            head = file.read(16)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"cannot read {database}: {(error.strerror or '').lower()}"
    return "" if not head or head.startswith(b"SQLite format 3") else f"{database} is no database of SQLite's"
