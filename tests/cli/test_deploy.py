"""`ocprov deploy` as a person calls it."""

import hashlib
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ocprov.cli.main import cli
from ocprov.errors import ConflictError
from ocprov.lock import held
from ocprov.resources import shipped
from tests.configfile.conftest import tree

PATHS = '[paths]\ndatabase_file = "/d"\nopencode_storage_dir = "/s"\nmessages_dir = "/m"\nexport_dir = "/e"\n\n[ui]\n'
DARK, LIGHT = (f'{PATHS}theme = "{theme}"\n' for theme in ("dark", "light"))
MINE = f'{PATHS}theme = "dark" # mine\n'
SHIPPED = shipped("deploy") / "ocmonitor.config.toml"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("XDG_", "OCPROV_"))]:
        monkeypatch.delenv(name)
    path = tmp_path / "home"
    path.mkdir()
    monkeypatch.setenv("HOME", str(path))
    monkeypatch.chdir(path)
    return path


@pytest.fixture
def target(home: Path) -> Path:
    return home / ".config/ocmonitor/config.toml"


def run(*args: str, **more: str) -> Result:
    return CliRunner().invoke(cli, ["deploy", *args], env=more)


def answer(*args: str, **more: str) -> dict[str, Any]:
    document = json.loads(run("--json", *args, **more).stdout)
    assert (document["schema"], document["command"]) == (1, "deploy")
    found = document["data"]
    assert isinstance(found, dict)
    return found


def write(path: Path, content: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return str(path)


def refused(result: Result) -> tuple[str, str]:
    """What the two lines of a refusal say."""
    assert result.exit_code == 1, result.output
    error, hint = result.stderr.splitlines()
    assert error.startswith("error: ")
    assert hint.startswith("hint: ")
    return error.removeprefix("error: "), hint.removeprefix("hint: ")


def program(home: Path, script: str) -> str:
    """A PATH whose `ocmonitor` is a shell script."""
    path = home / "bin/ocmonitor"
    write(path, f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return f"{path.parent}:{os.environ['PATH']}"


# What is said and done


def test_the_shipped_file_is_deployed_and_one_line_says_so(target: Path) -> None:
    result = run()

    assert (result.exit_code, result.stdout, result.stderr) == (0, f"created {target}, from {SHIPPED}\n", "")


def test_a_second_run_says_unchanged_and_writes_nothing_at_all(home: Path, target: Path) -> None:
    run()
    before = tree(home)

    assert run().stdout == f"unchanged {target}\n"
    assert tree(home) == before


def test_a_new_version_replaces_ours_and_says_where_the_old_one_is(target: Path, home: Path) -> None:
    run("--source", write(home / "one.toml", DARK))
    source = write(home / "two.toml", LIGHT)
    result = run("--source", source)

    (backup,) = target.parent.glob("*.bak")
    assert result.stdout == f"replaced {target}, from {source} (what it held: {backup})\n"


def test_an_edited_file_is_a_conflict_and_the_difference_is_shown(target: Path, home: Path) -> None:
    source = write(home / "it's new.toml", LIGHT)
    write(target, DARK)

    result = run("--source", source)

    assert result.exit_code == ConflictError.exit_code
    assert result.stdout.splitlines()[:2] == [f"--- {target}", f"+++ {source}"]
    assert result.stdout.splitlines()[-2:] == ['-theme = "dark"', '+theme = "light"']
    error, hint = result.stderr.splitlines()
    assert error == f"error: {target} is in the way: ocprov did not put it there"
    again = hint.removeprefix("hint: nothing was touched; ").removesuffix(
        " leaves it so, --force replaces it and keeps a backup"
    )
    assert shlex.split(again) == ["ocprov", "deploy", "--source", source, "--keep"]
    assert target.read_text() == DARK
    assert "; ocprov deploy --keep leaves" in run().stderr


def test_an_edited_file_can_be_kept_replaced_and_brought_back(target: Path, home: Path) -> None:
    source = write(home / "new.toml", LIGHT)
    write(target, MINE)

    assert run("--source", source, "--keep").stdout == f"kept {target} as it is, until the source changes\n"
    assert (
        run("--source", source).stdout
        == f"unchanged {target}: it is kept as it is until the source changes\n"
    )
    assert run("--source", source, "--force").stdout.startswith(
        f"replaced {target}, from {source} (what it held: "
    )
    assert target.read_text() == LIGHT
    assert run("--rollback").stdout.startswith(f"restored {target}, from config.toml.ocprov-")
    assert target.read_text() == MINE
    assert run("--source", source).exit_code == 0
    assert target.read_text() == MINE


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--force", "--keep"], "--force and --keep exclude each other", id="both"),
        pytest.param(["--rollback", "--force"], "--force and --rollback exclude each other", id="back"),
        pytest.param(["--rollback", "--source", "x"], "--rollback and --source exclude", id="back-from"),
        pytest.param(["--rollback", "0"], "0 is not in the range", id="no-number"),
    ],
)
def test_what_makes_no_sense_together_is_wrong_usage(options: list[str], said: str, home: Path) -> None:
    result = run(*options)

    assert (result.exit_code, said in result.stderr) == (2, True)


