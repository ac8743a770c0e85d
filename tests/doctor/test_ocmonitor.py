"""How ocmonitor and its config are judged, and gathered from the real one and from bad ones."""

from pathlib import Path

import pytest

from ocprov.cli.doctor import compared
from ocprov.core.value import replace
from ocprov.doctor.ocmonitor import Config, Ocmonitor, judge
from ocprov.doctor.seen import ocmonitor as seen
from ocprov.doctor.seen import program as asked
from ocprov.doctor.seen.program import Said
from tests.conftest import Machine
from tests.doctor.samples import FIXES, program, told, troubles

CONFIG = Config("/home/me/.config/ocmonitor/config.toml")
GOOD = Ocmonitor("/bin/ocmonitor", Said("ocmonitor, version 1.0.5\n"), Said("--pick"), ("costs",), CONFIG)


def version(text: str) -> Ocmonitor:
    return replace(GOOD, version=Said(text))


def config(**changed: object) -> Ocmonitor:
    return replace(GOOD, config=replace(CONFIG, **changed))  # type: ignore[arg-type] # named per row


def test_all_is_well() -> None:
    assert told(judge(GOOD, FIXES)) == [
        ("ocmonitor", "ok", "1.0.5, /bin/ocmonitor"),
        ("its config", "ok", "/home/me/.config/ocmonitor/config.toml, as deployed"),
    ]


