"""`ocprov export`: whole files for each day, and charts; whatever fails, what was there is there."""

import csv
import json
import os
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cli.watched import emptied, line_with, program, settings, start, with_data
from tests.conftest import DEADLINE, Machine, Result, until

REPORTS = ("daily", "weekly", "monthly", "models", "projects")


@pytest.fixture(autouse=True)
def _path(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.environ["PATH"])  # programs of a test go before it, and away after it


def today() -> str:
    """Asked when it is needed: the tests may go on past midnight."""
    return date.today().isoformat()


def reporting(machine: Machine) -> None:
    """An ocmonitor that is quick."""
    row = {"date": today(), "model_name": "m", "sessions": 1, "cost": 1.5, "models_used": ["m"]}
    lists = ("daily_breakdown", "weekly_breakdown", "monthly_breakdown", "models", "projects")
    program(machine, "ocmonitor", f"cat <<'E'\n{json.dumps({name: [row] for name in lists})}\nE")


def data(result: Result) -> Any:
    return json.loads(result.stdout)["data"]


def day(machine: Machine) -> Path:
    return machine.home / ".local/share/ocprov/exports" / today()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name[0] != "."}


# ---- files


def test_every_report_is_a_file_of_each_format(machine: Machine) -> None:
    made = with_data(machine)
    result = machine.ocprov("export")
    assert result.stdout == f"10 files in {day(machine)}\n"
    assert names(day(machine)) == {f"{report}.{kind}" for report in REPORTS for kind in ("json", "csv")}
    assert json.loads((day(machine) / "models.json").read_text())["total_cost"] == pytest.approx(made.cost)
    with (day(machine) / "daily.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert sum(float(row["cost"]) for row in rows) == pytest.approx(made.cost, abs=0.001)
    assert {path.name for path in machine.home.iterdir()} == {".local"}


def test_an_empty_database_makes_empty_tables(machine: Machine) -> None:
    emptied(with_data(machine))
    assert machine.ocprov("export").returncode == 0
    assert (day(machine) / "models.csv").read_text() == "model_name,sessions,interactions,cost\n"


def test_settings_and_flags_choose(machine: Machine) -> None:
    reporting(machine)
    settings(machine, '[export]\nreports = ["models", "daily"]\nformats = ["csv"]\ndirectory = "~/out"\n')
    machine.ocprov("export")
    assert names(machine.home / "out" / today()) == {"models.csv", "daily.csv"}
    done = data(machine.ocprov("export", "--format", "json", "--to", "there", "--json"))
    assert done["directory"] == str(machine.home / "there" / today())
    assert [(file["report"], file["format"]) for file in done["files"]] == [
        ("models", "json"),
        ("daily", "json"),
    ]
    assert all(file["bytes"] == Path(file["path"]).stat().st_size for file in done["files"])


def test_old_days_go_and_are_named(machine: Machine) -> None:
    reporting(machine)
    settings(machine, '[export]\nreports = ["models"]\nkeep = 1\n')
    machine.ocprov("export")
    day(machine).rename(day(machine).with_name("2026-01-01"))
    result = machine.ocprov("export")
    assert result.stdout.endswith("; removed 2026-01-01\n")
    assert names(day(machine).parent) == {today()}


FAILURES = {
    "no-data": ("exit 1", "ocmonitor tells nothing: it ended with 1"),
    "rubbish": ("echo hello", "ocmonitor answers with something else: it is not JSON"),
    "another-shape": ("echo '{}'", "ocmonitor answers with something else: daily: it has no list"),
    "a-negative-cost": (
        """echo '{"daily_breakdown": [{"cost": -1}]}'""",
        "ocmonitor answers with something else: daily: cost is -1",
    ),
    "one-of-five": (
        """case $3 in daily) echo '{"daily_breakdown": []}';; *) exit 9;; esac""",
        "ocmonitor tells nothing: it ended with 9",
    ),
    "hanging": ("exec sleep 600", "ocmonitor gave no answer within 1 s"),
}


@pytest.mark.parametrize(("script", "message"), FAILURES.values(), ids=FAILURES)
def test_what_fails_leaves_the_last_export_as_it_was(machine: Machine, script: str, message: str) -> None:
    reporting(machine)
    machine.ocprov("export")
    before = {path: path.stat().st_mtime_ns for path in day(machine).parent.rglob("*")}
    program(machine, "ocmonitor", script)
    patience = "1" if "within 1 s" in message else "120"
    result = machine.ocprov("export", OCPROV_EXPORT_TIMEOUT=patience)
    assert result.stderr.startswith(f"error: {message}")
    assert len(result.stderr.splitlines()) == 2
    assert result.returncode == 1
    assert {path: path.stat().st_mtime_ns for path in day(machine).parent.rglob("*")} == before


def test_a_place_that_is_a_file_is_refused(machine: Machine) -> None:
    reporting(machine)
    (machine.home / "there").write_text("mine")
    result = machine.ocprov("export", "--to", "there")
    assert result.stderr.startswith(f"error: cannot write {machine.home}/there/{today()}")
    assert (machine.home / "there").read_text() == "mine"


def test_the_window_exports_survives_and_goes_on(machine: Machine) -> None:
    settings(machine, '[export]\nreports = ["models"]\n')
    with start(machine, "export", "--every", "0.001") as process:
        assert "No session data found" in line_with(process, "error:")
        with_data(machine)
        assert line_with(process, "models.csv")
        assert "again every 4s" in line_with(process, "again")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=DEADLINE)
    assert (process.returncode, err) == (130, "interrupted\n")


