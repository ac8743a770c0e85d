"""Figures as a table that a person reads."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from tests.bench.figures import Figure

_TITLES = {
    "build": "bring up a session of {windows} windows, no server running",
    "again": "the session of {windows} windows is up already",
    "answer": "what only answers, beside a session of {windows} windows",
    "status of": "ocprov status of all sessions",
    "up of one more beside": "bring up one more session beside others",
    "up again beside": "a session is up already, beside others",
    "a key beside": "a tmux key, beside others (one client)",
}
_HEAD = f"{'':34}{'median ms':>10}{'ratio':>8}{'least':>9}{'cpu ms':>9}{'tmux':>6}{'MiB':>6}{'imports':>9}{'runs':>6}"


def title(figure: Figure) -> str:
    """What a case is about."""
    return _TITLES[figure.case].format(windows=figure.windows)


def lines(figures: Sequence[Figure]) -> Iterator[str]:
    """The table, a block a case."""
    for name, block in groupby(figures, title):
        rows = list(block)
        yield ""
        yield f"{name}  (1.0 = {rows[0].title})"
        yield _HEAD
        yield from map(_row, rows)


def _row(figure: Figure) -> str:
    tmux = figure.counted.tmux_processes if figure.counted else "-"
    memory = round(figure.counted.peak_kib / 1024) if figure.counted else "-"
    imports = len(figure.counted.imports) or "-" if figure.counted else "-"
    failed = f", {figure.failed} failed" if figure.failed else ""
    return (
        f"  {figure.title:32}{figure.median_ms:10.1f}{figure.ratio:8.2f}{figure.least_ms:9.1f}"
        f"{figure.cpu_ms:9.1f}{tmux:>6}{memory:>6}{imports:>9}{figure.runs:6}{failed}"
    )
