"""The layouts that ship: what they declare."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from tmuxp.workspace import loader, validation

from ocprov.layout.load import load
from ocprov.layout.source import sources
from ocprov.resources import shipped
from tests.layout.conftest import Write
from tests.layout.shipped import HOSTILE, NAMES, data, named, script, window

SESSIONS = {
    "monitoring": "opencode-observability-monitoring",
    "analysis": "opencode-observability-analysis",
    "costs": "opencode-observability-costs",
    "development": r"opencode-development-[a-z0-9-]+-[0-9a-f]{6}",
}


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "OCMONITOR_DATABASE_FILE", "EDITOR", "VISUAL", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


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
    "development-server": ("development", ["isolation=full", "port=5000"]),
} | {f"{alias}-defaults": (alias, []) for alias in NAMES}


@pytest.mark.parametrize(
    "have", [(), ("ccze",), ("tig",), ("lazygit", "tig"), ("watch", "ccze")], ids="+".join
)
@pytest.mark.parametrize(("alias", "settings"), SETTINGS.values(), ids=SETTINGS)
def test_tmuxp_takes_what_is_rendered(alias: str, settings: list[str], have: tuple[str, ...]) -> None:
    loaded = named(alias, *settings, have=have)
    assert validation.validate_schema(loaded.workspace)
    loader.expand(loaded.workspace)
    for item in loaded.desired.windows:
        checked = subprocess.run(["/bin/sh", "-n", "-c", script(item)], capture_output=True, text=True)
        assert not checked.stderr, item.name


def test_intervals_are_the_declared_ones() -> None:
    text = named("monitoring").rendered.text
    assert re.findall(r"watch -n (\d+) --color '(ocmonitor [^|]+) \|", text) == [
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


SERVERS = {
    "as-it-comes": ([], "ocprov server run"),
    "isolated": (["isolation=data"], "ocprov server run --isolation data"),
    "port": (["port=5000"], "ocprov server run --port 5000"),
    "both": (["isolation=full", "port=5000"], "ocprov server run --isolation full --port 5000"),
    "another-command": (["isolation=full", "server_command=opencode serve"], "opencode serve"),
}


@pytest.mark.parametrize(("settings", "command"), SERVERS.values(), ids=SERVERS)
def test_the_server_is_ocprovs_and_everything_else_asks_ocprov_for_it(
    settings: list[str], command: str
) -> None:
    loaded = named("development", *settings)
    assert script(window(loaded, "server")) == command
    assert script(window(loaded, "attach")) == "ocprov server attach --stay"
    assert script(window(loaded, "events")) == "ocprov events --dir ."


def test_no_window_of_development_runs_again_by_itself_the_supervisor_sees_to_its_server() -> None:
    windows = named("development").desired.windows
    assert {pane.restart for window in windows for pane in window.panes} == {"prompt"}


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
    "data-home-with-slash": ({"XDG_DATA_HOME": "{home}/.local/share/"}, [], None),
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
    assert theirs.source.user
