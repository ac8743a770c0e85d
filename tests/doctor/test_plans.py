"""What doctor tells of the plan cache."""

from pathlib import Path

import pytest

from ocprov.doctor import plans
from ocprov.tmux.client import server
from tests.conftest import Machine

LAYOUT = """\
variables: {who: me}
---
session_name: opencode-observability-{{ who }}
environment: {EDITOR: {{ env("EDITOR", "vi") }}}
windows:
  - window_name: shell
"""


@pytest.fixture
def cached(machine: Machine) -> Machine:
    machine.layout("one", LAYOUT)
    assert machine.ocprov("up", "-d", "one").returncode == 0
    return machine


def told(name: str = "") -> list[tuple[str, str, str]]:
    return [(check.what, check.state, check.found) for check in plans.report(server(name))]


def test_nothing_is_cached(machine: Machine) -> None:
    assert told() == []


def test_a_plan_that_is_used(cached: Machine) -> None:
    assert told() == [("plan of one", "ok", "cached")]


def test_what_a_call_was_told_names_the_plan_and_its_values_stay_out(cached: Machine) -> None:
    assert cached.ocprov("up", "-d", "one", "--set", "who=you", "--dir", "/").returncode == 0
    assert {what for what, _, _ in told()} == {"plan of one", "plan of one --set who in /"}


def test_why_a_plan_is_not_used(cached: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    path = cached.layout("one", LAYOUT + "  - window_name: more\n")
    (line,) = told()
    assert line[2] == f"rendered anew by the next up: the file {path} changed"
    cached.layout("one", LAYOUT)
    monkeypatch.setenv("EDITOR", "emacs")
    (line,) = told()
    assert line[2] == "rendered anew by the next up: the environment variable EDITOR changed"


def test_a_plan_for_another_server_or_path(cached: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    other = "cached; the first up on this tmux server with this PATH still takes longer"
    assert told("other")[0][2] == other
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert told()[0][2] == other


def test_plans_of_another_home_are_not_told(
    cached: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cached.home / ".cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert told() == []


def test_files_that_cannot_be_trusted(cached: Machine) -> None:
    folder = cached.home / ".cache/ocprov/plans"
    (folder / "odd").write_text("x")
    assert told()[-1] == (
        "plan cache",
        "warn",
        f"1 file in {folder} is not ocprov's, or damaged, and not used",
    )
    assert "plan of one" in cached.ocprov("doctor").stdout


def test_many_plans_are_counted(cached: Machine) -> None:
    for number in range(9):
        assert cached.ocprov("up", "-d", "one", "--set", f"who=w{number}").returncode == 0
    assert len(told()) == 6
    assert told()[-1] == ("plan cache", "ok", "5 plans more")
