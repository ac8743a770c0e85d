"""What thirty hosts with nothing to change cost, beside the same hosts asked one small thing.

    python -m tests.bench.fleet [--hosts N] [--rounds N]

Each host is an sshd of its own on loopback, with a HOME and a tmux server of its own; all of them share this machine.
`deploy` is pyinfra with `sessions()`, and its peer pyinfra running `ocprov --version`; `status` is `ocprov status
--inventory`, and its peer `ssh HOST ocprov status --json` for all hosts at once. They take turns; ratios are of medians.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tests.conftest import Machine
from tests.fleet import house, sshd
from tests.fleet.laptop import Laptop, words
from tests.fleet.sshd import Fleet, Host

OCPROV = ".local/bin/ocprov"
PLACE = ".local/share/ocprov"
# A 2-core machine that is all thirty hosts takes longer for each than a host of its own would.
SETTINGS = "[fleet]\ntimeout = 100\n"


def main() -> None:
    """Bring the hosts up, measure in turns, and print a line for each pair."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--hosts", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ocb", ignore_cleanup_errors=True) as directory:
        root = Path(directory)
        machine = _alone(root)
        names = [f"h{number}" for number in range(options.hosts)]
        with sshd.fleet(root, *(Host(name, root / "hosts" / name) for name in names)) as fleet:
            _report(_measured(_brought_up(machine, fleet), options.rounds))


def _alone(root: Path) -> Machine:
    """A HOME that is this run's alone, for all that it starts."""
    path = os.environ["PATH"]
    os.environ.clear()
    os.environ.update(
        HOME=str(root / "home"), TMUX_TMPDIR=str(root / "tmux"), PATH=path, LANG="C.UTF-8", SHELL="/bin/sh"
    )
    machine = Machine(root)
    for place in (machine.home / ".config/ocprov", root / "tmux"):
        place.mkdir(parents=True, mode=0o700)
    (machine.home / ".config/ocprov/config.toml").write_text(SETTINGS)
    return machine


def _brought_up(machine: Machine, fleet: Fleet) -> Laptop:
    """All hosts as `sessions()` wants them: one is installed by it, the others get copies, to save an hour."""
    laptop = Laptop(machine, fleet)
    laptop.layout()
    wheels = str(house.fill(machine.root / "wheels", ["monitor"]))
    asked: dict[str, Any] = {"config": True, "extras": ["monitor"], "wheels": wheels, "timeout": 300}
    first, *others = fleet.hosts.values()
    _done(laptop.command("-y", "--limit", first.name, **asked), machine.home)
    for host in others:
        _copied(first, host)
    done = laptop.run("-y", **asked)
    assert words(done, [host.name for host in others]) == ["Success"] * len(others), done.stderr
    return laptop


def _copied(first: Host, host: Host) -> None:
    """Have on a host the environment of the first one, whose scripts name the path they were made for."""
    shutil.copytree(first.home / PLACE, host.home / PLACE, symlinks=True)
    for script in (host.home / PLACE / "fleet/current/bin").iterdir():
        if script.is_file() and not script.is_symlink():
            script.write_bytes(
                script.read_bytes().replace(str(first.home).encode(), str(host.home).encode(), 1)
            )
    (host.home / ".local/bin").mkdir(parents=True)
    (host.home / OCPROV).symlink_to(host.home / PLACE / "fleet/current/bin/ocprov")


def _measured(laptop: Laptop, rounds: int) -> dict[str, list[float]]:
    """Seconds of each, after one round that warms up."""
    fleet, here = laptop.fleet, laptop.machine.home
    pyinfra = [sys.executable, "-m", "pyinfra", "inventory.py"]
    ssh = (
        f"ssh -F {shlex.quote(str(fleet.config))} {name} {OCPROV} status --json >{name}.json &"
        for name in fleet.hosts
    )
    tools = {
        "exec": [*pyinfra, "exec", "--", OCPROV, "--version"],
        "deploy": [*pyinfra, "deploy.py", "-y"],
        "ssh": ["sh", "-c", "\n".join((*ssh, "wait"))],
        "status": [sys.executable, "-m", "ocprov", "status", "--inventory", "inventory.py"],
    }
    found: dict[str, list[float]] = {tool: [] for tool in tools}
    for number in range(rounds + 1):
        for tool, command in tools.items():
            start = time.perf_counter()
            said = _done(command, here)
            if number:
                found[tool].append(time.perf_counter() - start)
            if tool == "deploy":
                assert said.count("No changes") >= len(fleet.hosts), said
            if tool == "status":
                assert f"{len(fleet.hosts)} hosts: {len(fleet.hosts)} answered" in said, said
    return found


def _done(command: Sequence[str], where: Path) -> str:
    """All that a command that has to work prints."""
    done = subprocess.run(
        command,
        cwd=where,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def _report(found: dict[str, list[float]]) -> None:
    for peer, ours in (("exec", "deploy"), ("ssh", "status")):
        theirs, own = median(found[peer]), median(found[ours])
        sys.stdout.write(f"{peer:6} {theirs:6.2f} s   {ours:6} {own:6.2f} s   {own / theirs:.2f}x\n")


if __name__ == "__main__":
    main()
