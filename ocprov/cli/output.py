"""What commands print, as text: pure functions from values to strings."""

SCHEMA = 1

COLORS = {
    "running": "green",
    "waiting": "yellow",
    "exited": "yellow",
    "failed": "red",
    "missing": "red",
    "lost": "red",
    "dead": "red",
    "foreign": "bright_black",
}


def envelope(command: str, data: object) -> str:
    """The one JSON document that `--json` prints; `data` is made of plain values."""
    import json

    return json.dumps({"schema": SCHEMA, "command": command, "data": data}, indent=2)


def ago(seconds: int) -> str:
    """A length of time in one or two units, as people say it: `42s`, `12m`, `3h 5m`, `2d 4h`."""
    seconds = max(seconds, 0)
    for size, unit, small, small_unit in ((86400, "d", 3600, "h"), (3600, "h", 60, "m")):
        if seconds >= size:
            rest = seconds % size // small
            return f"{seconds // size}{unit} {rest}{small_unit}" if rest else f"{seconds // size}{unit}"
    return f"{seconds // 60}m" if seconds >= 60 else f"{seconds}s"


def table(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows as lines, their columns aligned; the last column is as long as it is."""
    widths = (
        [max((len(row[place]) for row in rows), default=0) for place in range(len(rows[0]) - 1)]
        if rows
        else []
    )
    return [
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1])).rstrip()
        for row in rows
    ]


def counted(number: int, thing: str) -> str:
    """`1 window`, `3 windows`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
