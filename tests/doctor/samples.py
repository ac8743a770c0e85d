"""Facts in which all is well, and what makes others of them."""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from ocprov.doctor import persistence
from ocprov.doctor.check import Check
from ocprov.doctor.command import Commands
from ocprov.doctor.facts import Conf, Facts, Last, Running, Shown
from ocprov.doctor.fixes import Fixes
from ocprov.doctor.groups import report
from ocprov.doctor.seen import around
from ocprov.persistence import saves
from ocprov.tmux.client import server
from tests.conftest import Machine

OURS = "opencode-observability-monitoring"
LAUNCHER = f"/home/me/.local/state/ocprov/run/default-0a1b2c/{OURS}/logs"
PANE = f"pane\t{OURS}\t0\t1\t:*\t0\thost\t:/home/me\t1\tsh\t:/bin/sh {LAUNCHER}"
WINDOW = f"window\t{OURS}\t0\t:logs\t1\t:*\ta87d,100x30,0,0,0\toff"
GOOD = f"{PANE}\n{WINDOW}\nstate\t\t\n"
LAST = Path("/home/me/.local/share/tmux/resurrect/last")
NEWEST = LAST.with_name("tmux_resurrect_20260101T000000.txt")

RUNNING = Running(
    save_script="/plugins/tmux-resurrect/scripts/save.sh",
    processes='"~^/bin/sh .+/ocprov/run/"',
    hook='(eval "$(tmux show-options -gqv @ocprov_reconcile)" &);',
    reconcile="/usr/bin/ocprov reconcile",
    restore="on",
    last_autosave="1",
    status_right="#(/plugins/tmux-continuum/scripts/continuum_save.sh) %H:%M",
    sessions=(Shown(OURS, ours=True),),
    clients=1,
)
FACTS = Facts(
    last=Last("read", LAST, saves.parse(GOOD), modified=1000),
    state=Path("/home/me/.local/state/ocprov"),
    now=1060,
    running=RUNNING,
)


def saved(text: str) -> Facts:
    return replace(FACTS, last=replace(FACTS.last, save=saves.parse(text)))


def running(**changed: object) -> Facts:
    return replace(FACTS, running=replace(RUNNING, **changed))  # type: ignore[arg-type] # named per row


def conf(text: str | None) -> Facts:
    return replace(FACTS, confs=(Conf(Path("/home/me/.tmux.conf"), text),))


def wrong(facts: Facts) -> list[Check]:
    return [check for check in persistence.judge(facts) if check.state != "ok"]


def named(facts: Facts) -> Facts:
    """The same on a server that is not tmux's default one."""
    return replace(facts, commands=Commands(("-L", "my one")))


def one_line(facts: Facts, state: str, found: str, fix: str) -> None:
    """There is just one trouble; and its fix reaches a server that has to be named."""
    (check,) = wrong(facts)
    (elsewhere,) = wrong(named(facts))

    assert check.state == state
    assert found in check.found
    assert fix in check.fix
    for program in ("tmux ", "ocprov "):
        assert elsewhere.fix.count(f"{program}-L 'my one' ") == check.fix.count(program)


def start(machine: Machine, *options: tuple[str, str]) -> None:
    """A server with the session `work`, and these global options."""
    machine.tmux("-f", "/dev/null", "new-session", "-d", "-s", "work")
    for name, value in options:
        machine.tmux("set", "-g", name, value)


def program(machine: Machine, monkeypatch: pytest.MonkeyPatch, name: str, script: str) -> None:
    """A program of that name, before all others."""
    made = machine.root / "bin" / name
    made.parent.mkdir(exist_ok=True)
    made.write_text(f"#!/bin/sh\n{script}\n")
    made.chmod(0o755)
    monkeypatch.setenv("PATH", str(made.parent), prepend=os.pathsep)


FIXES = Fixes(Commands(("-L", "my one")), frozenset({"apt", "pipx"}), "sudo ")


def told(checks: Iterable[Check]) -> list[tuple[str, str, str]]:
    """What, state and what was found, of each check."""
    return [(check.what, check.state, check.found) for check in checks]


def troubles(checks: Iterable[Check]) -> list[Check]:
    """Those that are not ok, each with a fix."""
    found = [check for check in checks if check.state != "ok"]
    assert all(check.fix for check in found)
    return found


def found(*, group: str = "") -> dict[str, Check]:
    """Each check by its name; of several the last."""
    seen = report(around.look(server), lambda: "none")
    return {check.what: check for one in seen if group in ("", one.name) for check in one.checks}
