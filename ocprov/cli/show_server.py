"""What `ocprov server ls` prints; pure."""

from collections.abc import Sequence

from ocprov.cli.output import ago, table
from ocprov.core.names import printable
from ocprov.opencode.life.found import Hand
from ocprov.opencode.look.seen import Seen
from ocprov.opencode.record import Record, Unreadable

# Processes that somebody started by hand, each with its memory in bytes.
Hands = Sequence[tuple[Hand, int]]

_HEAD = ("directory", "port", "pid", "conversations", "memory", "up", "health")
_NONE = "-"
_KEYS = """name directory port pid url state health isolation version restarts reason conversations more memory uptime
by_hand"""
_NOTHING = dict.fromkeys(_KEYS.split())


def lines(seen: Sequence[Seen], hands: Hands, home: str) -> list[str]:
    """A table of them, and below it what is to be said of some; paths below `home` (empty: none is known) with `~`."""
    rows = [_row(one, home) for one in seen] + [_hand(one, memory, home) for one, memory in hands]
    told = [f"{_called(one.record, home)}: {one.why}" for one in seen if one.why]
    return [*table([_HEAD, *rows], paint=len(_HEAD) - 1), *told]


def data(seen: Sequence[Seen], hands: Hands) -> list[dict[str, object]]:
    """The same as plain values: memory in bytes, uptime in seconds, None for what is not known."""
    return [_values(one) for one in seen] + [_by_hand(one, memory) for one, memory in hands]


def size(number: int) -> str:
    """Memory as people say it: `340 MB`, `1.2 GB`."""
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.0f} MB"


def short(directory: str, home: str) -> str:
    """A directory as people write it."""
    inside = len(home) > 1 and (directory == home or directory.startswith(f"{home}/"))
    return printable(f"~{directory[len(home) :]}" if inside else directory)


def _called(known: Record | Unreadable, home: str) -> str:
    return short(known.directory, home) if isinstance(known, Record) else printable(known.name)


def _row(one: Seen, home: str) -> tuple[str, ...]:
    known = one.record
    port, pid = (known.port, known.server.pid) if isinstance(known, Record) else (0, 0)
    count = _NONE if one.conversations is None else f"{one.conversations}{'+' if one.more else ''}"
    return (
        _called(known, home),
        str(port or _NONE),
        str(pid if pid and one.uptime else _NONE),
        count,
        size(one.memory) if one.memory else _NONE,
        ago(int(one.uptime)) if one.uptime else _NONE,
        one.health,
    )


def _hand(one: Hand, memory: int, home: str) -> tuple[str, ...]:
    used = size(memory) if memory else _NONE
    return short(one.directory, home), _NONE, str(one.pid), _NONE, used, _NONE, "by hand"


def _values(one: Seen) -> dict[str, object]:
    told = {
        "health": one.health,
        "reason": one.why or None,
        "conversations": one.conversations,
        "more": one.more,
        "memory": one.memory or None,
        "uptime": round(one.uptime, 1) if one.uptime else None,
        "by_hand": False,
    }
    if isinstance(one.record, Unreadable):
        return _NOTHING | {"name": one.record.name} | told
    return _NOTHING | _recorded(one.record) | told | {"pid": one.record.server.pid if one.uptime else None}


def _recorded(known: Record) -> dict[str, object]:
    return {
        "name": known.name,
        "directory": known.directory,
        "port": known.port or None,
        "url": known.url or None,
        "state": known.state,
        "isolation": known.options.isolation,
        "version": known.version or None,
        "restarts": known.restarts,
    }


def _by_hand(one: Hand, memory: int) -> dict[str, object]:
    return _NOTHING | {
        "directory": one.directory,
        "pid": one.pid,
        "health": "by hand",
        "reason": one.command,
        "memory": memory or None,
        "more": False,
        "by_hand": True,
    }
