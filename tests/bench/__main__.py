"""How long `ocprov` takes, beside one chained tmux client (the floor) and its peers.

    python -m tests.bench [--rounds N] [--windows 6 50 200] [--cases build again answer many] [--tools floor cached ...]

Tools take turns in every round, after one round that warms up. What brings a session up has a fresh tmux server for
each run, and a fresh HOME unless it is to find its cache full; the server is ended, and the windows are counted, when
the clock has stopped. Ratios are of medians, to the first line of each block. tmux processes, peak memory (8 MiB are
the least that is told) and imports are those of a run that was not timed; what launchers in panes tell tmux is not
counted. Without --rounds there are 9 up to 10 windows, 5 up to 100 and 3 above; a peer sits out once 2 seconds went
into it. Peers that are not on PATH are left out.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench import cases, tools
from tests.bench.figures import Figure, text
from tests.bench.plot import svg
from tests.bench.table import lines
from tests.bench.tools import Tool

CASES = ("build", "again", "answer", "many")


def main() -> None:
    """Measure, print the table, and write the files that were asked for."""
    options = _options()
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="ocb", ignore_cleanup_errors=True) as directory:
        for block in _blocks(options, Path(directory)):
            found += block
            sys.stdout.write("\n".join((*lines(block), "")))
            sys.stdout.flush()
    if options.json:
        options.json.write_text(text(found))
    if options.svg:
        options.svg.write_text(svg(found))


def _blocks(options: argparse.Namespace, root: Path) -> Iterator[list[Figure]]:
    if "build" in options.cases:
        for windows in options.windows:
            yield cases.build(root, windows, _chosen(tools.building(), options.tools), options.rounds)
    if "again" in options.cases:
        for windows in options.windows:
            yield cases.again(root, windows, _chosen(tools.again(), options.tools), options.rounds)
    if "answer" in options.cases:
        tools_of = _chosen(tools.answers(), options.tools)
        yield cases.again(root, min(options.windows), tools_of, options.rounds, "answer")
    if "many" in options.cases:
        yield cases.beside(root, options.sessions, options.rounds)


def _chosen(there: Sequence[Tool], names: Sequence[str]) -> list[Tool]:
    """The base of a case, whose ratio is 1, and those of the names; all without names."""
    return [there[0], *(tool for tool in there[1:] if not names or tool.name in names)]


def _options() -> argparse.Namespace:
    names = sorted({tool.name for tool in (*tools.building(), *tools.again(), *tools.answers())})
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cases", nargs="+", default=CASES, choices=CASES)
    parser.add_argument("--windows", type=int, nargs="+", default=[6, 50, 200])
    parser.add_argument("--sessions", type=int, default=50, help="how many sessions are many")
    parser.add_argument("--tools", nargs="+", default=[], choices=names)
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--svg", type=Path, metavar="FILE")
    return parser.parse_args()


if __name__ == "__main__":
    main()
