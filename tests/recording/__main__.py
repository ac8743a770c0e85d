"""Record the first hour, and write its pictures to the folder given: `python -m tests.recording docs`."""

import os
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from ocprov import sample
from tests.recording.terminal import HEIGHT, WIDTH, Terminal

ROOT = Path(__file__).resolve().parents[2]
PASSED_ON = ("PIP_", "SSL_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
PROMPT = r"^\$ *$"


def main(folder: Path) -> None:
    """Do it all in a temporary HOME, which is gone afterwards, with every process that ran there."""
    with tempfile.TemporaryDirectory(prefix="ocprov-", ignore_cleanup_errors=True) as root:
        home = Path(root, "home")
        home.mkdir()
        (Path(root) / "tmux").mkdir(mode=0o700)
        environment = _environment(home, Path(root, "tmux"))
        _data(home)
        terminal = Terminal(Path(root, "terminal"))
        terminal.open("PS1='$ ' exec env -u TMUX -u TMUX_PANE bash --noprofile --norc", environment, home)
        try:
            _first_hour(terminal, home, folder)
        finally:
            _end(terminal, environment)


def _environment(home: Path, sockets: Path) -> dict[str, str]:
    passed_on = {name: value for name, value in os.environ.items() if name.upper().startswith(PASSED_ON)}
    return passed_on | {
        "HOME": str(home),
        "PATH": f"{home}/.local/bin:{os.defpath}:/usr/local/bin",
        "TMUX_TMPDIR": str(sockets),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "SHELL": shutil.which("bash") or "/bin/sh",
        "EDITOR": "vi",
        "PS1": "$ ",
    }


def _data(home: Path) -> None:
    """OpenCode's data, as if somebody had worked for two weeks; and a tmux.conf, as people have one."""
    made = home / "made"
    sample.write(made, now=datetime.now().astimezone())
    place = home / ".local/share/opencode"
    place.parent.mkdir(parents=True)
    made.rename(place)
    (home / ".profile").write_text("PATH=~/.local/bin:$PATH\nPS1='$ '\n")
    (home / ".tmux.conf").write_text(
        "set -g status-left-length 40\nset -g status-right '#{?@ocprov_attention,#[reverse] #{@ocprov_attention} #[default],} %H:%M'\nset -g status-style 'bg=colour236,fg=colour250'\n"
    )


def _first_hour(terminal: Terminal, home: Path, folder: Path) -> None:
    terminal.type(f"{ROOT}/deploy/bootstrap.sh; ocprov tmux-conf --install; clear; ocprov status; ocprov ls")
    terminal.wait(r"^monitoring +1 live")
    _picture(terminal, folder, "status")
    terminal.type("clear; tmux new-session -s work")
    terminal.wait(r"^\[work\]")
    terminal.type("tmux source-file ~/.config/ocprov/tmux.conf; clear")
    terminal.wait(PROMPT)
    _keys(terminal, folder)
    _alert(terminal, home, folder)
    _deploy(terminal, home, folder)


def _keys(terminal: Terminal, folder: Path) -> None:
    terminal.press("C-b", "B")
    terminal.wait("Live Dashboard")
    terminal.press("C-b", "a")
    terminal.wait(r"^\[work\]")
    terminal.press("C-b", "W")
    terminal.wait("monitoring +6 running")
    terminal.wait("Live Dashboard")
    _picture(terminal, folder, "pick")
    terminal.press("C-c")
    terminal.wait(r"\A\$\s*\n\n\n\n\n")
    terminal.press("C-b", "A")
    terminal.wait("Reconcile")
    _picture(terminal, folder, "menu")
    terminal.press("q")


def _alert(terminal: Terminal, home: Path, folder: Path) -> None:
    terminal.type("clear; ocprov alert --daily 1 --weekly 20")
    terminal.wait("told of 100 %")
    terminal.wait(r"^\$\s*\n[\s\S]*\$\d+% ")
    _picture(terminal, folder, "alert")


def _deploy(terminal: Terminal, home: Path, folder: Path) -> None:
    terminal.type("clear; sed -i 's/dark/light/' ~/.config/ocmonitor/config.toml; ocprov deploy")
    terminal.wait("hint:")
    _picture(terminal, folder, "deploy")
    terminal.type(
        "clear; ocprov deploy --force; ocprov deploy --rollback; ocprov deploy --check; echo exit $?"
    )
    terminal.wait("exit [0-9]")
    _picture(terminal, folder, "rollback")


def _picture(terminal: Terminal, folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    terminal.picture(folder / f"{name}.svg", f"ocprov: {name}")
    sys.stderr.write(f"== {name} ({WIDTH}x{HEIGHT})\n{terminal.text().rstrip()}\n")


def _end(terminal: Terminal, environment: dict[str, str]) -> None:
    """End the tmux of the HOME too, which the sessions run in."""
    import subprocess

    subprocess.run(["tmux", "kill-server"], env=environment, capture_output=True, check=False)
    terminal.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