# ---- charts


def test_a_chart_of_days_by_model(machine: Machine) -> None:
    made = with_data(machine)
    lines = machine.ocprov("export", "--plot", "--days", "30", COLUMNS="80").stdout.splitlines()
    assert len([line for line in lines if "█" in line or "▒" in line]) > 5
    assert max(map(len, lines)) <= 80
    assert lines[-1].split() == ["together", f"${made.cost:.2f}"]
    assert "anthropic/claude-sonnet-5" in "".join(lines)


def test_the_costs_of_models_are_those_of_their_days(machine: Machine) -> None:
    made = with_data(machine)
    chart = data(machine.ocprov("export", "--plot", "--days", "30", "--json"))
    assert [one["date"] for one in chart["days"]] == sorted(one["date"] for one in chart["days"])
    assert (len(chart["days"]), chart["days"][-1]["date"]) == (30, today())
    assert chart["total"] == pytest.approx(made.cost, abs=0.001)
    assert all(sum(one["models"].values()) == pytest.approx(one["cost"]) for one in chart["days"])
    machine.ocprov("export", "--format", "json")
    for model in json.loads((day(machine) / "models.json").read_text())["models"]:
        drawn = sum(one["models"].get(model["model_name"], 0) for one in chart["days"])
        assert drawn == pytest.approx(model["cost"], abs=0.001)


def test_ocmonitor_is_asked_only_for_days_of_several_models(machine: Machine) -> None:
    asked = machine.root / "asked"
    answer = {
        "daily_breakdown": [
            {"date": today(), "cost": 2.0, "models_used": ["a"]},
            {"date": "2020-01-01", "cost": 2.0, "models_used": ["a", "b"]},
        ]
    }
    program(machine, "ocmonitor", f"echo \"$*\" >>{asked}\ncat <<'E'\n{json.dumps(answer)}\nE")
    chart = data(machine.ocprov("export", "--plot", "--json"))
    assert chart["days"][-1]["models"] == {"a": 2.0}
    assert asked.read_text().splitlines() == ["--no-remote-pricing --no-remote-rates daily -f json"]


