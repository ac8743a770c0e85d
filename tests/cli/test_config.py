"""`ocprov config`: every setting with its origin, every key with what it may be, and a file to begin with."""

import json
import stat
import tomllib
from pathlib import Path

import pytest

from ocprov.core.keys import problems
from ocprov.settings.keys import KEYS
from tests.conftest import Machine


@pytest.fixture
def config(machine: Machine) -> Path:
    file = machine.home / ".config/ocprov/config.toml"
    file.parent.mkdir(parents=True)
    return file


def _lines(machine: Machine, **more: str) -> dict[str, list[str]]:
    shown = machine.ocprov("config", **more)
    assert shown.returncode == 0, shown.stderr
    return {line.split()[0]: line.split(maxsplit=1)[1].rsplit("  ", 1) for line in shown.stdout.splitlines()}


def test_config_alone_shows_every_setting_its_value_and_its_origin(machine: Machine, config: Path) -> None:
    config.write_text("[alert]\n\ndaily = 4.5\n")
    lines = _lines(machine, OCPROV_CLEAN_DAYS="7")
    assert list(lines) == [key.name for key in KEYS]
    assert [part.strip() for part in lines["alert.daily"]] == ["4.5", "config.toml:3"]
    assert [part.strip() for part in lines["clean.days"]] == ["7", "environment OCPROV_CLEAN_DAYS"]
    assert [part.strip() for part in lines["alert.weekly"]] == ["0", "default"]


def test_columns_are_aligned(machine: Machine) -> None:
    shown = machine.ocprov("config", "show").stdout.splitlines()
    assert len({line.rindex("  ") for line in shown}) == 1


def test_without_a_file_it_says_how_to_get_one_and_makes_none(machine: Machine) -> None:
    assert "ocprov config init" in machine.ocprov("config").stderr
    assert machine.ocprov("-q", "config").stderr == ""
    assert not (machine.home / ".config").exists()


@pytest.mark.parametrize("arguments", [("config",), ("config", "show"), ("config", "--json")])
def test_a_secret_is_masked(machine: Machine, config: Path, arguments: tuple[str, ...]) -> None:
    config.write_text('[alert]\nwebhook = "https://hooks.example/T0KEN"\n')
    shown = machine.ocprov(*arguments)
    assert "T0KEN" not in shown.stdout + shown.stderr
    assert '"***"' in shown.stdout


def test_json_says_the_same(machine: Machine, config: Path) -> None:
    config.write_text("[deploy]\nbackups = 2\n")
    answer = json.loads(machine.ocprov("config", "show", "--json").stdout)
    assert (answer["schema"], answer["command"]) == (1, "config")
    assert (answer["data"]["file"], answer["data"]["exists"]) == (str(config), True)
    settings = {one["name"]: one for one in answer["data"]["settings"]}
    assert settings["deploy.backups"] == {
        "name": "deploy.backups",
        "value": 2,
        "origin": "config.toml:2",
        "secret": False,
    }
    assert list(settings) == [key.name for key in KEYS]


def test_a_value_cannot_draw_on_the_terminal(machine: Machine, config: Path) -> None:
    config.write_text('[deploy]\nsource = "a\\u202eb"\n', "utf-8")
    shown = machine.ocprov("config")
    assert "\u202e" not in shown.stdout + shown.stderr


def test_every_key_is_told_even_where_the_file_is_wrong(machine: Machine, config: Path) -> None:
    config.write_text("[alrt]\n")
    wrong = machine.ocprov("config")
    assert wrong.returncode == 1
    assert "ocprov config show --keys" in wrong.stderr
    told = machine.ocprov("config", "show", "--keys").stdout
    assert all(f"{key.name}\n    {key.help}\n" in told for key in KEYS)
    assert "a number, from 1 to 3600; default 60" in told
    assert "a list of texts, each json or csv" in told
    assert "OCPROV_ALERT_DAILY" in told
    keys = json.loads(machine.ocprov("config", "--keys", "--json").stdout)["data"]["keys"]
    assert [key["name"] for key in keys] == [key.name for key in KEYS]


def test_path_is_where_the_file_is_or_would_be(machine: Machine) -> None:
    elsewhere = machine.root / "conf"
    assert machine.ocprov("config", "path").stdout == f"{machine.home}/.config/ocprov/config.toml\n"
    assert machine.ocprov("config", "path", XDG_CONFIG_HOME=str(elsewhere)).stdout == (
        f"{elsewhere}/ocprov/config.toml\n"
    )


def test_init_writes_every_key_commented_out(machine: Machine) -> None:
    file = machine.home / ".config/ocprov/config.toml"
    assert machine.ocprov("config", "init").stdout == f"created {file}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {line[-1].strip() for line in _lines(machine).values()} == {"default"}
    keys = (line.removeprefix("#") for line in file.read_text().splitlines() if not line.startswith("# "))
    document = tomllib.loads("\n".join(keys))
    assert problems(document, KEYS) == ()
    assert [f"{section}.{name}" for section, table in document.items() for name in table] == [
        key.name for key in KEYS
    ]
    for key in KEYS:
        section, _, name = key.name.partition(".")
        assert document[section][name] == key.default


@pytest.mark.parametrize("kind", ["file", "dangling link", "directory"])
def test_init_leaves_what_is_there(machine: Machine, config: Path, kind: str) -> None:
    if kind == "file":
        config.write_text("[alert]\n")
    elif kind == "directory":
        config.mkdir()
    else:
        config.symlink_to("nowhere")
    refused = machine.ocprov("config", "init")
    assert refused.returncode == 4
    assert [line.partition(":")[0] for line in refused.stderr.splitlines()] == ["error", "hint"]
    assert kind != "file" or config.read_text() == "[alert]\n"
    assert not (config.parent / "nowhere").exists()


def test_init_where_nothing_can_be_written_is_refused_in_two_lines(machine: Machine) -> None:
    (machine.home / ".config").write_text("in the way")
    refused = machine.ocprov("config", "init")
    assert refused.returncode == 1
    assert [line.partition(":")[0] for line in refused.stderr.splitlines()] == ["error", "hint"]


def test_help_of_config_and_an_unknown_word_are_those_of_the_group(machine: Machine) -> None:
    assert "init" in machine.ocprov("config", "--help").stdout
    assert machine.ocprov("config", "shwo").returncode == 2
