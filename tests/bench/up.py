"""How long `ocprov up` takes, beside one chained tmux client (the floor) and `tmuxp load -d`.

    python tests/bench/up.py [--rounds 7] [--windows 6 50 200]

Every run has a fresh tmux server and a fresh socket directory; the tools take turns within a round, and the first
round only warms up. Times are medians of wall time until the command returns; ratios are to the floor of the same
run. tmux processes are counted in a round of their own, by a `tmux` in front of the real one; what the launchers
in the panes tell tmux later is not the command's doing and not counted.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TOOLS = ("floor", "ocprov up", "tmuxp load")
SESSION = "opencode-observability-bench"

LAYOUT = """\
alias: bench
variables:
  windows: {type: int, default: 6}
---
session_name: opencode-observability-bench
windows:
{% for number in range(windows) %}
  - window_name: w{{ number }}
    panes:
      - sleep 1000
{% endfor %}
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one tool runs once: a HOME and a socket directory of its own."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        return {
            "LANG": "C.UTF-8",
            **kept,
            "HOME": str(self.root),
            "TMUX_TMPDIR": str(self.root / "tmux"),
            "SHELL": "/bin/sh",
            "TERM": "xterm-256color",
        }


def place(root: Path, windows: int) -> Place:
    """A fresh place with the layout for both tools in it."""
    made = Place(Path(tempfile.mkdtemp(dir=root)))
    (made.root / "tmux").mkdir(mode=0o700)
    layouts = made.root / ".config/ocprov/layouts"
    layouts.mkdir(parents=True)
    (layouts / "bench.yaml.j2").write_text(LAYOUT.replace("default: 6", f"default: {windows}"))
    plain = [f"session_name: {SESSION}", "windows:"]
    for number in range(windows):
        plain += [f"- window_name: w{number}", "  panes: [sleep 1000]"]
    (made.root / "bench.yaml").write_text("\n".join(plain) + "\n")
    return made


def floor(windows: int) -> tuple[list[str], str]:
    """One client that makes the windows and types the commands; by arguments, or above their limit by stdin."""
    chain = [["new-session", "-d", "-s", SESSION, "-n", "w0", "-x", "200", "-y", "50"]]
    for number in range(windows):
        if number:
            chain.append(["new-window", "-d", "-t", f"{SESSION}:", "-n", f"w{number}"])
        chain.append(["send-keys", "-t", f"={SESSION}:=w{number}", "sleep 1000", "Enter"])
    arguments = [word for command in chain for word in (*command, ";")][:-1]
    if sum(map(len, arguments)) < 15_000:
        return ["tmux", *arguments], ""
    line = " ; ".join(" ".join(f"'{word}'" for word in command) for command in chain) + "\n"
    return ["tmux", "start-server", ";", "source-file", "-"], line


def command(tool: str, windows: int, at: Place) -> tuple[list[str], str]:
    """The arguments and the stdin of a tool."""
    scripts = Path(sys.executable).parent
    if tool == "floor":
        return floor(windows)
    if tool == "ocprov up":
        return [str(scripts / "ocprov"), "up", "-d", "bench"], ""
    return [str(scripts / "tmuxp"), "load", "-d", "--no-progress", str(at.root / "bench.yaml")], ""


def run(tool: str, windows: int, root: Path, front: Path | None = None) -> float:
    """Run a tool once in a fresh place; its seconds. SystemExit when the windows are not all there."""
    at = place(root, windows)
    environment = at.environment
    if front:
        environment["PATH"] = f"{front}:{environment['PATH']}"
    arguments, stdin = command(tool, windows, at)
    start = time.perf_counter()
    done = subprocess.run(
        arguments,
        input=stdin,
        env=environment,
        cwd=at.root,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    took = time.perf_counter() - start
    there = client(at, "list-windows", "-t", f"={SESSION}", "-F", "x").split()
    client(at, "kill-server")
    if len(there) != windows:
        sys.exit(f"{tool}: {len(there)} of {windows} windows; {done.stderr}")
    shutil.rmtree(at.root, ignore_errors=True)
    return took


def client(at: Place, *arguments: str) -> str:
    """What a tmux client prints."""
    return subprocess.run(
        ["tmux", *arguments], env=at.environment, capture_output=True, text=True, timeout=60, check=False
    ).stdout


def counted(tool: str, windows: int, root: Path) -> int:
    """How many tmux processes a tool starts."""
    front = Path(tempfile.mkdtemp(dir=root))
    calls = front / "calls"
    script = f'#!/bin/sh\n[ -n "$TMUX_PANE" ] || echo "$*" >>"{calls}"\nexec {shutil.which("tmux")} "$@"\n'
    (front / "tmux").write_text(script)
    (front / "tmux").chmod(0o755)
    run(tool, windows, root, front)
    return len([call for call in calls.read_text().splitlines() if not call.endswith("-V")])


def main() -> None:
    """Run the rounds and print a table for each number of windows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--windows", type=int, nargs="+", default=[6, 50, 200])
    parser.add_argument("--tools", nargs="+", default=list(TOOLS), choices=TOOLS)
    options = parser.parse_args()
    say: Callable[[str], int] = sys.stdout.write
    with tempfile.TemporaryDirectory(prefix="ocb", ignore_cleanup_errors=True) as directory:
        root = Path(directory)
        for windows in options.windows:
            taken: dict[str, list[float]] = {tool: [] for tool in options.tools}
            for number in range(options.rounds + 1):
                for tool in options.tools:
                    seconds = run(tool, windows, root)
                    if number:
                        taken[tool].append(seconds)
            base = statistics.median(taken[options.tools[0]])
            say(f"{windows} windows, {options.rounds} rounds\n")
            for tool, times in taken.items():
                middle = statistics.median(times)
                processes = counted(tool, windows, root)
                say(
                    f"  {tool:<12} {middle * 1000:8.1f} ms  {middle / base:6.2f}x  {processes:5d} tmux processes\n"
                )


if __name__ == "__main__":
    main()