def test_there_is_nothing_to_go_back_to_at_first(home: Path) -> None:
    assert refused(run("--rollback"))[0].startswith("there is no backup of ")
    assert list(home.iterdir()) == []


# Looking without touching


@pytest.mark.parametrize("option", ["--dry-run", "-n", "--diff", "--check"])
@pytest.mark.parametrize(
    ("there", "code"),
    [
        pytest.param(None, 3, id="missing"),
        pytest.param(LIGHT, 0, id="same-bytes"),
        pytest.param(MINE, 4, id="in-the-way"),
    ],
)
def test_a_look_tells_by_its_exit_code_and_writes_nothing_anywhere(
    option: str, there: str | None, code: int, target: Path, home: Path
) -> None:
    source = write(home / "new.toml", LIGHT)
    if there:
        write(target, there)
    before = tree(home)

    assert run(option, "--source", source).exit_code == code
    assert tree(home) == before


def test_a_look_at_a_file_that_may_be_replaced(target: Path, home: Path) -> None:
    run("--source", write(home / "one.toml", DARK))
    source = write(home / "two.toml", LIGHT)
    before = tree(home)

    line, shown, silent = (run(option, "--source", source) for option in ("-n", "--diff", "--check"))

    assert [result.exit_code for result in (line, shown, silent)] == [3, 3, 3]
    assert line.stdout == f"would replace {target}, from {source}\n"
    assert '-theme = "dark"\n+theme = "light"\n' in shown.stdout
    assert silent.output == ""
    assert tree(home) == before


def test_a_diff_is_in_colour_for_a_terminal_only(target: Path, home: Path) -> None:
    source = write(home / "new.toml", LIGHT)
    write(target, DARK)

    assert "\x1b" not in run("--diff", "--source", source).stdout
    painted = CliRunner().invoke(cli, ["deploy", "--diff", "--source", source], color=True).stdout
    assert '\x1b[31m-theme = "dark"\x1b[0m' in painted
    assert '\x1b[32m+theme = "light"\x1b[0m' in painted


def test_secrets_are_in_no_diff_nor_json(target: Path, home: Path) -> None:
    source = write(home / "new.toml", LIGHT)
    write(target, f'api_key = "S3CRET"\n{DARK}')

    assert "S3CRET" not in run("--diff", "--source", source).output
    assert "S3CRET" not in run("--source", source).output
    assert "api_key = ****" in answer("--source", source)["diff"]


def test_a_look_does_not_wait_for_a_deployment(target: Path, home: Path) -> None:
    run()
    write(target, DARK)
    with held(home / ".local/state/ocprov/deploy.lock", wait=0, blocked=lambda: None):
        assert run("-n").exit_code == ConflictError.exit_code


def test_one_that_waits_too_long_says_busy(home: Path) -> None:
    (home / ".local/state/ocprov").mkdir(parents=True)
    with held(home / ".local/state/ocprov/deploy.lock", wait=0, blocked=lambda: None):
        assert run("--wait", "0").exit_code == 75


# JSON


