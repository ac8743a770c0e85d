"""What a person reads of a host's report while pyinfra runs; pure."""

from collections.abc import Iterator

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.fleet.report import Item, Report

_AGAINST = ("failed", "conflict", "busy")


def lines(report: Report) -> list[str]:
    """What would be, or was, changed, what was not tried, and what else a person should know."""
    return [line for item in report.items for line in _lines(item)]


def problems(report: Report) -> list[OcprovError]:
    """What stands against it: conflicts, failures."""
    return [_problem(item) for item in report.items if item.word in ("conflict", "failed", "busy")]


def two_lines(error: OcprovError) -> Iterator[str]:
    """An error as ocprov tells each."""
    yield f"error: {printable(error.message)}"
    if error.hint:
        yield f"hint: {printable(error.hint)}"


def _lines(item: Item) -> Iterator[str]:
    told = [printable(line) for line in item.lines]
    if item.word == "change":
        yield from told or [printable(f"{item.kind} {item.name}")]
    elif item.word == "skipped":
        yield f"{told[0] if told else printable(item.name)}: not tried"
    elif item.word == "same":
        yield from told


def _problem(item: Item) -> OcprovError:
    first, *rest = item.lines or (f"{item.kind} {item.name}: {item.word}",)
    return OcprovError(
        "; ".join([first.removeprefix("error: "), *(line.strip() for line in rest)]), item.hint
    )
