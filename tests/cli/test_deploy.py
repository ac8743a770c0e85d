import hashlib
import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ocprov.cli.main import cli
from ocprov.errors import ConflictError
from ocprov.lock import held
from ocprov.resources import shipped


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    return tmp_path


@pytest.fixture
def target(home: Path) -> Path:
    return home / ".config/ocmonitor/config.toml"


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["deploy", *args])


def answer(*args: str) -> dict[str, Any]:
    document = json.loads(run("--json", *args).stdout)
    assert (document["schema"], document["command"]) == (1, "deploy")
    found = document["data"]
    assert isinstance(found, dict)
    return found


def write(path: Path, content: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return str(path)


def test_the_shipped_file_is_deployed_and_one_line_says_so(target: Path) -> None:
    result = run()

    assert (result.exit_code, result.stdout, result.stderr) == (0, f"created {target}\n", "")
    assert target.read_bytes() == (shipped("deploy") / "ocmonitor.config.toml").read_bytes()


def test_a_second_run_says_unchanged(target: Path) -> None:
    run()

    assert run().stdout == f"unchanged {target}\n"


def test_a_new_version_replaces_ours_and_says_where_the_old_one_is(target: Path, home: Path) -> None:
    run()
    result = run("--source", write(home / "new.toml", "a = 1\n"))

    (backup,) = target.parent.glob("*.bak")
    assert result.stdout == f"replaced {target} (what it held: {backup})\n"


def test_an_edited_file_is_a_conflict_with_a_command_that_shows_it(target: Path, home: Path) -> None:
    source = write(home / "it's new.toml", "a = 1\n")
    write(target, "mine = true\n")

    result = run("--source", source)

    assert result.stdout == ""
    assert result.exit_code == ConflictError.exit_code
    error, hint = result.stderr.splitlines()
    assert error == f"error: {target} is in the way: ocprov did not put it there"
    assert hint.startswith("hint: nothing was touched; ")
    diff = subprocess.run(shlex.split(hint.split("`")[1]), capture_output=True, text=True, check=False)
    assert "< mine = true" in diff.stdout
    assert "> a = 1" in diff.stdout


@pytest.mark.parametrize(
    ("there", "code", "said"),
    [
        pytest.param(None, 3, "would create", id="missing"),
        pytest.param("wanted", 0, "unchanged", id="same-bytes"),
    ],
)
def test_a_dry_run_says_what_would_change_by_its_exit_code(
    there: str | None, code: int, said: str, target: Path, home: Path
) -> None:
    source = write(home / "new.toml", "a = 1\n")
    if there:
        write(target, "a = 1\n")

    result = run("-n", "--source", source)

    assert (result.exit_code, result.stdout) == (code, f"{said} {target}\n")
    assert not (home / ".local").exists()


def test_a_dry_run_over_a_conflict_is_a_conflict(target: Path) -> None:
    write(target, "mine = true\n")

    assert run("--dry-run").exit_code == ConflictError.exit_code


def test_json_says_all_of_a_change(target: Path, home: Path) -> None:
    source = write(home / "new.toml", "a = 1\n")
    wanted = hashlib.sha256(b"a = 1\n").hexdigest()
    made = answer("--source", source)

    assert made == {
        "path": str(target),
        "realpath": str(target),
        "action": "create",
        "changed": True,
        "dry_run": False,
        "reason": "there is no file yet",
        "backup": None,
        "sha_old": None,
        "sha_new": wanted,
        "warning": None,
    }
    again = answer("--source", source)
    assert (again["action"], again["changed"], again["sha_old"]) == ("none", False, wanted)


def test_json_answers_a_conflict_too(target: Path) -> None:
    write(target, "mine = true\n")

    assert (answer()["action"], answer("-n")["dry_run"]) == ("conflict", True)
    assert run("--json").exit_code == ConflictError.exit_code


def test_a_corrupt_record_is_a_warning_on_stderr(target: Path, home: Path) -> None:
    run()
    write(home / ".local/state/ocprov/deployed.json", "{")

    result = run()

    assert result.stdout == f"unchanged {target} (now recorded as deployed)\n"
    assert result.stderr.startswith("ocprov: ")
    assert result.exit_code == 0


def test_a_control_character_in_a_path_is_shown_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a\x1b[31mb").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "a\x1b[31mb"))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)

    assert run().stdout == f"created {tmp_path}/a\\x1b[31mb/.config/ocmonitor/config.toml\n"


def test_without_a_home_the_error_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")

    result = run()

    assert result.exit_code == 1
    assert result.stderr.startswith("error: HOME is not set")


def test_a_dry_run_does_not_wait_for_a_deployment(target: Path, home: Path) -> None:
    run()
    with held(home / ".local/state/ocprov/deploy.lock", wait=0, blocked=lambda: None):
        assert run("-n").stdout == f"unchanged {target}\n"
