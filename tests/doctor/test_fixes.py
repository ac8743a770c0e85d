"""Fixes are right for the system that they are shown on."""

import pytest

from ocprov.doctor import fixes, ocmonitor, opencode
from ocprov.doctor.command import Commands
from ocprov.doctor.fixes import Fixes

WATCH = (
    "install procps: apt install procps, dnf install procps-ng, apk add procps; on macOS: brew install watch"
)
OCMONITOR = (
    "install opencode-monitor (that is the package's name): uv tool install opencode-monitor, "
    "or pipx install opencode-monitor"
)


@pytest.mark.parametrize(
    ("advice", "installers", "become", "command"),
    [
        (WATCH, {"apt"}, "sudo ", "sudo apt install procps"),
        (WATCH, {"apt"}, "", "apt install procps"),
        (WATCH, {"dnf"}, "doas ", "doas dnf install procps-ng"),
        (WATCH, {"apk"}, "", "apk add procps"),
        (WATCH, {"brew"}, "sudo ", "brew install watch"),
        (WATCH, {"pacman"}, "sudo ", WATCH),
        (WATCH, set(), "sudo ", WATCH),
        (OCMONITOR, {"uv", "pipx"}, "sudo ", "uv tool install opencode-monitor"),
        (OCMONITOR, {"pipx"}, "sudo ", "pipx install opencode-monitor"),
        (opencode.PACKAGE, {"npm"}, "", "npm install -g opencode-ai"),
        (ocmonitor.PACKAGE, {"pipx"}, "", "pipx install opencode-monitor"),
        (fixes.TMUX, {"pacman"}, "sudo ", "sudo pacman -S tmux"),
        (fixes.TMUX, {"zypper"}, "", "zypper install tmux"),
        ("ask your administrator", {"apt"}, "sudo ", "ask your administrator"),
        ("", {"apt"}, "sudo ", ""),
        ("apt install it; rm -rf x", {"apt"}, "", "apt install it"),
    ],
)
def test_the_command_of_an_advice_that_this_system_has(
    advice: str, installers: set[str], become: str, command: str
) -> None:
    assert Fixes(Commands(), frozenset(installers), become).advice(advice) == command
