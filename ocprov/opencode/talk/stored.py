"""What OpenCode's database says of a conversation, where no server can be asked; it is read, never written."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ocprov import state
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.opencode import environment
from ocprov.opencode.record import Record, every

_PATIENCE = 2.0


def shared() -> Path:
    """The database of the user's own OpenCode."""
    return state.base("XDG_DATA_HOME", ".local/share") / "opencode/opencode.db"


def database(known: Record) -> Path:
    """Where the conversations of a server are."""
    return environment.database(known.places, known.options, state.base("XDG_DATA_HOME", ".local/share"))


def directory(database: Path, conversation: str) -> str:
    """The directory of a conversation, empty where it is not there; OcprovError where that cannot be read."""
    found = _rows(database, "SELECT directory FROM session WHERE id = ?", (conversation,))
    return str(found[0][0]) if found else ""


def recent(limit: int = 200) -> dict[str, str]:
    """Ids and titles of conversations in the directories of servers, those that changed last first."""
    known = [one for one in every() if isinstance(one, Record)]
    found: list[tuple[int, str, str]] = []
    for data in dict.fromkeys(map(database, known)):
        mine = [one.directory for one in known if database(one) == data]
        marks = ", ".join("?" * len(mine))
        question = f"SELECT time_updated, id, title FROM session WHERE directory IN ({marks}) "  # noqa: S608 # marks alone
        found += _rows(data, f"{question} ORDER BY time_updated DESC LIMIT {limit:d}", mine)
    return {name: title for _, name, title in sorted(found, reverse=True)[:limit]}


def _rows(database: Path, question: str, given: Sequence[str]) -> list[Any]:
    import sqlite3

    if not database.exists():
        return []
    shown = printable(str(database))
    try:
        connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)
        try:
            return connection.execute(question, given).fetchall()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise OcprovError(f"cannot read {shown}: {error}", f"ls -l {shown}") from error
