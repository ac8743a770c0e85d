"""What the tests of reading hosts share: a laptop, three hosts, and what is read of an answer."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.conftest import Machine, Result, fresh, until
from tests.fleet.conftest import hosts, install_this
from tests.fleet.sshd import Fleet

TWO = """\
alias: two
---
session_name: opencode-observability-two
windows:
  - window_name: run
    panes: [sleep 1000]
  - window_name: shell
"""
# Of an ocmonitor, for each period.
COSTS = json.dumps(
    {"timeframe": "PERIOD", "start_date": date.today().isoformat(), "total_cost": 2.5, "models": []}
)
OCMONITOR = f"""#!/bin/sh
while [ "$1" != --timeframe ]; do shift; done
sed "s/PERIOD/$2/" <<'E'
{COSTS}
E
"""
PAINT = re.compile("\x1b\\[[0-9;]*m")


def laptop(factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The machine of all tests of a module: they look, and leave its hosts as they were."""
    with pytest.MonkeyPatch.context() as patch:
        yield from fresh(factory.mktemp("laptop"), patch)


def fleet(machine: Machine) -> Iterator[Fleet]:
    """`one` has a session, `two` has ocprov alone, `three` has nothing."""
    for made in hosts(machine, "one", "two", "three"):
        _prepared(made)
        reached(machine, made)
        yield made


def _prepared(made: Fleet) -> None:
    for name in ("one", "two"):
        install_this(made[name])
    one = made["one"]
    monitor = one.home / ".local/bin/ocmonitor"
    monitor.write_text(OCMONITOR)
    monitor.chmod(0o755)
    one.machine().layout("two", TWO)
    done = made.ssh("one", ".local/bin/ocprov up -d two")
    assert done.returncode == 0, done.stderr
    until(lambda: '"since": 1' in made.ssh("one", ".local/bin/ocprov status --json").stdout)


def reached(machine: Machine, fleet: Fleet, **more: object) -> None:
    """Tell the laptop how."""
    path = machine.home / ".config/ocprov/config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{name} = {json.dumps(value)}" for name, value in ({"timeout": 120} | more).items()]
    path.write_text("\n".join(["[fleet]", f"ssh = \"ssh -F '{fleet.config}'\"", *lines]) + "\n")


def rows(result: Result) -> dict[str, Any]:
    """The hosts of a JSON answer, by name."""
    document = json.loads(result.stdout)
    assert list(document) == ["schema", "command", "data"]
    return {one["host"]: one for one in document["data"]["hosts"]}


def shown(result: Result) -> list[str]:
    """The lines of a table."""
    return [" ".join(PAINT.sub("", line).split()) for line in result.stdout.splitlines()]
