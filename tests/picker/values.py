"""Entries for tests."""

from ocprov.picker.entry import Entry, Line, Look

PLAIN = Look({}, plain=True)
COLORFUL = Look({"failed": "red", "running": "green"})


def entry(
    label: str, *, kind: str = "session", id_: str = "", note: str = "", word: str = "running"
) -> Entry:
    return Entry(
        id_ or f"${label}",
        kind,  # type: ignore[arg-type] # of a literal
        label,
        label,
        f"1 {word}",
        word,
        note,
        (f"opencode-observability-{label}",),
        (Line("0", "one", word), Line("1", "two", "running")),
    )