def test_json_says_all_of_a_change(target: Path, home: Path) -> None:
    source = write(home / "new.toml", DARK)
    wanted = hashlib.sha256(DARK.encode()).hexdigest()

    assert answer("--source", source) == {
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
        "link": False,
        "diff": None,
        "source": source,
        "source_origin": "--source",
        "filled": [],
    }
    again = answer("--source", source)
    assert (again["action"], again["changed"], again["sha_old"]) == ("none", False, wanted)


def test_json_answers_a_conflict_too(target: Path) -> None:
    write(target, DARK)

    found = answer()
    assert (found["action"], answer("-n")["dry_run"]) == ("conflict", True)
    assert '-theme = "dark"' in found["diff"]
    assert run("--json").exit_code == ConflictError.exit_code


# Where it comes from


def test_the_source_is_the_first_of_four(home: Path, target: Path) -> None:
    own = home / ".config/ocprov/ocmonitor.config.toml"
    assert answer("-n")["source_origin"] == "shipped"
    write(own, DARK)
    assert answer("-n")["source_origin"] == "beside config.toml"
    set_source = write(home / "dotfiles/o.toml", LIGHT)
    write(own.with_name("config.toml"), '[deploy]\nsource = "~/dotfiles/o.toml"\n')
    assert [answer("-n")[key] for key in ("source", "source_origin")] == [
        set_source,
        "deploy.source, config.toml:2",
    ]
    by_variable = answer("-n", OCPROV_DEPLOY_SOURCE=str(own))
    assert by_variable["source_origin"] == "deploy.source, environment OCPROV_DEPLOY_SOURCE"
    assert answer("-n", "--source", str(SHIPPED))["source_origin"] == "--source"


def test_xdg_config_home_moves_the_source_and_not_the_target(home: Path, target: Path) -> None:
    source = write(home / "xdg/ocprov/ocmonitor.config.toml", DARK)

    assert run(XDG_CONFIG_HOME=str(home / "xdg")).stdout == f"created {target}, from {source}\n"
    assert answer("-n", XDG_CONFIG_HOME="relative")["source_origin"] == "shipped"


def loop(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(lambda path: None, "cannot read {} (--source): No such file or directory", id="missing"),
        pytest.param(Path.mkdir, "{} is not a file", id="directory"),
        pytest.param(os.mkfifo, "{} is not a file", id="fifo"),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), "{} is not a file", id="device"),
        pytest.param(
            lambda path: path.symlink_to("gone"), "cannot read {} (--source): No such", id="dangling"
        ),
        pytest.param(loop, "cannot read {} (--source): Too many levels", id="loop"),
        pytest.param(lambda path: path.write_bytes(b"#" * (1 << 21)), "{} is larger than 1 MiB", id="large"),
        pytest.param(lambda path: path.write_bytes(b"a = \n"), "{}:1 is not TOML", id="syntax"),
        pytest.param(
            lambda path: path.write_bytes(b"[uii]\n"), "{}:1: uii: there is no such section", id="key"
        ),
        pytest.param(
            lambda path: path.write_bytes(b'a = "\xff"\n'), "{}:1 is not UTF-8 text", id="not-utf-8"
        ),
    ],
)
def test_a_source_that_cannot_be_used_is_refused_and_nothing_made(
    make: Callable[[Path], None], said: str, home: Path
) -> None:
    make(home / "source.toml")

    error, hint = refused(run("--source", "source.toml"))

    assert error.startswith(said.format(home / "source.toml"))
    assert hint
    assert [path.name for path in home.iterdir()] in (["source.toml"], [])


def test_strange_names_are_told_as_they_can_be_shown(home: Path, target: Path) -> None:
    name = "a\x1b[31m b'\"$(x)\n{{x}}.toml"
    write(home / name, DARK)

    done = run("--source", name)

    assert (done.exit_code, "\x1b" in done.output) == (0, False)
    assert done.stdout.count("\n") == 1
    assert target.read_text() == DARK


