"""What many conversations cost: `server ensure` and the first page of `chat ls`, with few and with 10,000 of them.

    python -m tests.bench.servers [--many N] [--rounds N]

Two HOMEs with the real OpenCode take turns: one with 50 conversations, one with N, copied by SQL. Ratios are of medians.
"""

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.opencode.provider import Provider, running
from tests.opencode.real import PROGRAM, configure

FEW = 50
PATIENCE = 120


class Home:
    """A HOME with a directory to work in, and so many conversations of it."""

    def __init__(self, root: Path, provider: Provider) -> None:
        self.root = root
        self.directory = root / "src"
        self.directory.mkdir(parents=True)
        configure(root / ".config/opencode", provider)

    def ocprov(self, *arguments: str) -> str:
        """What a command that has to work prints."""
        environment = {
            "HOME": str(self.root),
            "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
        }
        return subprocess.run(
            [sys.executable, "-m", "ocprov", *arguments],
            env=environment,
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            timeout=PATIENCE,
            check=True,
        ).stdout

    def fill(self, number: int) -> None:
        """Make one conversation, and copies of it, each a second older than the one before."""
        self.ocprov("server", "ensure")
        self.ocprov("chat", "new", "--title", "first")
        self.ocprov("server", "stop")
        data = sqlite3.connect(self.root / ".local/share/opencode/opencode.db", timeout=10)
        columns = [row[1] for row in data.execute("PRAGMA table_info(session)")]
        first = dict(zip(columns, data.execute("SELECT * FROM session").fetchone(), strict=True))
        data.executemany(
            f"INSERT INTO session VALUES ({', '.join('?' * len(columns))})",  # noqa: S608 # only question marks
            (tuple(_copy(first, one).values()) for one in range(1, number)),
        )
        data.commit()
        data.close()


def _copy(first: dict[str, object], number: int) -> dict[str, object]:
    then = int(str(first["time_updated"])) - number * 1000
    changed = {
        "id": f"ses_{number:026d}",
        "title": f"copy {number}",
        "time_created": then,
        "time_updated": then,
    }
    return first | changed


def _seconds(home: Home, *arguments: str) -> float:
    start = time.perf_counter()
    home.ocprov(*arguments)
    return time.perf_counter() - start


def main() -> None:
    """Measure both, in turns, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ocb", ignore_cleanup_errors=True) as root, running() as provider:
        homes = {number: Home(Path(root) / str(number), provider) for number in (FEW, options.many)}
        for number, home in homes.items():
            home.fill(number)
        ensured: dict[int, list[float]] = {number: [] for number in homes}
        listed: dict[int, list[float]] = {number: [] for number in homes}
        for _ in range(options.rounds):
            for number, home in homes.items():
                ensured[number].append(_seconds(home, "server", "ensure"))
                home.ocprov("chat", "ls", "--json")
                listed[number].append(_seconds(home, "chat", "ls", "--json"))
                home.ocprov("server", "stop")
    for title, found in (("server ensure until ready", ensured), ("first page of chat ls", listed)):
        few, many = median(found[FEW]), median(found[options.many])
        sys.stdout.write(
            f"{title:28} {FEW}: {few * 1000:6.0f} ms   {options.many}: {many * 1000:6.0f} ms   {many / few:.2f}x\n"
        )


if __name__ == "__main__":
    main()