NO_CHART = {
    "no-date": ({"daily_breakdown": [{"cost": 1}]}, "a row has no date"),
    "a-list-for-a-date": ({"daily_breakdown": [{"date": [], "cost": 1}]}, "a row has no date"),
    "no-model-name": (
        {"daily_breakdown": [{"date": "TODAY", "cost": 1, "models_used": []}], "models": [{"cost": 1}]},
        "a row has no model_name",
    ),
}


@pytest.mark.parametrize(("answer", "why"), NO_CHART.values(), ids=NO_CHART)
def test_rows_that_are_none_are_no_chart(machine: Machine, answer: object, why: str) -> None:
    program(machine, "ocmonitor", f"cat <<'E'\n{json.dumps(answer).replace('TODAY', today())}\nE")
    result = machine.ocprov("export", "--plot")
    assert result.returncode == 1
    assert f"error: ocmonitor answers with something else: {why}\n" in result.stderr


def test_a_model_that_is_told_twice_is_one_with_both_costs(machine: Machine) -> None:
    models = [{"model_name": "a", "cost": 1.0}, {"model_name": "a", "cost": 2.0}]
    days = [{"date": today(), "cost": 3.0, "models_used": ["a", "a"]}]
    answer = json.dumps({"daily_breakdown": days, "models": models})
    program(machine, "ocmonitor", f"cat <<'E'\n{answer}\nE")
    assert data(machine.ocprov("export", "--plot", "--json"))["days"][-1]["models"] == {"a": 3.0}


def test_a_picture_is_svg_and_replaces_the_last(machine: Machine) -> None:
    reporting(machine)
    (machine.home / "costs.svg").write_text("old")
    result = machine.ocprov("export", "--plot", "-o", "costs.svg")
    assert result.stdout == "wrote costs.svg\n"
    assert "</svg>" in (machine.home / "costs.svg").read_text()
    assert names(machine.home) == {"costs.svg"}


def test_without_cairosvg_a_png_is_refused_before_anything_is_asked(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cairosvg", None)
    program(machine, "ocmonitor", "touch asked")
    result = machine.ocprov("export", "--plot", "-o", "costs.png")
    assert result.stderr.splitlines() == [
        "error: a PNG needs cairosvg, which is not here",
        "hint: -o costs.svg needs nothing more; for PNG: pip install 'ocprov[plot]', and libcairo2",
    ]
    assert not (machine.state / "watch").exists()


def test_a_directory_that_is_not_there_is_refused(machine: Machine) -> None:
    result = machine.ocprov("export", "--plot", "-o", "no/costs.svg")
    assert result.stderr.startswith(f"error: there is no directory {machine.home}/no\n")


USAGE = [
    ("--plot", "--every", "1"),
    ("--plot", "--to", "x"),
    ("--plot", "--format", "csv"),
    ("-o", "x.svg"),
    ("--days", "3"),
    ("--every", "1", "--json"),
    ("--every", "0"),
    ("--every", "nan"),
    ("--plot", "-o", "x.gif"),
    ("--plot", "--days", "93"),
    ("--format", "xml"),
]


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_what_does_not_go_together_is_usage(machine: Machine, arguments: tuple[str, ...]) -> None:
    assert machine.ocprov("export", *arguments).returncode == 2


def test_a_picture_that_nobody_can_write_leaves_nothing(machine: Machine) -> None:
    reporting(machine)
    (machine.home / "costs.svg").mkdir()
    result = machine.ocprov("export", "--plot", "-o", str(machine.home / "costs.svg"))
    assert result.returncode != 0
    assert names(machine.home) == {"costs.svg"}


def test_two_exports_at_once_do_not_mix(machine: Machine) -> None:
    reporting(machine)
    both = [start(machine, "export") for _ in range(2)]
    for process in both:
        process.communicate(timeout=60)
    assert [process.returncode for process in both] == [0, 0]
    assert len(names(day(machine))) == 10
    until(lambda: names(day(machine).parent) == {today()})
