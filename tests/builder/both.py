"""One workspace built twice, by tmuxp's classic builder and by ours, each on a server of its own."""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from libtmux.server import Server
from tmuxp._internal.config_reader import ConfigReader
from tmuxp.workspace import loader
from tmuxp.workspace.builder.classic import ClassicWorkspaceBuilder

from ocprov.builder import BatchWorkspaceBuilder
from tests.conftest import DEADLINE

Snapshot = dict[str, list[str]]

BUILDERS: dict[str, type[Any]] = {"classic": ClassicWorkspaceBuilder, "ocprov": BatchWorkspaceBuilder}
SENTINEL = "seen-to-the-end"

# Runs in every pane that declares no program: writes down what it was started with, and every byte that is typed.
TYPIST = r"""#!/bin/sh
here=$HOME/typed/$(basename "${TMUX%%,*}"); mkdir -p "$here"
env | grep -E '^(T_|SHELL=)' | sort >"$here/$TMUX_PANE.env"
stty raw -echo
exec cat >"$here/$TMUX_PANE"
"""
CONF = """set -g default-shell /bin/sh
set -g default-command "exec ~/typist"
"""
# A name that was not declared may change at any moment.
WINDOW = (
    "#{window_index} #{?automatic-rename,automatic,#{window_name}} active=#{window_active} last=#{window_last_flag} panes=#{window_panes} "
    "zoomed=#{window_zoomed_flag} #{window_layout}"
)
PANE = (
    "#{window_index}.#{pane_index} active=#{pane_active} last=#{pane_last} #{pane_width}x#{pane_height}"
    "+#{pane_left}+#{pane_top} synchronized=#{pane_synchronized} history=#{history_limit} dead=#{pane_dead} "
    "start=#{pane_start_path} command=#{pane_start_command} path=#{pane_current_path}"
)
MARK = "=next="
QUESTIONS = {
    "sessions": ("list-sessions", "-F", "#{session_name} #{session_path} #{session_windows}"),
    "windows": ("list-windows", "-a", "-F", WINDOW),
    "panes": ("list-panes", "-a", "-F", f"#{{pane_id}} {PANE}"),
    "session options": ("show-options",),
    "global options": ("show-options", "-g"),
    "global window options": ("show-options", "-g", "-w"),
    "environment": ("show-environment",),
}


@dataclass(frozen=True, slots=True)
class Built:
    """One of the two: its server, and the builder after its build."""

    server: Server
    builder: Any
    home: Path

    @property
    def name(self) -> str:
        return str(self.server.socket_name)

    def tmux(self, *arguments: str) -> list[str]:
        """What a client prints."""
        return self.server.cmd(*arguments).stdout

    def sentinels(self) -> None:
        """Type a last word into every pane."""
        panes = self.tmux("list-panes", "-a", "-F", "#{pane_id}")
        self._each([("send-keys", "-t", pane, "-l", SENTINEL) for pane in panes])

    def snapshot(self) -> Snapshot:
        """Everything that a person could tell two sessions apart by."""
        windows = self.tmux("list-windows", "-a", "-F", "#{window_id}")
        told = self._each(
            [*QUESTIONS.values(), *(("show-options", "-w", "-t", window) for window in windows)]
        )
        answers = dict(zip(QUESTIONS, told, strict=False))
        # A declared text may have lines of its own.
        rows = [tuple(row) for row in re.findall(r"(?ms)^(%\d+) (.*?)(?=^%|\Z)", "\n".join(answers["panes"]))]
        own = enumerate(told[len(QUESTIONS) :])
        return {
            **answers,
            "windows": [layout(row) for row in answers["windows"]],
            "panes": [row for _, row in rows],
            "typed": [self._recorded(pane) for pane, _ in rows],
            "started with": [self._recorded(f"{pane}.env") for pane, _ in rows],
            "window options": [f"{number} {row}" for number, options in own for row in options],
        }

    def _each(self, commands: list[tuple[str, ...]]) -> list[list[str]]:
        """What each of the commands prints, asked by one client."""
        batch = [word for command in commands for word in (*command, ";", "display-message", "-p", MARK, ";")]
        text = "\n".join(self.tmux(*batch[:-1]))
        return [part.strip("\n").split("\n") for part in text.split(MARK)[:-1]]

    def _recorded(self, name: str) -> str:
        path = self.home / "typed" / self.name / name
        return path.read_bytes().decode().replace("\r", "\n") if path.exists() else ""


def layout(row: str) -> str:
    """A window's row without what differs from server to server: the layout's checksum and the panes' ids."""
    text = re.sub(r" [0-9a-f]{4},(?=\d+x\d+,)", " ", row)
    return re.sub(r"(\d+x\d+,\d+,\d+),\d+", r"\1", text)


def expanded(path: Path) -> dict[str, Any]:
    """A file as `tmuxp load` gives it to a builder."""
    read = ConfigReader._load(path.suffix.removeprefix(".").replace("yml", "yaml"), path.read_text())
    return dict(loader.trickle(loader.expand(read, cwd=str(path.parent))))


def prepare(home: Path, more: str = "") -> Path:
    """The program that records, and a tmux.conf that starts it."""
    typist = home / "typist"
    typist.write_text(TYPIST)
    typist.chmod(0o700)
    conf = home / "both.conf"
    conf.write_text(CONF + more)
    return conf


def build(path: Path, home: Path, conf: Path) -> tuple[Built, Built]:
    """The file built by both, classic first."""
    made = []
    for name, kind in BUILDERS.items():
        server = Server(socket_name=name, config_file=str(conf))
        builder = kind(session_config=expanded(path), server=server)
        builder.build()
        made.append(Built(server, builder, home))
    return made[0], made[1]


def settled(classic: Built, ocprov: Built) -> tuple[Snapshot, Snapshot]:
    """Both snapshots, as soon as they are equal, or when that takes too long."""
    classic.sentinels()
    ocprov.sentinels()
    end = time.monotonic() + DEADLINE
    while True:
        found = classic.snapshot(), ocprov.snapshot()
        if (found[0] == found[1] and whole(found[0])) or time.monotonic() > end:
            return found
        time.sleep(0.05)


def whole(snapshot: Snapshot) -> bool:
    """Whether every pane that records has recorded to the end."""
    panes = zip(snapshot["panes"], snapshot["typed"], strict=True)
    return all(SENTINEL in typed for row, typed in panes if "typist" in row)
