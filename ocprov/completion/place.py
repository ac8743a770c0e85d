"""Where each shell finds its completions, and what of the user's own files says so."""

import os
import re
from pathlib import Path
from shlex import quote

from ocprov.completion.scripts import Shell
from ocprov.core.value import dataclass
from ocprov.state import base, home

_LOADERS = (
    "/usr/share/bash-completion/bash_completion",
    "/usr/local/share/bash-completion/bash_completion",
    "/opt/homebrew/share/bash-completion/bash_completion",
    "/etc/bash_completion",
    "/run/current-system/sw/share/bash-completion/bash_completion",
)
_BASH_FILES = ("/etc/bash.bashrc", "/etc/bashrc")
_ZSH_FILES = ("/etc/zsh/zshrc", "/etc/zshrc")
_BASH_COMPLETION = re.compile(rb"^[^#\n]*bash[_-]completion", re.MULTILINE)
# compinit itself, or one of the frameworks that call it.
_COMPINIT = re.compile(
    rb"^[^#\n]*(?:compinit|oh-my-zsh|prezto|zinit|antigen|antidote|zplug|zim\b|zimfw|grml)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shell's script goes; `rc` is the file that must say so in these `lines` (None: the shell finds it).

    `advice` is what a person has to do besides; empty mostly.
    """

    script: Path
    rc: Path | None = None
    lines: str = ""
    advice: str = ""


def place(shell: Shell) -> Place:
    """The place for a shell, as its files are now."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell]()


def rc_file(shell: Shell) -> Path | None:
    """The user's file in which a block may be; None for a shell that needs none."""
    if shell == "fish":
        return None
    if shell == "bash":
        return home() / ".bashrc"
    folder = os.environ.get("ZDOTDIR", "")
    return (Path(folder) if folder.startswith("/") else home()) / ".zshrc"


def _bash() -> Place:
    """bash-completion loads it when it is wanted; without that .bashrc does."""
    script = base("XDG_DATA_HOME", ".local/share") / "bash-completion/completions/ocprov"
    if _loads_by_itself():
        return Place(script)
    line = f"[ ! -r {_shell(script)} ] || . {_shell(script)}"
    return Place(script, rc_file("bash"), line, "bash-completion is not set up here, so .bashrc reads it")


def _loads_by_itself() -> bool:
    own = (home() / name for name in (".bashrc", ".bash_profile", ".profile", ".bash_login"))
    return any(Path(loader).is_file() for loader in _LOADERS) and any(
        _BASH_COMPLETION.search(_text(path)) for path in (*own, *map(Path, _BASH_FILES))
    )


def _zsh() -> Place:
    """A directory on fpath; said to a completion system that is set up already, or that is set up later."""
    script = base("XDG_DATA_HOME", ".local/share") / "zsh/site-functions/_ocprov"
    rc = rc_file("zsh")
    folder = _shell(script.parent)
    # After compinit and without it, now or later; and the first prompt does not begin with a failure.
    lines = (
        f"if [[ -r {_shell(script)} ]]; then\n  fpath+=({folder})\n  autoload -Uz _ocprov\n"
        "  (( ! $+functions[compdef] )) || compdef _ocprov ocprov\nfi"
    )
    files = (
        *map(Path, _ZSH_FILES),
        *((rc, rc.with_name(".zshenv"), rc.with_name(".zprofile")) if rc else ()),
    )
    known = any(_COMPINIT.search(_text(path)) for path in files)
    advice = (
        ""
        if known
        else "this zsh may have no completion set up; above the block goes: autoload -Uz compinit && compinit"
    )
    return Place(script, rc, lines, advice)


def _fish() -> Place:
    return Place(base("XDG_CONFIG_HOME", ".config") / "fish/completions/ocprov.fish")


def _shell(path: Path) -> str:
    return quote(str(path))


def _text(path: Path) -> bytes:
    """The bytes of a file, none where it cannot be read."""
    try:
        return path.read_bytes() if path.is_file() else b""
    except OSError:
        return b""
