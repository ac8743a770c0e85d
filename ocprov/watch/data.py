"""Where OpenCode's data is, said to the programs that read it."""

import os
from pathlib import Path

from ocprov import state
from ocprov.watch import program


def environment() -> dict[str, str]:
    """The environment for programs that tell costs; all of them read the same database.

    ocmonitor looks in ~/.local/share only, or where a variable says; the layouts follow the same rule.
    """
    told = program.environment() | {"PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
    file = _database()
    if file is not None:
        told["OCMONITOR_DATABASE_FILE"] = str(file)
        told.setdefault("OPENCODE_DB", str(file))
        told.setdefault("OPENCODE_DATA_DIR", str(file.parent))
    return told


def _database() -> Path | None:
    given = os.environ.get("OCMONITOR_DATABASE_FILE")
    if given:
        return Path(given)
    usual = state.home() / ".local/share"
    place = state.base("XDG_DATA_HOME", ".local/share")
    return place / "opencode/opencode.db" if place != usual else None
