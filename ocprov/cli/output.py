"""What commands print, as text: pure functions from values to strings."""

from ocprov.cli.terminal import style

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
    "ready": "green",
    "starting": "yellow",
    "orphan": "yellow",
    "by hand": "yellow",
    "unknown": "yellow",
    "hung": "red",
    "stopped": "bright_black",
    "ok": "green",
    "warn": "yellow",
    "fail": "red",
    "unreachable": "red",
    "timeout": "red",
    "not installed": "red",
    "unreadable": "red",
    "not running": "red",
    "asks": "yellow",
    "near": "yellow",
    "over": "red",
    "broken": "red",
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


def table(rows: list[tuple[str, ...]], paint: int | None = None) -> list[str]:
    """Rows as lines, their columns aligned; the words of the column `paint` in their colours."""
    widths = [max(map(wide, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            (_painted(cell) if place == paint else cell) + " " * (width - wide(cell))
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def wide(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width  # late: few need it

    return sum(0 if combining(one) else 1 + (east_asian_width(one) in "WF") for one in text)


def cut(text: str, width: int) -> str:
    """As much of it as fits, and a sign that there was more."""
    if wide(text) <= width:
        return text
    left = width - 1
    kept = ""
    for one in text:
        left -= wide(one)
        if left < 0:
            break
        kept += one
    return f"{kept}…"


def _painted(word: str) -> str:
    return style(word, fg=COLORS[word]) if word in COLORS else word


def counted(number: int, thing: str) -> str:
    """`1 window`, `3 windows`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
