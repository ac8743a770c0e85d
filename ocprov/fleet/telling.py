"""What a person reads of a host's report while pyinfra runs; pure."""

from collections.abc import Iterator
from itertools import islice

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.fleet.report import Item, Report, against

# Lines of a host, and characters of a line: a host is believed to be one, not to be right.
_MOST = 300
_LONGEST = 1000


def lines(report: Report) -> list[str]:
    """What would be, or was, changed, what was not tried, and what else a person should know."""
    found = list(islice((line for item in report.items for line in _lines(item)), _MOST + 1))
    return [*found[:_MOST], "… and more"] if found[_MOST:] else found


def problems(report: Report) -> list[OcprovError]:
    """What stands against it: conflicts, failures."""
    return [_problem(item) for item in report.items if against(item)][:_MOST]


def two_lines(error: OcprovError) -> Iterator[str]:
    """An error as ocprov tells each."""
    yield f"error: {_printable(error.message)}"
    if error.hint:
        yield f"hint: {_printable(error.hint)}"


def _printable(line: str) -> str:
    return printable(line[:_LONGEST])


def _lines(item: Item) -> Iterator[str]:
    told = [_printable(line) for line in item.lines[:_MOST]]
    if item.word == "change":
        yield from told or [_printable(f"{item.kind} {item.name}")]
    elif item.word == "skipped":
        yield f"{told[0] if told else _printable(item.name)}: not tried"
    elif item.word == "same":
        yield from told


def _problem(item: Item) -> OcprovError:
    first, *rest = item.lines or (f"{item.kind} {item.name}: {item.word}",)
    return OcprovError(
        "; ".join([first.removeprefix("error: "), *(line.strip() for line in rest)]), item.hint
    )
