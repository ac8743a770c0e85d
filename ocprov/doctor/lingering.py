"""Judges what happens at logout: whether systemd ends what was left, and whether services go on without a login."""

import re
from collections.abc import Iterator

from ocprov.core.value import dataclass
from ocprov.doctor.check import Check
from ocprov.doctor.fixes import Fixes

_SET = re.compile(r"^\s*KillUserProcesses\s*=\s*(\w+)", re.MULTILINE)
_DEFAULT = re.compile(r"^\s*#\s*KillUserProcesses\s*=\s*(\w+)", re.MULTILINE)
_YES = frozenset(["yes", "true", "on", "1"])


@dataclass(frozen=True, slots=True)
class Logout:
    """`kills` is whether logind ends what a user leaves (None: not to be told).

    `lingers` is whether services go on without a login, `services` are those of ocprov's that are installed.
    """

    kills: bool | None
    lingers: bool
    services: tuple[str, ...] = ()


def kills(texts: tuple[str, ...]) -> bool | None:
    """What the texts of logind.conf, its drop-ins last, come to; a commented line tells what was built in."""
    told = [word for text in texts for word in _SET.findall(text)] or [
        word for text in texts for word in _DEFAULT.findall(text)
    ]
    return told[-1].lower() in _YES if told else None


def judge(seen: Logout, fixed: Fixes) -> Iterator[Check]:
    """One check."""
    boot = fixed.commands.ocprov("boot --install monitoring")
    if seen.kills:
        found = "systemd ends what you leave, tmux too (KillUserProcesses=yes)"
        if "boot" in seen.services and seen.lingers:
            yield Check("logout", "ok", f"{found}; a tmux that ocprov's service started stays")
            return
        yield Check("logout", "warn", found, f"loginctl enable-linger; {boot}")
    elif seen.services and not seen.lingers:
        found = f"ocprov's services ({', '.join(seen.services)}) end at your last logout"
        yield Check("logout", "warn", found, "loginctl enable-linger")
    elif seen.kills is None and not seen.lingers:
        found = "cannot tell whether systemd ends what you leave (KillUserProcesses)"
        yield Check("logout", "warn", found, "loginctl enable-linger")
    else:
        yield Check("logout", "ok", "what you leave goes on")
