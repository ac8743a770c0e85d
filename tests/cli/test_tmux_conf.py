"""`ocprov tmux-conf`: what it prints, what it says, and how it ends."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from ocprov.persistence import block
from tests.conftest import Machine, Result

TPM = "run '~/.tmux/plugins/tpm/tpm'\n"


def answer(result: Result) -> dict[str, Any]:
    document = json.loads(result.stdout)
    assert (document["schema"], document["command"]) == (1, "tmux-conf")
    found = document["data"]
    assert isinstance(found, dict)
    return found


@pytest.fixture
def own(machine: Machine) -> Path:
    path = machine.home / ".tmux.conf"
    path.write_text(TPM)
    return path


@pytest.fixture
def lines(machine: Machine) -> Path:
    return machine.home / ".config/ocprov/tmux.conf"


def test_the_lines_are_printed_and_nothing_is_touched(machine: Machine, own: Path) -> None:
    result = machine.ocprov("tmux-conf")

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("# ocprov: ")
    assert result.stdout.endswith("#[default],}\n")
    assert answer(machine.ocprov("tmux-conf", "--json")) == {"text": result.stdout}
    assert list(machine.home.iterdir()) == [own]


def test_what_is_printed_is_what_a_tmux_reads(machine: Machine) -> None:
    file = machine.root / "lines"
    file.write_text(machine.process("tmux-conf").stdout)
    machine.tmux("-f", str(file), "new-session", "-d")

    command = shlex.split(machine.tmux("show-options", "-gqv", "@ocprov_reconcile"))

    assert command[-1] == "reconcile"
    assert Path(command[0]).is_absolute()
    assert Path(command[0]).exists()


def test_install_and_uninstall_say_what_they_did_to_which_file(
    machine: Machine, own: Path, lines: Path
) -> None:
    installed = machine.ocprov("tmux-conf", "--install")
    again = machine.ocprov("tmux-conf", "--install")
    gone = machine.ocprov("tmux-conf", "--uninstall")
    nothing = machine.ocprov("tmux-conf", "--uninstall")

    first, second = sorted(
        machine.home.glob(".tmux.conf.ocprov-*.bak"), key=lambda file: len(file.read_bytes())
    )
    assert installed.stdout == f"created {lines}\nchanged {own} (what it held: {first})\n"
    assert f"tmux source-file {lines}; ocprov doctor" in installed.stderr
    assert (
        "keys after tmux's prefix, where they were free: B the dashboard; W pick a session; "
        in installed.stderr
    )
    assert (again.stdout, again.stderr) == (f"unchanged {lines}\nunchanged {own}\n", "")
    assert gone.stdout == f"changed {own} (what it held: {second})\nremoved {lines}\n"
    assert (nothing.stdout, nothing.stderr) == ("nothing is installed\n", "")
    assert [done.returncode for done in (installed, again, gone, nothing)] == [0, 0, 0, 0]
    assert own.read_text() == TPM


def test_a_running_tmux_reads_what_was_installed_as_it_is_told_to(machine: Machine, own: Path) -> None:
    machine.tmux("-f", "/dev/null", "new-session", "-d")
    told = machine.ocprov("tmux-conf", "--install").stderr

    machine.tmux(*shlex.split(told.split("with: ")[1].split(";")[0])[1:])

    assert "/ocprov/run/" in machine.tmux("show-options", "-gqv", "@resurrect-processes")


def test_a_link_is_named_with_the_file_behind_it(machine: Machine, own: Path) -> None:
    real = own.rename(machine.home / "dotfile")
    own.symlink_to(real)

    assert f"changed {own} (that is {real})" in machine.ocprov("tmux-conf", "--install").stdout


@pytest.mark.parametrize("way", ["--install", "--uninstall"])
def test_a_dry_run_exits_3_when_something_would_change(machine: Machine, own: Path, way: str) -> None:
    if way == "--uninstall":
        machine.ocprov("tmux-conf", "--install")
    before = own.read_bytes()

    would = machine.ocprov("tmux-conf", way, "--dry-run")

    assert would.returncode == 3
    assert f"would change {own}\n" in would.stdout
    assert own.read_bytes() == before
    machine.ocprov("tmux-conf", way)
    assert machine.ocprov("tmux-conf", way, "-n").returncode == 0


def test_json_says_it_for_programs(machine: Machine, own: Path, lines: Path) -> None:
    made = answer(machine.ocprov("tmux-conf", "--install", "--json"))

    (backup,) = machine.home.glob("*.bak")
    file = {"reason": None, "backup": None}
    assert made == {
        "changed": True,
        "dry_run": False,
        "place_known": True,
        "files": [
            {**file, "path": str(lines), "realpath": str(lines), "action": "create"},
            {
                "path": str(own),
                "realpath": str(own),
                "action": "replace",
                "reason": None,
                "backup": str(backup),
            },
        ],
    }
    again = answer(machine.ocprov("tmux-conf", "--install", "--json", "-n"))
    assert (again["changed"], again["dry_run"]) == (False, True)
    assert [each["action"] for each in again["files"]] == ["none", "none"]


def test_json_answers_a_conflict_too(machine: Machine, own: Path) -> None:
    own.write_bytes(block.BEGIN)

    result = machine.ocprov("tmux-conf", "--install", "--json")

    assert result.returncode == 4
    assert not answer(result)["changed"]
    (conflict,) = answer(result)["files"]
    assert (conflict["path"], conflict["action"]) == (str(own), "conflict")
    assert conflict["reason"] in result.stderr


def test_a_line_appended_to_what_was_made_is_read_by_tmux(machine: Machine) -> None:
    own = machine.home / ".tmux.conf"
    machine.ocprov("tmux-conf", "--install")
    with own.open("a") as file:
        file.write("set -g @mine yes\n")

    machine.tmux("-f", str(own), "new-session", "-d")

    assert machine.tmux("show-options", "-gqv", "@mine") == "yes"
    assert "/ocprov/run/" in machine.tmux("show-options", "-gqv", "@resurrect-processes")
    assert machine.ocprov("tmux-conf", "--install").stderr == ""
    assert machine.ocprov("tmux-conf", "--uninstall").returncode == 0
    assert own.read_text() == "set -g @mine yes\n"


def test_the_tmux_server_that_was_named_is_named_in_the_hint(
    machine: Machine, own: Path, lines: Path
) -> None:
    named = machine.ocprov("-L", "other", "tmux-conf", "--install").stderr
    by_path = machine.ocprov("-S", f"{machine.root}/s", "tmux-conf", "--install", "--file", "x").stderr

    assert f"tmux -L other source-file {lines}; ocprov -L other doctor" in named
    assert f"tmux -S {machine.root}/s source-file {lines}; ocprov -S {machine.root}/s doctor" in by_path


def test_a_wrong_server_is_refused_before_anything_is_touched(machine: Machine, own: Path) -> None:
    assert machine.ocprov("-L", "a/b", "tmux-conf", "--install").returncode == 1
    assert own.read_text() == TPM


def test_the_lines_that_another_conf_reads_stay_and_that_is_said(
    machine: Machine, own: Path, lines: Path
) -> None:
    other = machine.home / "other.conf"
    other.write_text("# other\n")
    machine.ocprov("tmux-conf", "--install")

    nothing = machine.ocprov("tmux-conf", "--uninstall", "--file", str(other))

    assert nothing.stdout == f"unchanged {other}\nunchanged {lines} ({own} reads it)\n"
    assert (nothing.returncode, nothing.stderr) == (0, "")
    assert lines.exists()


def test_a_conf_that_cannot_be_understood_gets_the_block_at_its_end_and_that_is_said(
    machine: Machine, own: Path
) -> None:
    own.write_text("if-shell x {\n" + TPM)

    result = machine.ocprov("tmux-conf", "--install")

    assert result.returncode == 0
    assert "not sure where the plugins are run" in result.stderr
    assert own.read_bytes().endswith(block.END + b"\n")


def test_the_line_that_no_known_conf_has_may_be_in_another_one(machine: Machine, own: Path) -> None:
    other = machine.home / "other.conf"
    other.write_text("")
    machine.ocprov("tmux-conf", "--install", "--file", str(other))

    result = machine.ocprov("tmux-conf", "--uninstall")

    assert result.returncode == 0
    assert "name it again" in result.stderr
    assert machine.ocprov("tmux-conf", "--uninstall", "--file", "other.conf").returncode == 0
    assert not other.exists()


@pytest.mark.parametrize("arguments", [[], ["--install"], ["--install", "-n"]])
def test_a_state_directory_that_resurrect_cannot_type_is_refused(
    machine: Machine, own: Path, arguments: list[str]
) -> None:
    result = machine.ocprov("tmux-conf", *arguments, XDG_STATE_HOME=f"{machine.home}/a b")

    assert result.returncode == 1
    assert result.stderr.startswith(f"error: tmux-resurrect cannot type what is in {machine.home}/a b/ocprov")
    assert "hint: set XDG_STATE_HOME" in result.stderr
    assert list(machine.home.iterdir()) == [own]


def test_it_can_be_uninstalled_from_there_all_the_same(machine: Machine, own: Path) -> None:
    machine.ocprov("tmux-conf", "--install")

    assert machine.ocprov("tmux-conf", "--uninstall", XDG_STATE_HOME=f"{machine.home}/a b").returncode == 0
    assert own.read_text() == TPM


def test_a_damaged_block_exits_4_with_a_way_out(machine: Machine, own: Path) -> None:
    own.write_bytes(block.BEGIN)

    result = machine.ocprov("tmux-conf", "--install")

    assert result.returncode == 4
    assert result.stderr.splitlines()[1].startswith("hint: nothing was touched; remove what is left")


@pytest.mark.parametrize(
    "arguments", [["--install", "--uninstall"], ["--file", "x"], ["--dry-run"], ["extra"]], ids=" ".join
)
def test_what_does_not_go_together_is_a_usage_error(machine: Machine, arguments: list[str]) -> None:
    result = machine.ocprov("tmux-conf", *arguments)

    assert result.returncode == 2
    assert arguments == ["extra"] or result.stderr.rstrip().endswith(".")


def test_the_hook_knows_a_state_directory_that_the_server_may_not_know(machine: Machine) -> None:
    elsewhere = machine.home / "state"
    file = machine.root / "lines"
    file.write_text(machine.process("tmux-conf", XDG_STATE_HOME=str(elsewhere)).stdout)
    machine.tmux("-f", str(file), "new-session", "-d")

    command = shlex.split(machine.tmux("show-options", "-gqv", "@ocprov_reconcile"))

    assert command[:2] == ["/usr/bin/env", f"XDG_STATE_HOME={elsewhere}"]
    assert Path(command[2]).is_absolute()


@pytest.mark.parametrize("way", [[], ["--install"]], ids=["print", "install"])
def test_a_wrong_key_in_config_toml_is_refused_before_anything_is_touched(
    machine: Machine, own: Path, way: list[str]
) -> None:
    config = machine.home / ".config/ocprov/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[keys]\npick = "B; kill-server"\n')

    result = machine.ocprov("tmux-conf", *way)

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        'error: keys.pick = "B; kill-server" is no key that can be bound (config.toml:2)\n'
        'hint: such as "B", "M-o" or "F5"; ocprov config show tells every key\n'
    )
    assert own.read_text() == TPM
    assert not (machine.home / ".config/ocprov/tmux.conf").exists()


def test_another_key_in_config_toml_changes_what_was_installed(
    machine: Machine, own: Path, lines: Path
) -> None:
    machine.ocprov("tmux-conf", "--install")
    before = own.read_bytes()
    (lines.parent / "config.toml").write_text('[keys]\nlast = ""\npick = "P"\n')

    again = machine.ocprov("tmux-conf", "--install")

    assert again.stdout == f"changed {lines}\nunchanged {own}\n"
    assert "'P' if-shell -F 'ocprov-pick'" in lines.read_text()
    assert "switch-client -l" not in lines.read_text()
    assert own.read_bytes() == before


def test_it_can_be_uninstalled_whatever_config_toml_says(machine: Machine, own: Path, lines: Path) -> None:
    machine.ocprov("tmux-conf", "--install")
    (lines.parent / "config.toml").write_text('[keys]\npick = "no key"\n')

    assert machine.ocprov("tmux-conf", "--uninstall").returncode == 0
    assert own.read_text() == TPM
