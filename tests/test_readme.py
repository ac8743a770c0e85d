"""What the README says is so: its commands run, its layouts load, its tables are whole."""

import re
import shlex
from pathlib import Path

import click
import pytest

from ocprov.cli.main import COMMANDS, cli
from tests.conftest import Machine

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
PAGES = {path.name: path.read_text() for path in sorted((ROOT / "docs").glob("*.md"))}

# Commands of the README that need a machine of their own, and the test that runs them there.
ELSEWHERE = {
    "deploy/bootstrap.sh": "tests/test_bootstrap.py",
    "deploy/bootstrap.sh --uninstall": "tests/test_bootstrap.py",
    "tests/run": "this very run",
    "ocprov attach monitoring": "tests/cli/test_attach.py",
    "ocprov tmux-conf --install": "tests/cli/test_tmux_conf.py",
    "ocprov tmux-conf --uninstall": "tests/cli/test_tmux_conf.py",
    "ocprov doctor": "tests/cli/test_doctor.py",
    "ocprov pick": "tests/cli/test_pick.py",
    "ocprov status --watch": "tests/cli/test_status_watch.py",
    "ocprov alert --daily 10": "tests/cli/test_alert.py",
    "ocprov export --plot": "tests/cli/test_export.py",
    "ocprov deploy --diff": "tests/cli/test_deploy.py",
    "ocprov completion --install": "tests/cli/test_completion.py",
    "ocprov completion --uninstall": "tests/cli/test_completion.py",
    "ocprov up development --dir ~/src/shop": "tests/opencode/test_development.py",
    "ocprov down development": "tests/opencode/test_development.py",
    "ocprov server ls": "tests/opencode/test_server_ls.py",
    "ocprov chat ls": "tests/opencode/test_chat.py",
    "ocprov chat run prompts.txt": "tests/opencode/test_chat_run.py",
    "ocprov events": "tests/opencode/test_events_command.py",
    "pipx install pyinfra": "nothing of ocprov's",
    "pipx inject pyinfra '.[fleet]'": "tests/test_packaging.py",
    "pyinfra inventory.py deploy.py --dry": "tests/fleet/test_pyinfra.py",
    "pyinfra inventory.py deploy.py -y": "tests/fleet/test_pyinfra.py",
    "ocprov status --inventory inventory.py": "tests/fleet/test_status_hosts.py",
    "ocprov attach --host box1 monitoring": "tests/fleet/test_attach_host.py",
    "ocprov events --inventory inventory.py": "tests/fleet/test_events_hosts.py",
    "ocprov save": "tests/persistence/test_saving.py",
    "ocprov save --install-timer": "tests/cli/test_save_boot.py",
    "ocprov save --uninstall-timer": "tests/cli/test_save_boot.py",
    "ocprov boot --install monitoring": "tests/cli/test_save_boot.py",
    "ocprov boot --uninstall": "tests/cli/test_save_boot.py",
    "pipx install '.[monitor]'": "tests/test_packaging.py",
    "uv tool install '.[monitor]'": "tests/test_packaging.py",
    "rm -rf ~/.local/state/ocprov ~/.cache/ocprov": "nothing of ocprov's",
}


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_tour_runs_from_top_to_bottom(machine: Machine) -> None:
    (tour,) = blocks("console")
    for line in tour.splitlines():
        command = shlex.split(line.removeprefix("$ "))
        assert command[0] == "ocprov"
        result = machine.ocprov(*command[1:])
        assert result.returncode == 0, (line, result.stdout, result.stderr)
    assert machine.tmux("list-sessions") == ""


@pytest.mark.parametrize("name", PAGES)
def test_the_commands_of_the_other_pages_are_understood(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inventory.py").touch()  # Click looks whether it is there
    for block in re.findall(r"^```(?:sh|console)\n(.*?)^```", PAGES[name], re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if words[:1] == ["ocprov"]:
                words = words[1 : next((at for at, word in enumerate(words) if word[0] in "<>|"), None)]
                understood(words)


def understood(words: list[str]) -> None:
    """As Click understands them, without doing it."""
    command: click.Command = cli
    while isinstance(command, click.Group):
        context = click.Context(command)
        name, *words = words or ["show"]
        found = command.get_command(context, name)
        assert found is not None, name
        command = found
    command.make_context(command.name, words)


def test_every_other_command_is_run_by_a_test() -> None:
    commands = [line.partition("  #")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    assert commands
    for command in commands:
        assert command in ELSEWHERE
        where = ROOT / ELSEWHERE[command]
        if where.suffix == ".py":
            assert where.is_file(), command


@pytest.mark.parametrize("text", blocks("yaml"), ids=lambda text: text.split("\n", 1)[0])
def test_the_layouts_are_right(machine: Machine, text: str) -> None:
    (alias,) = re.findall(r"^alias: (\w+)$", text, re.MULTILINE)
    machine.layout(alias, text)
    result = machine.ocprov("check", alias)
    assert result.returncode == 0, result.stderr


def test_every_command_is_in_the_table() -> None:
    told = set(re.findall(r"`(?:ocprov )?([a-z-]+)(?: [^`]*)?`", README))
    assert set(COMMANDS) <= told


def test_every_picture_and_module_is_there() -> None:
    for path in re.findall(r"\]\((docs/[^)#]+)[)#]", README):
        assert (ROOT / path).is_file(), path
    for path in re.findall(r"`(ocprov/[a-z]+/)`", README):
        assert (ROOT / path).is_dir(), path