@pytest.mark.parametrize(
    ("wrong", "what", "state", "found", "fix"),
    [
        pytest.param(replace(GOOD, path=""), "ocmonitor", "fail", "needed by costs", "pipx install", id="missing"),
        pytest.param(version("ocmonitor, version 1.0.0"), "ocmonitor", "fail", "too old", "upgrade", id="1.0.0"),
        pytest.param(version("ocmonitor, version 1.0.4"), "ocmonitor", "warn", "1.0.5 or newer", "upgrade", id="1.0.4"),
        pytest.param(version("\x1b[31mboo\x07"), "ocmonitor", "warn", "but: \\x1b[31mboo", "--version", id="rubbish"),
        pytest.param(version(""), "ocmonitor", "warn", "but: nothing", "--version", id="silence"),
        pytest.param(
            replace(GOOD, version=Said(trouble="gave no answer within 5 s")), "ocmonitor", "warn", "no answer", "run it",
            id="hangs",
        ),
        pytest.param(
            replace(GOOD, help=Said("  --last INTEGER")), "ocmonitor", "warn", "a fork", "opencode-monitor", id="fork"
        ),
        pytest.param(config(problem="c.toml:3: no"), "its config", "fail", "c.toml:3: no", "deploy --diff", id="wrong"),
        pytest.param(
            config(problem="no", hint="correct it"), "its config", "fail", "no", "correct it", id="wrong, with a hint"
        ),
        pytest.param(
            config(there=False), "its config", "warn", "makes ./exports", "ocprov -L 'my one' deploy", id="absent"
        ),
        pytest.param(config(action="replace"), "its config", "warn", "as its source is now", "deploy", id="older"),
        pytest.param(config(action="conflict"), "its config", "warn", "was edited", "--diff; then", id="edited"),
        pytest.param(config(untold="no"), "its config", "warn", "what it should be: no", "--check", id="no source"),
        pytest.param(config(doubt="it hangs"), "accepted by it", "warn", "it hangs", "config show", id="hangs on it"),
        pytest.param(config(exports="./exports"), "exports", "warn", "./exports", "in full", id="relative exports"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(wrong: Ocmonitor, what: str, state: str, found: str, fix: str) -> None:
    (check,) = troubles(judge(wrong, FIXES))
    assert (check.what, check.state) == (what, state)
    assert found in check.found
    assert fix in check.fix


def test_a_foreign_config_in_this_directory_is_told_where_none_goes_before_it() -> None:
    absent = config(there=False, local="./config.toml")
    assert [check.what for check in troubles(judge(absent, FIXES))] == ["its config", "foreign config"]


# Gathered ------------------------------------------------------------------------------------------------------------


def write(machine: Machine, text: str) -> Path:
    path = machine.home / ".config/ocmonitor/config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def of(found: Ocmonitor) -> Config:
    assert found.config is not None
    return found.config


def test_the_real_one_without_a_config(machine: Machine) -> None:
    (machine.home / "config.toml").write_text("")

    found = seen.ocmonitor(("costs",), compared)

    assert [check.what for check in troubles(judge(found, FIXES))] == ["its config", "foreign config"]
    assert sorted(path.name for path in machine.home.iterdir()) == ["config.toml"]


def test_the_real_one_with_what_was_deployed_and_edited(machine: Machine) -> None:
    machine.ocprov("deploy")
    before = sorted(machine.home.rglob("*"))

    found = seen.ocmonitor((), compared)
    assert troubles(judge(found, FIXES)) == []
    assert of(found).action == "none"
    assert sorted(machine.home.rglob("*")) == before

    path = machine.home / ".config/ocmonitor/config.toml"
    path.write_text(path.read_text() + "# mine\n")
    (check,) = troubles(judge(seen.ocmonitor((), compared), FIXES))
    assert (check.state, check.found) == (
        "warn",
        f"{path} was edited, or is your own: it is not as its source is",
    )
    assert machine.ocprov("deploy", "--keep").returncode == 0
    assert troubles(judge(seen.ocmonitor((), compared), FIXES)) == []


def test_a_source_that_changed_since_is_told_and_so_is_one_that_is_wrong(machine: Machine) -> None:
    machine.ocprov("deploy")
    source = machine.home / ".config/ocprov/ocmonitor.config.toml"
    source.parent.mkdir(parents=True)
    source.write_text("[ui]\ntheme = 'light'\n")
    (check,) = troubles(judge(seen.ocmonitor((), compared), FIXES))
    assert (check.found.endswith("is not as its source is now"), check.fix) == (
        True,
        "ocprov -L 'my one' deploy",
    )

    source.write_text("[ui\n")
    (check,) = troubles(judge(seen.ocmonitor((), compared), FIXES))
    assert "not known what it should be" in check.found


@pytest.mark.parametrize(
    ("text", "what", "found"),
    [
        ("[ui\n", "its config", "config.toml:1"),
        ("[ui]\nlive_refresh_interval = 61\n", "its config", "live_refresh_interval"),
        ("[budget]\nx = 1\n", "its config", "no such section"),
        ("[ui]\ntheme = 'dark'\n", "exports", "./exports"),
        ("[paths]\nexport_dir = 'x/y'\n", "exports", "x/y"),
    ],
)
def test_a_config_of_ones_own_is_read(machine: Machine, text: str, what: str, found: str) -> None:
    write(machine, text)
    (check,) = troubles(judge(seen.ocmonitor((), lambda: "none"), FIXES))
    assert check.what == what
    assert found in check.found


def test_a_config_that_leads_nowhere(machine: Machine) -> None:
    path = write(machine, "")
    path.unlink()
    path.symlink_to("absent")
    (check,) = troubles(judge(seen.ocmonitor((), compared), FIXES))
    assert (check.what, check.state) == ("its config", "fail")


@pytest.mark.parametrize(
    ("script", "what"),
    [
        pytest.param("exit 1", ["ocmonitor", "accepted by it"], id="it fails"),
        pytest.param("echo rubbish", ["ocmonitor", "accepted by it"], id="rubbish"),
        pytest.param("exec yes", ["ocmonitor", "accepted by it"], id="rubbish without end"),
        pytest.param("kill -9 $$", ["ocmonitor", "accepted by it"], id="it is killed"),
    ],
)
def test_a_bad_ocmonitor_is_a_warning(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, script: str, what: list[str]
) -> None:
    machine.ocprov("deploy")
    program(machine, monkeypatch, "ocmonitor", script)
    found = troubles(judge(seen.ocmonitor((), compared), FIXES))
    assert [(check.what, check.state) for check in found] == [(one, "warn") for one in what]


def test_an_ocmonitor_that_hangs_is_a_warning_in_time(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.ocprov("deploy")
    monkeypatch.setattr(asked, "SECONDS", 0.5)
    program(machine, monkeypatch, "ocmonitor", "sleep 1000")

    found = troubles(judge(seen.ocmonitor((), compared), FIXES))

    assert ["gave no answer within 0.5 s" in check.found for check in found] == [True, True]
