"""Waiting for the prompts of shells."""

from functools import partial

import pytest
from libtmux.server import Server

from ocprov.builder import BatchWorkspaceBuilder, prompts
from tests.builder.small import typed, window_texts, workspace
from tests.conftest import Machine, until

ZSHRC = "sleep 0.4; PS1='ready> '; setopt no_prompt_sp\n"


def screen(server: Server, pane: str) -> list[str]:
    return [line for line in server.cmd("capture-pane", "-p", "-t", pane).stdout if line]


def _shows(server: Server, pane: str, expected: list[str]) -> bool:
    return screen(server, pane) == expected


@pytest.mark.parametrize("where", ["conf", "workspace"])
def test_zsh_is_typed_into_when_its_prompt_is_there(
    where: str, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompts, "PATIENCE", 60.0)
    (machine.home / ".zshrc").write_text(ZSHRC)
    shell = "set -g default-shell /bin/zsh\n" if where == "conf" else ""
    conf = machine.home / "zsh.conf"
    conf.write_text(shell)
    options = {} if shell else {"options": {"default-shell": "/bin/zsh"}}
    server = Server(socket_name="zsh", config_file=str(conf))
    declared = [{"window_name": name, "panes": [typed("echo one"), typed("echo two")]} for name in "ab"]
    BatchWorkspaceBuilder(session_config=workspace(*declared, **options), server=server).build()
    for pane, word in (("=s:0.0", "one"), ("=s:0.1", "two"), ("=s:1.0", "one"), ("=s:1.1", "two")):
        # Typed too early, the command would stand above the prompt as well.
        expected = [f"ready>  echo {word}", word, "ready>"]
        until(partial(_shows, server, pane, expected))


def test_waiting_for_prompts_that_never_come_ends(server: Server, machine: Machine) -> None:
    # The recording program draws nothing.
    config = workspace(
        {"panes": [typed("x"), typed("y")]}, workspace_builder_options={"pane_readiness": "always"}
    )
    BatchWorkspaceBuilder(session_config=config, server=server).build()
    assert window_texts(machine, server, "=s:0") == [" x", " y"]
