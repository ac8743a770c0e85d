"""The sample is what ocmonitor takes for OpenCode's data, and a directory that is only ever ours."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ocprov import sample
from ocprov.errors import OcprovError

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "sample"


def ocmonitor(made: sample.Sample, *arguments: str) -> str:
    program = Path(sys.executable).parent / "ocmonitor"
    environment = {**os.environ, "OCMONITOR_DATABASE_FILE": str(made.database), "COLUMNS": "200"}
    place = made.database.parent.parent
    done = subprocess.run(
        [program, *arguments], env=environment, cwd=place, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_real_ocmonitor_reads_costs_of_several_models(place: Path) -> None:
    made = sample.write(place, now=datetime.now().astimezone())
    models = json.loads(ocmonitor(made, "models", "-f", "json"))["models"]
    assert len(models) >= 3
    assert all(model["cost"] > 0 for model in models)
    assert sum(model["cost"] for model in models) == pytest.approx(made.cost, abs=0.01)


def test_and_of_several_days_today_among_them(place: Path) -> None:
    now = datetime.now().astimezone()
    made = sample.write(place, now=now)
    days = json.loads(ocmonitor(made, "daily", "-f", "json"))["daily_breakdown"]
    assert len(days) >= 5
    assert f"{now:%Y-%m-%d}" in {day["date"] for day in days}


def test_conversations_have_titles_and_projects(place: Path) -> None:
    made = sample.write(place, now=datetime.now().astimezone(), sessions=10)
    shown = ocmonitor(made, "sessions", "--limit", "50")
    assert f"Sessions: {made.sessions}" in shown
    assert "subagent" in shown


def test_the_same_seed_gives_the_same_data(tmp_path: Path, place: Path) -> None:
    one = sample.write(place, now=NOW)
    two = sample.write(tmp_path / "home" / "two", now=NOW)
    other = sample.write(tmp_path / "home" / "three", now=NOW, seed=2)
    assert one.log.read_text() == two.log.read_text()
    assert one.cost == two.cost != other.cost


def test_it_is_private_and_replaces_an_earlier_one(place: Path) -> None:
    sample.write(place, now=NOW)
    (place / "more").touch()
    made = sample.write(place, now=NOW)
    assert place.stat().st_mode & 0o077 == 0
    assert {path.name for path in place.iterdir()} == {sample.MARKER, "opencode.db", "log"}
    assert list(place.parent.iterdir()) == [place]
    assert made.log.stat().st_size > 1000


def foreign_file(place: Path) -> None:
    place.mkdir(parents=True)
    (place / "theirs").touch()


def foreign_marker(place: Path) -> None:
    place.mkdir(parents=True)
    (place / sample.MARKER).write_text("something else\n")


def a_link(place: Path) -> None:
    (place.parent / "theirs").mkdir(parents=True)
    place.symlink_to(place.parent / "theirs")


def a_file(place: Path) -> None:
    place.parent.mkdir(parents=True)
    place.touch()


@pytest.mark.parametrize("make", [foreign_file, foreign_marker, a_link, a_file])
def test_what_is_not_ours_is_neither_written_nor_removed(place: Path, make: Callable[[Path], None]) -> None:
    make(place)
    before = sorted(place.parent.rglob("*"))
    with pytest.raises(OcprovError, match="is no sample of ocprov"):
        sample.write(place, now=NOW)
    with pytest.raises(OcprovError, match="is no sample of ocprov"):
        sample.remove(place)
    assert sorted(place.parent.rglob("*")) == before


def test_removed_whole_and_then_there_is_nothing_to_remove(place: Path) -> None:
    sample.write(place, now=NOW)
    assert sample.remove(place)
    assert list(place.parent.iterdir()) == []
    assert not sample.remove(place)


def test_what_a_killed_run_left_is_swept(place: Path) -> None:
    place.parent.mkdir(parents=True)
    (place.parent / f".{place.name}.ocprov-sample-0badcafe").mkdir()
    sample.write(place, now=NOW)
    assert list(place.parent.iterdir()) == [place]
