"""`ocprov completion`: the scripts, put where shells find them and taken away, with all that is a person's as it was."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Machine, Result

SCRIPTS = {
    "bash": ".local/share/bash-completion/completions/ocprov",
    "zsh": ".local/share/zsh/site-functions/_ocprov",
    "fish": ".config/fish/completions/ocprov.fish",
}
RC = {"bash": ".bashrc", "zsh": ".zshrc"}
MINE = b"# years of dotfiles\nalias ll='ls -l'\xff\r\n"
BEGIN, END = b"# >>> ocprov completion >>>", b"# <<< ocprov completion <<<"


def _two_lines(refused: Result) -> bool:
    return [line.partition(":")[0] for line in refused.stderr.splitlines()] == ["error", "hint"]


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_script_is_printed_and_the_shell_can_read_it(machine: Machine, shell: str) -> None:
    printed = machine.ocprov("completion", shell).stdout
    assert "ocprov completion" in printed
    path = machine.root / "script"
    path.write_text(printed)
    subprocess.run([shell, "-n", path], check=True, capture_output=True)
    assert json.loads(machine.ocprov("completion", shell, "--json").stdout)["data"] == {
        "shell": shell,
        "script": printed,
    }


@pytest.mark.parametrize("shell", SCRIPTS)
def test_installing_twice_is_as_once_and_uninstalling_gives_all_back(machine: Machine, shell: str) -> None:
    rc = machine.home / RC.get(shell, "none")
    if shell in RC:
        rc.write_bytes(MINE)
    done = machine.ocprov("completion", shell, "--install")
    assert (done.returncode, f"created {machine.home}/{SCRIPTS[shell]}" in done.stdout) == (0, True)
    script = machine.home / SCRIPTS[shell]
    assert script.read_text() == machine.ocprov("completion", shell).stdout
    once = {path: path.stat().st_ino for path in (script, rc) if path.exists()}
    again = machine.ocprov("completion", shell, "--install")
    assert {line.split()[0] for line in again.stdout.splitlines()} == {"unchanged"}
    assert {path: path.stat().st_ino for path in once} == once
    if shell in RC:
        assert rc.read_bytes().startswith(MINE + BEGIN)
    assert machine.ocprov("completion", "--uninstall").returncode == 0
    assert not script.exists()
    assert shell not in RC or rc.read_bytes() == MINE
    assert "nothing to remove" in machine.ocprov("completion", "--uninstall").stdout


@pytest.mark.parametrize(("arguments", "code"), [(("bash", "--install"), 3), (("--uninstall",), 0)])
def test_a_dry_run_writes_nothing(machine: Machine, arguments: tuple[str, ...], code: int) -> None:
    assert machine.ocprov("completion", *arguments, "--dry-run").returncode == code
    assert list(machine.home.iterdir()) == []


def test_a_block_is_brought_up_to_date_where_it_is(machine: Machine) -> None:
    rc = machine.home / ".zshrc"
    rc.write_bytes(b"before\n" + BEGIN + b"\nold\n" + END + b"\nafter\n")
    assert machine.ocprov("completion", "zsh", "--install").returncode == 0
    data = rc.read_bytes()
    assert b"old" not in data
    assert data.startswith(b"before\n" + BEGIN)
    assert data.endswith(END + b"\nafter\n")


def test_a_rc_file_that_is_a_link_is_written_through(machine: Machine) -> None:
    real = machine.home / "dotfiles/zshrc"
    real.parent.mkdir()
    real.write_bytes(MINE)
    real.chmod(0o640)
    (machine.home / ".zshrc").symlink_to("dotfiles/zshrc")
    assert machine.ocprov("completion", "zsh", "--install").returncode == 0
    assert (machine.home / ".zshrc").readlink() == Path("dotfiles/zshrc")
    assert BEGIN in real.read_bytes()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    kept = [path for path in real.parent.iterdir() if path.name.endswith(".bak")]
    assert [path.read_bytes() for path in kept] == [MINE]


def test_zshs_own_directory_is_asked(machine: Machine) -> None:
    folder = machine.home / "zdot"
    folder.mkdir()
    machine.ocprov("completion", "zsh", "--install", ZDOTDIR=str(folder))
    assert BEGIN in (folder / ".zshrc").read_bytes()
    assert not (machine.home / ".zshrc").exists()


def test_where_compinit_is_called_nothing_is_advised(machine: Machine) -> None:
    (machine.home / ".zshrc").write_text("autoload -Uz compinit && compinit\n")
    assert "compinit" not in machine.ocprov("completion", "zsh", "--install").stderr


WRONG = {
    "one mark": BEGIN + b"\nx\n",
    "marks the wrong way round": END + b"\n" + BEGIN + b"\n",
    "two blocks": (BEGIN + b"\n" + END + b"\n") * 2,
}


@pytest.mark.parametrize("data", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("what", ["--install", "--uninstall"])
def test_a_block_that_somebody_edited_is_a_conflict(machine: Machine, data: bytes, what: str) -> None:
    rc = machine.home / ".zshrc"
    rc.write_bytes(data)
    refused = machine.ocprov("completion", "zsh", what)
    assert (refused.returncode, _two_lines(refused)) == (4, True)
    assert rc.read_bytes() == data
    assert not (machine.home / SCRIPTS["zsh"]).exists()


@pytest.mark.parametrize("shell", SCRIPTS)
def test_anothers_file_in_its_place_is_a_conflict_and_stays(machine: Machine, shell: str) -> None:
    script = machine.home / SCRIPTS[shell]
    script.parent.mkdir(parents=True)
    script.write_text("mine")
    refused = machine.ocprov("completion", shell, "--install")
    assert (refused.returncode, _two_lines(refused)) == (4, True)
    assert machine.ocprov("completion", "--uninstall").returncode == 0
    assert script.read_text() == "mine"


@pytest.mark.parametrize("kind", ["directory", "dangling", "fifo", "read-only"])
def test_a_rc_file_that_cannot_be_edited_is_refused_and_nothing_is_written(
    machine: Machine, kind: str
) -> None:
    rc = machine.home / ".zshrc"
    if kind == "directory":
        rc.mkdir()
    elif kind == "dangling":
        rc.symlink_to("nowhere")
    elif kind == "fifo":
        os.mkfifo(rc)
    else:
        rc.write_bytes(MINE)
        rc.chmod(0o444)
    refused = machine.ocprov("completion", "zsh", "--install")
    assert (refused.returncode, _two_lines(refused)) == (1, True)
    assert not (machine.home / SCRIPTS["zsh"]).exists()


def test_the_shell_is_found_and_else_named(machine: Machine) -> None:
    found = machine.ocprov("completion", SHELL="/usr/bin/fish").stdout
    assert "complete -c ocprov" in found or "compdef" in found or "compopt" in found
    assert machine.ocprov("completion", "tcsh").returncode == 2
    assert machine.ocprov("completion", "bash", "--install", "--uninstall").returncode == 2


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_calling_shell_is_found_by_its_process(machine: Machine, shell: str) -> None:
    ocprov = Path(sys.executable).with_name("ocprov")
    told = subprocess.run(
        [shell, "-c", f"'{ocprov}' completion; true"], capture_output=True, text=True, check=True, timeout=60
    )
    assert f"ocprov completion for {shell}" in told.stdout


def test_backups_of_rc_files_are_cleaned_like_others(machine: Machine) -> None:
    (machine.home / ".zshrc").write_bytes(MINE)
    machine.ocprov("completion", "zsh", "--install")
    machine.ocprov("completion", "zsh", "--uninstall")
    backups = {path.read_bytes() == MINE: path for path in machine.home.glob(".zshrc.ocprov-*.bak")}
    cleaned = json.loads(machine.ocprov("clean", "--json", OCPROV_DEPLOY_BACKUPS="1").stdout)
    assert [one["path"] for one in cleaned["data"]["removed"]] == [str(backups[True])]
