"""The layouts that ship: what they declare, and that their commands do what they are for."""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from tmuxp.workspace import loader, validation

from ocprov import sample
from ocprov.core.desired import Window
from ocprov.layout.facts import Facts
from ocprov.layout.load import Loaded, load
from ocprov.layout.source import find, sources
from ocprov.resources import shipped
from tests.layout.conftest import Write

NAMES = {
    "monitoring": [
        "ocmonitor-live-feed",
        "ocmonitor-daily-costs",
        "ocmonitor-model-breakdown",
        "ocmonitor-session-history",
        "opencode-logs-tail",
        "workspace",
    ],
    "analysis": [
        "ocmonitor-projects",
        "ocmonitor-agents",
        "ocmonitor-weekly",
        "ocmonitor-monthly",
        "ocmonitor-exports",
    ],
    "costs": [
        "ocmonitor-daily-costs",
        "ocmonitor-weekly-costs",
        "ocmonitor-monthly-costs",
        "ocmonitor-cost-alerts",
    ],
    "development": ["server", "attach", "editor", "git", "tests", "shell", "events"],
}
SESSIONS = {
    "monitoring": "opencode-observability-monitoring",
    "analysis": "opencode-observability-analysis",
    "costs": "opencode-observability-costs",
    "development": r"opencode-development-[a-z0-9-]+-[0-9a-f]{6}",
}
HOSTILE = """/x y'"; touch pwned; $(touch pwned) `touch pwned` {{ dir }} #{pane_id} : # - é"""

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


def named(alias: str, *settings: str, have: tuple[str, ...] = ()) -> Loaded:
    """A layout as it is where just the programs `have`, of those it asks for, are installed."""
    optional = ("ccze", "lazygit", "tig", "watch", "less", "ocmonitor", "opencode")
    facts = Facts({("have", program): program in have for program in optional})
    return load(find(alias), settings=settings, directory=Path.cwd(), facts=facts)


def window(loaded: Loaded, name: str) -> Window:
    return next(window for window in loaded.desired.windows if window.name == name)


def script(window: Window) -> str:
    return "\n".join(window.panes[0].commands)


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
        return process.communicate(timeout=60)[0]


