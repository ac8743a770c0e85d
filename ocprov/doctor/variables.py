"""Judges what of OpenCode's is in the environment: here, and in every pane of the tmux server. Names alone, never values."""

from collections.abc import Iterator

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.doctor.check import Check
from ocprov.doctor.fixes import Fixes

# Scripts set them, and OpenCode 1.18 reads none of them.
USELESS = ("OPENCODE_SERVER", "OPENCODE_SOCKET", "OPENCODE_STATE")
RISKY = {
    "OPENCODE_SERVER_PASSWORD": "a password that every program here can read, and that every `opencode` takes",
    "OPENCODE_SERVER_USERNAME": "every `opencode` takes it, and ocprov's servers know another one",
    "OPENCODE_DB": "every `opencode` writes to that database",
    "OPENCODE_AUTH_CONTENT": "logins that every program here can read",
    "OPENCODE_PERMISSION": "it allows or forbids in every project",
    "OPENCODE_CONFIG_CONTENT": "it is merged over the configuration of every project",
    "OPENCODE_CONFIG": "every `opencode` reads it",
    "OPENCODE_CONFIG_DIR": "every `opencode` reads it",
    "OPENCODE_AUTO_SHARE": "every conversation is published",
}
XDG = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


@dataclass(frozen=True, slots=True)
class Variables:
    """The names that are set here, and in the tmux server's global environment; `agent`: this is an agent's own shell.

    `other` are XDG variables that the tmux server has otherwise than this shell; `inside` those that lead, here, into the
    state directory of an isolated server.
    """

    here: frozenset[str]
    tmux: frozenset[str] = frozenset()
    agent: bool = False
    other: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()


def judge(seen: Variables, fixed: Fixes) -> Iterator[Check]:
    """One check for each that does harm, or nothing."""
    for name in USELESS:
        if name in seen.here | seen.tmux:
            yield Check(
                name,
                "warn",
                "it is set, and does nothing: OpenCode does not read it",
                _unset(name, seen, fixed),
            )
    for name, why in RISKY.items():
        if name in seen.here and not seen.agent:
            yield Check(name, "warn", f"it is set here: {why}", _unset(name, seen, fixed))
    for name in seen.inside:
        if not seen.agent:
            found = "it leads into the state directory of an isolated server: what is run here is that one's"
            yield Check(name, "warn", found, _unset(name, seen, fixed))
    for name in seen.other:
        found = (
            "tmux has another one than this shell: OpenCode in its panes has other conversations, or logins"
        )
        yield Check(f"{name} in tmux", "warn", found, fixed.commands.tmux(f"set-environment -gu {name}"))


def _unset(name: str, seen: Variables, fixed: Fixes) -> str:
    here = f"unset {printable(name)}" if name in seen.here else ""
    there = fixed.commands.tmux(f"set-environment -gu {printable(name)}") if name in seen.tmux else ""
    return "; ".join(filter(None, (here, there)))
