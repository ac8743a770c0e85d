"""The commands of the shipped layouts do what they are for, run as their launchers run them but for tmux."""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ocprov.core.desired import Window
from tests.layout.shipped import HOSTILE, NAMES, data, named, script, window

Stub = Callable[[str, str], None]


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "OCMONITOR_DATABASE_FILE", "EDITOR", "VISUAL", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stub:
    """Puts a program that is not to be run for real into PATH, as a line of sh."""
    folder = tmp_path / "bin"
    folder.mkdir()
    beside = Path(sys.executable).parent  # where ocmonitor is installed
    monkeypatch.setenv("PATH", f"{folder}:{beside}:{os.environ['PATH']}")

    def writer(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)

    return writer


@contextmanager
def running(window: Window) -> Iterator["subprocess.Popen[str]"]:
    """The window's commands at work, as its launcher runs them but for tmux."""
    environment = {**os.environ, **dict(window.panes[0].environment), "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(
        ["/bin/sh", "-c", script(window)],
        cwd=window.panes[0].directory,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    try:
        yield process
    finally:
        with process:
            if process.poll() is None:
                os.killpg(process.pid, 9)


def output(window: Window) -> str:
    with running(window) as process:
        return process.communicate(timeout=600)[0]


def plain(text: str) -> list[str]:
    """Lines without their colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()


def line_with(process: "subprocess.Popen[str]", wanted: str) -> str:
    """The first line with `wanted`; the process is expected to go on, so the end of its output is a failure."""
    stdout = process.stdout or pytest.fail("no pipe")
    return next((line for line in stdout if wanted in line), "")


def test_a_window_waits_for_the_first_conversation_and_then_starts(home: Path, stub: Stub) -> None:
    stub("ocmonitor", 'echo "started: $*"')
    with running(window(named("monitoring"), "ocmonitor-live-feed")) as process:
        assert "Waiting" in line_with(process, "Waiting")
        data(home)
        assert line_with(process, "started") == "started: live\n"


def test_no_ocmonitor_is_started_while_there_is_nothing_to_see(home: Path, stub: Stub) -> None:
    stub("ocmonitor", f'echo "$*" >>{shlex.quote(str(home / "runs"))}')
    database = home / ".local/share/opencode/opencode.db"
    database.parent.mkdir(parents=True)
    database.write_bytes(b"CREATE TABLE session" * 100)
    with running(window(named("monitoring"), "ocmonitor-live-feed")) as process:
        assert line_with(process, "starts by itself")
        assert not (home / "runs").exists()


def test_where_the_config_names_another_place_ocmonitor_is_asked(home: Path, stub: Stub) -> None:
    stub("ocmonitor", 'echo "started: $*"')
    (home / ".config/ocmonitor").mkdir(parents=True)
    (home / ".config/ocmonitor/config.toml").touch()
    assert output(window(named("monitoring"), "ocmonitor-live-feed")) == "started: live\n"


def test_the_log_is_followed_as_soon_as_it_is_there(home: Path) -> None:
    with running(window(named("monitoring"), "opencode-logs-tail")) as process:
        assert line_with(process, "opencode.log") == "  ~/.local/share/opencode/log/opencode.log\n"
        log = home / ".local/share/opencode/log/opencode.log"
        log.parent.mkdir(parents=True)
        log.write_text("level=INFO first\n")
        assert line_with(process, "first")


def test_of_an_older_opencode_the_newest_log_is_followed(home: Path) -> None:
    folder = home / ".local/share/opencode/log"
    folder.mkdir(parents=True)
    for age, name in ((100, "2026-01-01T000000.log"), (0, "2025-01-01T000000.log")):
        (folder / name).write_text(f"{age} seconds\n")
        os.utime(folder / name, (time.time() - age,) * 2)
    with running(window(named("monitoring"), "opencode-logs-tail")) as process:
        assert line_with(process, "seconds") == "0 seconds\n"


def test_a_log_of_any_name_is_followed(tmp_path: Path) -> None:
    log = tmp_path / HOSTILE.replace("/", "")
    log.write_text("here\n")
    with running(window(named("monitoring", f"log={log}"), "opencode-logs-tail")) as process:
        assert line_with(process, "here") == "here\n"
    assert not list(tmp_path.rglob("pwned"))


SIZES = {"100x24": (100, 24), "119x30": (119, 30), "200x50": (200, 50)}
ROWS = {
    "ocmonitor-daily-costs": "%Y-%m-%d",
    "ocmonitor-model-breakdown": "cla",
    "ocmonitor-projects": "web",
    "ocmonitor-weekly": "%G-W%V",
    "ocmonitor-monthly": "%Y-%m",
}


@pytest.mark.slow
@pytest.mark.parametrize(("columns", "lines"), SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("name", ROWS)
def test_a_report_fits_its_pane_with_the_latest_row_and_the_cost(
    name: str, columns: int, lines: int, home: Path, stub: Stub
) -> None:
    now = datetime.now().astimezone()
    data(home, now=now)
    stub("watch", f'COLUMNS={columns} LINES={lines}; export COLUMNS LINES; exec sh -c "$4"')
    alias = "monitoring" if name in NAMES["monitoring"] else "analysis"
    shown = plain(output(window(named(alias), name)))
    assert max(map(len, shown)) <= columns
    assert len(shown) <= lines - 2
    assert any("Cost ┃" in line for line in shown)
    assert any(f"{now:{ROWS[name]}}" in line and re.search(r"│ +\$\d+\.\d\d ", line) for line in shown)


@pytest.mark.slow
def test_the_history_has_the_newest_conversation_last(home: Path, stub: Stub) -> None:
    now = datetime.now().astimezone()
    data(home, now=now)
    stub("less", "cat")
    shown = plain(output(window(named("monitoring", "history_limit=3"), "ocmonitor-session-history")))
    conversations = [line for line in shown if line.startswith("│ 20")]
    days = {f"{day:%Y-%m-%d}" for day in (now, now - timedelta(hours=1))}  # it began a while ago
    assert any(day in conversations[-1] for day in days)
    # To the minute, of which soon after midnight one has several.
    began = [line.split("│")[1] for line in conversations]
    assert began == sorted(began)
    assert any("Sessions: 3 " in line for line in shown)


@pytest.mark.slow
def test_exports_go_to_a_directory_for_the_day_and_nowhere_else(home: Path, stub: Stub) -> None:
    before = datetime.now()
    data(home)
    with running(window(named("analysis", "export_format=csv"), "ocmonitor-exports")) as process:
        assert line_with(process, "again every 1d")
    today = next((home / ".local/share/ocprov/exports").glob("20*"))
    assert today.name in {f"{day:%Y-%m-%d}" for day in (before, datetime.now())}
    assert {path.name for path in today.iterdir() if path.name[0] != "."} == {
        f"{report}.csv" for report in ("daily", "weekly", "monthly", "models", "projects")
    }
    assert not (home / "exports").exists()


EXPORTS = {
    "as-settings-say": ([], "ocprov export --every 24"),
    "often": (["export_hours=1"], "ocprov export --every 1"),
    "one-format": (["export_format=json"], "ocprov export --every 24 --format json"),
    "elsewhere": (["exports_dir=~/my out"], "ocprov export --every 24 --to '{home}/my out'"),
}


@pytest.mark.parametrize(("chosen", "command"), EXPORTS.values(), ids=EXPORTS)
def test_exports_are_as_settings_say_unless_the_layout_was_told(
    chosen: list[str], command: str, home: Path
) -> None:
    declared = window(named("analysis", *chosen), "ocmonitor-exports").panes[0].commands[-1]
    assert declared == command.format(home=home)


LIMITS = {
    "as-settings-say": ([], "ocprov alert --every 300 --default-daily 10"),
    "a-limit": (["daily_limit=3"], "ocprov alert --every 300 --daily 3"),
    "often": (["alert_interval=5"], "ocprov alert --every 5 --default-daily 10"),
}


@pytest.mark.parametrize(("chosen", "command"), LIMITS.values(), ids=LIMITS)
def test_limits_are_as_settings_say_unless_the_layout_was_told(chosen: list[str], command: str) -> None:
    assert window(named("costs", *chosen), "ocmonitor-cost-alerts").panes[0].commands[-1] == command


COSTS = {
    "below": ("0.79", "7 %", "ok"),
    "reached": ("10.0", "100 %", "REACHED"),
    "above": ("12.5", "125 %", "OVER by $2.50"),
}


@pytest.mark.parametrize(("cost", "part", "word"), COSTS.values(), ids=COSTS)
def test_todays_cost_is_held_against_the_limit(
    cost: str, part: str, word: str, home: Path, stub: Stub
) -> None:
    data(home)
    stub("ocmonitor", f"""echo '{{"timeframe": "daily", "total_cost": {cost}, "models": []}}'""")
    with running(window(named("costs"), "ocmonitor-cost-alerts")) as process:
        line = line_with(process, "today")
    assert part in line
    assert line.rstrip().endswith(word)


def test_an_ocmonitor_that_fails_is_no_cost_of_nothing(home: Path, stub: Stub) -> None:
    data(home)
    stub("ocmonitor", "echo 'file is not a database' >&2; exit 1")
    with running(window(named("costs"), "ocmonitor-cost-alerts")) as process:
        assert "file is not a database" in line_with(process, "error:")


@pytest.mark.parametrize("alias", ["costs", "analysis", "development"])
def test_a_layout_with_a_window_of_ocprovs_asks_for_it(alias: str) -> None:
    assert "PATH" in dict(named(alias).missing)["ocprov"]
