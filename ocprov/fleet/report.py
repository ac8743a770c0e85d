"""What a host answers: what is as asked, what would be or was changed, what stands against it; pure."""

import json
from collections.abc import Mapping
from typing import Any, Literal, get_args

from ocprov.core.value import dataclass, replace
from ocprov.errors import BusyError, ConflictError, OcprovError

SCHEMA = 1
# `busy` is of what another ocprov is at work on, `skipped` of what was not tried, for what is not well kept it from that.
Word = Literal["same", "change", "conflict", "failed", "busy", "skipped"]
Kind = Literal["file", "config", "lingering", "session"]
_CODES: Mapping[Word, int] = {
    "failed": OcprovError.exit_code,
    "conflict": ConflictError.exit_code,
    "busy": BusyError.exit_code,
}
_FIELDS = ("kind", "name", "word", "lines", "hint", "data")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on a host: in a look `change` is what would be, after an apply what was; `lines` tell a person.

    `name` is a file's path, a layout as it was asked for, `ocmonitor` for its config,
    `settings` for a config.toml of ocprov's that it would refuse.
    """

    kind: Kind
    name: str
    word: Word
    lines: tuple[str, ...] = ()
    hint: str = ""
    data: Mapping[str, Any] | None = None  # of a session that changes, what `ocprov plan --json` has


@dataclass(frozen=True, slots=True)
class Report:
    """All of it, in the order in which it is done; `key` is that of the ocprov that answers."""

    key: str
    version: str
    items: tuple[Item, ...]

    @property
    def in_sync(self) -> bool:
        """Whether all is as asked."""
        return all(item.word == "same" for item in self.items)

    @property
    def changed(self) -> bool:
        """Whether something would be, or was, changed."""
        return any(item.word == "change" for item in self.items)

    @property
    def exit_code(self) -> int:
        """0, or 1 for a failure, 4 for a conflict, 75 for what another ocprov is at work on: the first of these."""
        words = {item.word for item in self.items}
        return next((code for word, code in _CODES.items() if word in words), 0)


def text(report: Report) -> str:
    """The report as one line of ASCII."""
    items = [{name: getattr(item, name) for name in _FIELDS} for item in report.items]
    return json.dumps({"schema": SCHEMA, "ocprov": report.key, "version": report.version, "items": items})


def failure(kind: Kind, name: str, error: OcprovError) -> Item:
    """What stands against one thing."""
    words = (word for word, code in _CODES.items() if code == error.exit_code)
    word: Word = next(words, "failed")
    return Item(kind, name, word, (f"{name}: {error.message}",), error.hint)


def against(item: Item) -> bool:
    """Whether it stands against the request: a person, or another run, is needed first."""
    return item.word in _CODES


def skipped(item: Item) -> Item:
    """The same as not tried, where it would have changed."""
    return replace(item, word="skipped") if item.word == "change" else item


def parse(given: str) -> Report:
    """The report in a text, which came from another machine; ValueError where it is none."""
    try:
        document = json.loads(given)
        if document["schema"] != SCHEMA:
            raise ValueError(document["schema"])
        items = tuple(map(_item, document["items"]))
        return Report(_checked(document["ocprov"]), _checked(document["version"]), items)
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(given[:80]) from error


def _item(row: Mapping[str, Any]) -> Item:
    if row["kind"] not in get_args(Kind) or row["word"] not in get_args(Word):
        raise ValueError(row["word"])
    data = row["data"] if isinstance(row["data"], dict) else None
    return Item(
        row["kind"],
        _checked(row["name"]),
        row["word"],
        tuple(map(_checked, row["lines"])),
        _checked(row["hint"]),
        data,
    )


def _checked(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
