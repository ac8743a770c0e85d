"""config.toml and the environment become settings, each with its origin; what is wrong is refused with its line."""

from pathlib import Path

import pytest

from ocprov.core.keys import line
from ocprov.errors import OcprovError
from ocprov.settings import read as settings


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    file = tmp_path / ".config/ocprov/config.toml"
    file.parent.mkdir(parents=True)
    return file


def test_without_a_file_every_setting_is_its_default(config: Path) -> None:
    found = settings.read({})
    assert {setting.origin for setting in found.found.values()} == {"default"}
    assert found.whole("deploy.backups") == 5
    assert found.path("deploy.source") is None
    assert found.file == config


def test_the_environment_goes_before_the_file_and_that_before_the_default(config: Path) -> None:
    config.write_text('[alert]\ndaily = 4.5\nsteps = [90]\n\n[deploy]\nsource = "~/dot/o.toml"\n')
    found = settings.read({"OCPROV_ALERT_DAILY": "7", "OCPROV_ALERT_NOTIFY": "tmux, webhook"})
    assert (found.number("alert.daily"), found.found["alert.daily"].origin) == (
        7,
        "environment OCPROV_ALERT_DAILY",
    )
    assert (found.texts("alert.steps"), found.found["alert.steps"].origin) == (("90",), "config.toml:3")
    assert found.texts("alert.notify") == ("tmux", "webhook")
    assert found.path("deploy.source") == config.parents[2] / "dot/o.toml"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[alrt]\ndaily = 1\n", ":1: alrt: there is no such section; did you mean alert?"),
        ("[alert]\n\ndaly = 1\n", ":3: alert.daly: there is no such key; did you mean alert.daily?"),
        ("[alert]\ndaily = -1\n", ":2: alert.daily: must be at least 0"),
        ("[alert]\ndaily = nan\n", ":2: alert.daily: must be a finite number"),
        ("[alert]\ndaily = inf\n", ":2: alert.daily: must be a finite number"),
        ('[alert]\ndaily = "1"\n', ":2: alert.daily: must be a number"),
        ("[alert]\ndaily = true\n", ":2: alert.daily: must be a number"),
        ('[alert]\nnotify = ["fax"]\n', ":2: alert.notify: must be tmux or desktop or command or webhook"),
        ("[alert]\nsteps = [1, 0]\n", ":2: alert.steps: must be from 1 to 1000"),
        ("alert = 3\n", "alert: must be a section: [alert]"),
        ('[deploy]\nsource = "a\\u001bb"\n', ":2: deploy.source: holds a control character"),
        ("[alert]\nx = 1\ny = 2\n", "(and 1 more)"),
        ("[alert\n", "is not TOML"),
        ("a = " + "[" * 5000, "is not TOML"),
        ("[alert]\ndaily = 1\ndaily = 2\n", "is not TOML"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(config: Path, text: str, said: str) -> None:
    config.write_text(text)
    with pytest.raises(OcprovError) as refused:
        settings.read({})
    assert said in refused.value.message
    assert refused.value.hint


def test_a_file_that_others_can_write_is_refused_for_it_names_programs_to_run(config: Path) -> None:
    config.write_text("")
    config.chmod(0o666)
    with pytest.raises(OcprovError, match="can be written by every user"):
        settings.read({})


@pytest.mark.parametrize("kind", ["directory", "dangling", "bytes", "large"])
def test_what_is_no_text_file_is_refused(config: Path, kind: str) -> None:
    if kind == "directory":
        config.mkdir()
    elif kind == "dangling":
        config.symlink_to("nowhere")
    else:
        config.write_bytes(b"\xff" if kind == "bytes" else b"#" * (settings.LARGEST + 1))
    with pytest.raises(OcprovError, match=r"config\.toml") as refused:
        settings.read({})
    assert refused.value.hint.startswith("look at it: ls -l")


@pytest.mark.parametrize(
    ("name", "value"),
    [("OCPROV_ALERT_DAILY", "much"), ("OCPROV_DEPLOY_SYMLINK", "maybe"), ("OCPROV_ALERT_STEPS", "50,x")],
)
def test_a_variable_that_means_nothing_is_refused_by_name(config: Path, name: str, value: str) -> None:
    with pytest.raises(OcprovError, match=name):
        settings.read({name: value})


def test_a_secret_is_not_repeated_in_a_refusal(config: Path) -> None:
    with pytest.raises(OcprovError) as refused:
        settings.read({"OCPROV_ALERT_WEBHOOK": "https://hooks/\x1bsecret"})
    assert "secret" not in refused.value.message + refused.value.hint


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("[a]\n[b]\nx = 1\n", "b.x", 3),
        ("[a] # why\nx = 1\n", "a.x", 2),
        ("a.x = 1\n", "a.x", 1),
        ("[a]\n", "a", 1),
        ("a = { x = 1 }\n", "a.x", 0),
    ],
)
def test_lines_are_found(text: str, name: str, expected: int) -> None:
    assert line(text, name) == expected
