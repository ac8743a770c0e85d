"""How layouts, and the programs that they need, are judged and gathered."""

import pytest

from ocprov.doctor.programs import Layout, Programs, judge
from ocprov.doctor.seen import layouts
from tests.conftest import Machine
from tests.doctor.samples import FIXES, program, told, troubles

MONITORING = Layout(
    "monitoring", {"ocmonitor": "pipx install x", "watch": "apt install procps, apk add procps"}
)
COSTS = Layout("costs", {"ocmonitor": "pipx install x", "watch": "apt install procps"})


def test_all_is_there() -> None:
    there = Programs((MONITORING, COSTS), frozenset(["ocmonitor", "watch"]), ccze=True)
    assert told(judge(there, FIXES)) == [
        ("programs", "ok", "what layouts need is there: watch"),
        ("ccze", "ok", "OpenCode's log is in colour"),
    ]


def test_one_line_a_missing_program_with_all_who_need_it() -> None:
    (check,) = troubles(judge(Programs((MONITORING, COSTS), frozenset(["ocmonitor"]), ccze=True), FIXES))
    assert (check.what, check.state, check.found) == (
        "watch",
        "fail",
        "not on PATH; needed by monitoring, costs",
    )
    assert check.fix == "sudo apt install procps"


def test_ocmonitor_and_opencode_are_judged_elsewhere() -> None:
    needs = Layout("one", {"ocmonitor": "", "opencode": ""})
    assert troubles(judge(Programs((needs,), frozenset(), ccze=True), FIXES)) == []


def test_a_broken_layout_fails_and_ccze_only_warns() -> None:
    broken = Layout("mine", {}, "mine.yaml.j2:3: \x1b[31mwrong")
    one, two = troubles(judge(Programs((broken,), frozenset(), ccze=False), FIXES))
    assert (one.what, one.state, one.fix) == ("layout mine", "fail", "ocprov -L 'my one' check mine")
    assert one.found == "mine.yaml.j2:3: \\x1b[31mwrong"
    assert (two.what, two.state, two.fix) == ("ccze", "warn", "sudo apt install ccze")


def test_without_any_layout_and_without_ps() -> None:
    seen = Programs((), frozenset(), ccze=True, processes="cannot list processes with ps")
    assert [(check.what, check.state) for check in troubles(judge(seen, FIXES))] == [
        ("layouts", "fail"),
        ("ps", "fail"),
    ]


def test_layouts_are_read_with_what_they_extend_and_what_is_wrong_in_them(machine: Machine) -> None:
    machine.layout("monitoring", '---\n{% extends "observability/monitoring.yaml.j2" %}\n')
    machine.layout("header", "alais: x\n---\n")
    machine.layout("body", "---\nsession_name: [\n")
    machine.layout(
        "asks", "variables: {who: {type: str}}\n---\nsession_name: opencode-development-{{ who }}\n"
    )

    found = {layout.alias: layout for layout in layouts.layouts()}

    assert {"ocmonitor", "watch", "less"} <= set(found["monitoring"].requires)
    assert "alais" in found["header"].problem
    assert "body.yaml.j2:" in found["body"].problem
    assert found["asks"].problem == found["monitoring"].problem == found["costs"].problem == ""
    assert len([layout for layout in layouts.layouts() if layout.alias == "monitoring"]) == 1


def test_a_ps_that_does_not_list_processes_is_told(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    program(machine, monkeypatch, "ps", "exit 1")
    assert layouts.programs(()).processes == "cannot list processes with ps"