def plain(text: str) -> list[str]:
    """Lines without their colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()


def line_with(process: "subprocess.Popen[str]", wanted: str) -> str:
    """The first line with `wanted`; the process is expected to go on, so the end of its output is a failure."""
    stdout = process.stdout or pytest.fail("no pipe")
    return next((line for line in stdout if wanted in line), "")


def data(home: Path, *, within: str = ".local/share") -> sample.Sample:
    """Sample conversations where OpenCode keeps its own."""
    return sample.write(home / within / "opencode", now=datetime.now().astimezone())


# ---- what they declare


def test_every_shipped_layout_is_here() -> None:
    assert {source.alias for source in sources()} == set(NAMES)


@pytest.mark.parametrize("alias", NAMES)
def test_windows_have_their_names_in_order(alias: str) -> None:
    session = named(alias).desired
    assert [window.name for window in session.windows] == NAMES[alias]
    assert re.fullmatch(SESSIONS[alias], session.name)


SETTINGS: dict[str, tuple[str, list[str]]] = {
    "monitoring-all": (
        "monitoring",
        [
            "daily_interval=5",
            "models_interval=7",
            "history_limit=3",
            "database=~/a.db",
            "log=~/a.log",
            "workspace_dir=/",
        ],
    ),
    "analysis-all": ("analysis", ["interval=9", "export_hours=1", "export_format=json", "exports_dir=~/out"]),
    "costs-all": ("costs", ["daily_limit=3", "alert_interval=5", "daily_interval=5", "interval=5"]),
    "development-all": (
        "development",
        [f"{name}_command=echo {name}" for name in ("server", "opencode", "editor", "git", "test", "events")],
    ),
} | {f"{alias}-defaults": (alias, []) for alias in NAMES}


@pytest.mark.parametrize(
    "have", [(), ("ccze",), ("tig",), ("lazygit", "tig"), ("watch", "ccze")], ids="+".join
)
@pytest.mark.parametrize(("alias", "settings"), SETTINGS.values(), ids=SETTINGS)
def test_tmuxp_takes_what_is_rendered(alias: str, settings: list[str], have: tuple[str, ...]) -> None:
    loaded = named(alias, *settings, have=have)
    assert validation.validate_schema(loaded.workspace)
    loader.expand(loaded.workspace)
    for window in loaded.desired.windows:
        checked = subprocess.run(["/bin/sh", "-n", "-c", script(window)], capture_output=True, text=True)
        assert not checked.stderr, window.name


def test_intervals_are_the_declared_ones() -> None:
    text = named("monitoring").rendered.text
    assert re.findall(r"watch -n (\d+) --color 'COLUMNS=200 (ocmonitor [^|]+) \|", text) == [
        ("60", "ocmonitor daily --breakdown"),
        ("300", "ocmonitor models"),
    ]
    changed = named("monitoring", "daily_interval=5", "models_interval=7").rendered.text
    assert re.findall(r"watch -n (\d+)", changed) == ["5", "7"]


def test_the_live_feed_restarts_and_nothing_else_does() -> None:
    restarts = {window.name: window.panes[0].restart for window in named("monitoring").desired.windows}
    assert restarts.pop("ocmonitor-live-feed") == "always"
    assert set(restarts.values()) == {"prompt"}


@pytest.mark.parametrize("program", ["htop", "btop", "glances"])
def test_a_system_monitor_is_a_seventh_window(program: str) -> None:
    windows = named("monitoring", f"system_monitor={program}").desired.windows
    assert [window.name for window in windows] == [*NAMES["monitoring"], "system-monitor"]
    assert windows[-1].panes[0].commands == (program,)


def test_the_log_is_coloured_where_ccze_is() -> None:
    assert "ccze" not in script(window(named("monitoring"), "opencode-logs-tail"))
    coloured = script(window(named("monitoring", have=("ccze",)), "opencode-logs-tail"))
    assert coloured.endswith('tail -n 200 -F "$log" | ccze -A -o nolookups')


def test_the_workspace_is_a_plain_shell_in_its_directory(home: Path) -> None:
    (home / ".myscripts").mkdir()
    pane = window(named("monitoring"), "workspace").panes[0]
    assert (pane.directory, pane.commands, pane.notice) == (str(home / ".myscripts"), (), "")


def test_without_that_directory_the_workspace_is_in_home_and_says_so(home: Path) -> None:
    loaded = named("monitoring")
    pane = window(loaded, "workspace").panes[0]
    assert pane.directory == str(home)
    assert "~/.myscripts" in pane.notice
    assert loaded.desired.notices == (pane.notice,)


def test_programs_that_are_missing_are_named_with_how_to_get_them() -> None:
    missing = dict(named("monitoring").missing)
    assert set(missing) == {"ocmonitor", "watch", "less"}
    assert "opencode-monitor" in missing["ocmonitor"]
    assert "opencode-ai" in dict(named("development").missing)["opencode"]
    assert not named("monitoring", have=("ocmonitor", "watch", "less")).missing


GIT = {
    "lazygit": (("lazygit", "tig", "watch"), "lazygit"),
    "tig": (("tig", "watch"), "tig"),
    "watch": (("watch",), "watch -n 5"),
    "nothing": ((), "git status"),
}


@pytest.mark.parametrize(("have", "begins"), GIT.values(), ids=GIT)
def test_the_git_window_takes_the_best_there_is(have: tuple[str, ...], begins: str) -> None:
    assert script(window(named("development", have=have), "git")).startswith(begins)


def test_the_editor_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    assert script(window(named("development"), "editor")) == "vi"
    monkeypatch.setenv("EDITOR", "emacs -nw")
    assert script(window(named("development"), "editor")) == "emacs -nw"


# ---- where OpenCode's data is


DATABASES = {
    "nothing-said": ({}, [], None),
    "data-home": ({"XDG_DATA_HOME": "/data"}, [], "/data/opencode/opencode.db"),
    "data-home-as-usual": ({"XDG_DATA_HOME": "{home}/.local/share"}, [], None),
    "data-home-relative": ({"XDG_DATA_HOME": "data"}, [], None),
    "ocmonitors-own": ({"OCMONITOR_DATABASE_FILE": "/m.db", "XDG_DATA_HOME": "/data"}, [], "/m.db"),
    "variable": ({"OCMONITOR_DATABASE_FILE": "/m.db"}, ["database=~/v.db"], "{home}/v.db"),
}


@pytest.mark.parametrize("alias", ["monitoring", "analysis", "costs"])
@pytest.mark.parametrize(("environment", "settings", "wanted"), DATABASES.values(), ids=DATABASES)
def test_ocmonitor_is_told_the_database_only_where_it_would_not_find_it(
    alias: str,
    environment: dict[str, str],
    settings: list[str],
    wanted: str | None,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value.format(home=home))
    told = dict(named(alias, *settings).desired.environment).get("OCMONITOR_DATABASE_FILE")
    assert told == (wanted and wanted.format(home=home))


def test_the_log_is_looked_for_below_the_data_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/my data")
    assert "'/my data/opencode/log/opencode.log'" in script(window(named("monitoring"), "opencode-logs-tail"))


def test_the_demo_is_the_same_windows_clearly_marked(home: Path) -> None:
    made = data(home)
    loaded = load(
        shipped("layouts") / "observability/_demo.yaml.j2",
        settings=(f"database={made.database}", f"log={made.log}"),
        directory=home,
    )
    assert loaded.desired.name == "opencode-observability-demo"
    assert [window.name for window in loaded.desired.windows] == NAMES["monitoring"]
    assert "SAMPLE DATA" in dict(loaded.desired.options)["status-left"]
    assert not loaded.desired.global_options
    assert dict(loaded.desired.environment) == {"OCMONITOR_DATABASE_FILE": str(made.database)}
    assert shlex.quote(str(made.log)) in script(window(loaded, "opencode-logs-tail"))


# ---- values of a person's choice


@pytest.mark.parametrize(
    ("alias", "variable"),
    [
        (alias, name)
        for alias, names in {
            "monitoring": ("database", "log", "workspace_dir"),
            "analysis": ("database", "exports_dir"),
            "costs": ("database",),
        }.items()
        for name in names
    ],
)
def test_paths_stay_literal_whatever_is_in_them(alias: str, variable: str) -> None:
    usual = named(alias, f"{variable}=/plain")
    hostile = named(alias, f"{variable}={HOSTILE}")
    assert [window.name for window in hostile.desired.windows] == NAMES[alias]
    path = HOSTILE
    assert hostile.desired.environment == tuple(
        (name, value.replace("/plain", path)) for name, value in usual.desired.environment
    )
    for one, other in zip(usual.desired.windows, hostile.desired.windows, strict=True):
        words = [word.replace("/plain", path) for word in shlex.split(script(one))]
        assert shlex.split(script(other)) == words
        assert other.panes[0].notice == one.panes[0].notice.replace("/plain", path)


@pytest.mark.parametrize("name", ["server", "opencode", "editor", "git", "test", "events"])
def test_commands_reach_the_shell_as_they_were_given(name: str) -> None:
    commands = {
        script(item) for item in named("development", f"{name}_command=a: '{HOSTILE}").desired.windows
    }
    assert f"a: '{HOSTILE}" in commands


@pytest.mark.parametrize(
    "block",
    ["live_feed", "daily_costs", "model_breakdown", "session_history", "logs_tail", "workspace"],
)
def test_a_layout_of_the_users_changes_one_window_and_keeps_the_others(block: str, write: Write) -> None:
    ours = named("monitoring")
    write(
        "alias: monitoring\n---\n"
        '{% extends "observability/monitoring.yaml.j2" %}\n'
        f"{{% block {block} %}}\n  - window_name: mine\n    panes: [mine]\n{{% endblock %}}\n",
        "observability/monitoring.yaml.j2",
    )
    theirs = named("monitoring")
    changed = [
        one.name
        for one, other in zip(ours.desired.windows, theirs.desired.windows, strict=True)
        if (one.name, one.panes[0].digest) != (other.name, other.panes[0].digest)
    ]
    assert changed == [name for name in NAMES["monitoring"] if name.endswith(block.replace("_", "-"))]
    assert theirs.source.shadows


# ---- the commands themselves


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


SIZES = {"80x24": (80, 24), "119x30": (119, 30), "200x50": (200, 50)}
ROWS = {
    "ocmonitor-daily-costs": f"{datetime.now():%Y-%m-%d}",
    "ocmonitor-model-breakdown": "claude-sonnet",
    "ocmonitor-projects": "webshop",
    "ocmonitor-weekly": f"{datetime.now():%Y-W%W}"[:6],
    "ocmonitor-monthly": f"{datetime.now():%Y-%m}",
}


@pytest.mark.slow
@pytest.mark.parametrize(("columns", "lines"), SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("name", ROWS)
def test_a_report_fits_its_pane_with_the_latest_row_and_the_cost(
    name: str, columns: int, lines: int, home: Path, stub: Stub
) -> None:
    data(home)
    stub("watch", f'COLUMNS={columns} LINES={lines}; export COLUMNS LINES; exec sh -c "$4"')
    alias = "monitoring" if name in NAMES["monitoring"] else "analysis"
    shown = plain(output(window(named(alias), name)))
    assert max(map(len, shown)) <= columns
    assert len(shown) <= lines - 2
    assert any(re.search(r"┃ +Cost ┃", line) for line in shown)
    assert any(ROWS[name] in line and re.search(r"│ +\$\d+\.\d\d ", line) for line in shown)


@pytest.mark.slow
def test_the_history_has_the_newest_conversation_last(home: Path, stub: Stub) -> None:
    data(home)
    stub("less", "cat")
    shown = plain(output(window(named("monitoring", "history_limit=3"), "ocmonitor-session-history")))
    conversations = [line for line in shown if line.startswith("│ 20")]
    assert f"{datetime.now():%Y-%m-%d}" in conversations[-1]
    assert conversations == sorted(conversations)
    assert any("Sessions: 3 " in line for line in shown)


@pytest.mark.slow
def test_exports_go_to_a_directory_for_the_day_and_nowhere_else(home: Path, stub: Stub) -> None:
    data(home)
    stub("sleep", "exit 1")
    with running(window(named("analysis"), "ocmonitor-exports")) as process:
        assert line_with(process, "again in 24 h")
    today = home / f".local/share/ocprov/exports/{datetime.now():%Y-%m-%d}"
    assert {path.name for path in today.iterdir()} == {
        f"{report}.csv" for report in ("daily", "weekly", "monthly", "models", "projects")
    }
    assert not (home / "exports").exists()


LIMITS = {
    "below": ("0.79", "8 %", False),
    "reached": ("10.0", "100 %", True),
    "above": ("12.5", "125 %", True),
}


@pytest.mark.parametrize(("cost", "part", "over"), LIMITS.values(), ids=LIMITS)
def test_todays_cost_is_held_against_the_limit(
    cost: str, part: str, over: bool, home: Path, stub: Stub
) -> None:
    data(home)
    stub(
        "ocmonitor",
        f"""printf '{{\\n  "timeframe": "daily",\\n  "total_cost": {cost},\\n  "models": []\\n}}\\n'""",
    )
    stub("sleep", "kill $PPID")
    shown = output(window(named("costs"), "ocmonitor-cost-alerts"))
    assert f"{part} of the limit of $10" in shown
    assert ("OVER THE LIMIT" in shown, "\a" in shown) == (over, over)


def test_an_ocmonitor_that_fails_is_no_cost_of_nothing(home: Path, stub: Stub) -> None:
    data(home)
    stub("ocmonitor", "echo 'file is not a database' >&2; exit 1")
    stub("sleep", "kill $PPID")
    shown = output(window(named("costs"), "ocmonitor-cost-alerts"))
    assert "file is not a database" in shown
    assert "$0" not in shown