def test_a_source_in_an_argument_that_is_no_utf8(home: Path, target: Path) -> None:
    (home / os.fsdecode(b"\xff.toml")).write_text(DARK)

    done = subprocess.run(
        [sys.executable, "-m", "ocprov", "deploy", "--source", b"\xff.toml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert target.read_text() == DARK


# Templates and paths


def test_without_jinja_the_very_bytes_are_deployed(home: Path, target: Path) -> None:
    data = (DARK.replace("\n", "\r\n") + "# {# no comment of Jinja's #} {x}  \r\n\r\n# no newline").encode()
    (home / "source.toml").write_bytes(data)

    assert run("--source", "source.toml").exit_code == 0
    assert target.read_bytes() == data


def test_a_template_knows_what_layouts_know(home: Path, target: Path) -> None:
    template = (
        "variables:\n  theme: light\n---\n# {{ dir }} {{ home }} {{ env('NAME', 'x') }}\n"
        "[ui]\n{% if have('sh') %}\ntheme = {{ theme | yaml }}\n{% endif %}\n"
    )
    source = write(home / "source.toml", template)

    assert run("--source", source, NAME="me").exit_code == 0
    lines = target.read_text().splitlines()
    assert lines[:3] == [f"# {home} {home} me", "[ui]", 'theme = "light"']
    assert run("-n", "--source", source, NAME="me").exit_code == 0
    assert run("-n", "--source", source, NAME="you").exit_code == 3


@pytest.mark.parametrize(
    ("template", "said"),
    [
        pytest.param("\n{{ nothing }}\n", "source.toml:2: 'nothing' is undefined", id="undefined"),
        pytest.param("{% if %}\n", "source.toml:1: expected", id="syntax"),
        pytest.param("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "loops for too", id="loop"),
        pytest.param("{{ ''.__class__ }}", "source.toml:1: ", id="escape"),
        pytest.param("{% include '/etc/passwd' %}", "no file", id="include"),
        pytest.param("\n\n{% raw %}{% endraw %}[uii]\n", "source.toml:3: uii: there is no such section", id="unknown-key"),
        pytest.param("\n[ui]\ntheme = {{ 1 }}\n", "source.toml:3: ui.theme: must be a text in quotes", id="type"),
        pytest.param("[ui]\n\ntheme = {{ '' }}\n", "source.toml:3 is not TOML", id="not-toml"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_template_is_told_at_its_own_line_and_nothing_made(
    template: str, said: str, home: Path
) -> None:
    write(home / "source.toml", template)

    assert said in refused(run("--source", "source.toml"))[0]
    assert [path.name for path in home.iterdir()] == ["source.toml"]


def test_a_name_of_j2_is_a_template_too(home: Path, target: Path) -> None:
    write(home / "o.toml.j2", f"{{# gone #}}{DARK}")

    run("--source", "o.toml.j2")

    assert target.read_text() == DARK


def test_paths_that_are_missing_are_filled_in_and_said(home: Path, target: Path) -> None:
    source = write(home / "o.toml", '[paths] # mine\nexport_dir = "./exports"\ndatabase_file = "~/o.db"\n')

    done = run("--source", source, XDG_DATA_HOME="/data")

    assert done.stderr == (
        "ocprov: filled in, as the source does not give them in full: "
        "paths.opencode_storage_dir, paths.messages_dir, paths.export_dir\n"
    )
    assert target.read_text() == (
        '[paths] # mine\nexport_dir = "/data/ocprov/exports"\ndatabase_file = "~/o.db"\n'
        'opencode_storage_dir = "/data/opencode/storage"\nmessages_dir = "/data/opencode/storage/message"\n'
    )
    assert run("--source", source, XDG_DATA_HOME="/data").stdout == f"unchanged {target}\n"
    assert run("--source", source, "-n").exit_code == 3


def test_prices_beside_the_source_are_not_where_ocmonitor_looks(home: Path) -> None:
    write(home / "dotfiles/prices.json", "{}")
    source = write(home / "dotfiles/o.toml", f'{DARK}[models]\nconfig_file = "prices.json"\n')

    assert "write its path in full: " + str(home / "dotfiles/prices.json") in run("--source", source).stderr


# The link


def test_a_link_by_option_and_by_setting(home: Path, target: Path) -> None:
    source = write(home / ".config/ocprov/ocmonitor.config.toml", DARK)

    assert run("--symlink").stdout == f"linked {target} to {source}\n"
    assert run("--copy").stdout == f"replaced {target}, from {source}\n"
    write(home / ".config/ocprov/config.toml", "[deploy]\nsymlink = true\n")
    assert run("-n").stdout == f"would link {target} to {source}\n"
    assert answer()["link"] is True
    before = tree(home)
    assert run().stdout == f"unchanged {target}\n"
    assert tree(home) == before


@pytest.mark.parametrize(
    ("text", "said", "how"),
    [
        pytest.param(f"{DARK}# {{{{ home }}}}\n", "is a Jinja template", "deploy a copy: ", id="template"),
        pytest.param("[ui]\n", "leaves paths out", 'write [paths] database_file = "', id="paths"),
    ],
)
def test_a_source_that_cannot_be_used_as_it_is_cannot_be_linked_to(
    text: str, said: str, how: str, home: Path
) -> None:
    error, hint = refused(run("--symlink", "--source", write(home / "o.toml", text)))

    assert said in error
    assert hint.startswith(how)
    assert hint.endswith("ocprov deploy --copy")


# ocmonitor is asked


def test_what_ocmonitor_refuses_is_not_deployed(home: Path) -> None:
    script = "cat >/dev/null; echo 'Error: Invalid configuration file /dev/stdin: too\n  blue' >&2; exit 1"
    path = program(home, script)
    before = tree(home)

    assert refused(run(PATH=path)) == (
        "ocmonitor refuses it: too blue",
        "correct the source; nothing was touched",
    )
    assert refused(run("-n", PATH=path))[0] == "ocmonitor refuses it: too blue"
    assert tree(home) == before


def test_an_ocmonitor_of_no_use_is_a_warning(home: Path, target: Path) -> None:
    done = run(PATH=program(home, "echo rubbish; exit 1"))

    assert done.exit_code == 0
    assert done.stderr == (
        f"ocprov: {home}/bin/ocmonitor gave no answer that can be used (exit 1); only ocprov's own check was made\n"
    )
    assert target.exists()


def test_ocmonitor_is_not_asked_where_nothing_is_to_be_written(home: Path) -> None:
    path = program(home, f"echo asked >>{home}/asked; cat >/dev/null; echo Configuration")
    run(PATH=path)
    run(PATH=path)
    run("-n", PATH=path)

    assert (home / "asked").read_text() == "asked\n"


# The rest


def test_a_corrupt_record_is_a_warning_on_stderr(target: Path, home: Path) -> None:
    run()
    write(home / ".local/state/ocprov/deployed.json", "{")

    result = run()

    assert result.stdout == f"unchanged {target} (now recorded as deployed)\n"
    assert result.stderr.startswith("ocprov: ")
    assert result.exit_code == 0


@pytest.mark.parametrize("content", ["", "{", "[]", '{"for": 1}', '{"for": [], "asked": 5}'])
def test_a_corrupt_cache_is_as_if_it_were_not_there(content: str, target: Path, home: Path) -> None:
    run()
    write(home / ".cache/ocprov/deploy.json", content)

    assert run().stdout == f"unchanged {target}\n"


def test_a_control_character_in_a_path_is_shown_not_sent(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "a\x1b[31mb").mkdir()
    monkeypatch.setenv("HOME", str(home / "a\x1b[31mb"))

    source = write(home / "source.toml", DARK)

    assert run("--source", source).stdout == (
        f"created {home}/a\\x1b[31mb/.config/ocmonitor/config.toml, from {source}\n"
    )
    assert "paths.database_file: holds a control character" in refused(run())[0]  # that of HOME, filled in


def test_without_a_home_the_error_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")

    assert refused(run())[0].startswith("HOME is not set")


def test_with_nothing_to_do_nothing_heavy_is_imported(home: Path) -> None:
    run()
    code = (
        "import sys; from ocprov.cli.main import cli; cli(['deploy'], standalone_mode=False);"
        "print(*{'jinja2', 'tomlkit', 'yaml', 'subprocess', 'difflib', 'rich', 'tomllib'} & {*sys.modules})"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[1:] == [""]
