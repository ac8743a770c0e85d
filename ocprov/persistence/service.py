"""The texts of services that run ocprov: systemd's units, launchd's property lists, lines for cron."""

import re
import shlex
from dataclasses import dataclass

from ocprov.errors import OcprovError

MARK = "written by ocprov"
SAVE, BOOT = "save", "boot"

# What cron can say, by its minutes: what an hour or a day can be divided by.
_CRON = {
    **{minutes: f"*/{minutes} * * * *" for minutes in range(1, 60) if 60 % minutes == 0},
    **{hours * 60: f"0 */{hours} * * *" for hours in range(1, 24) if 24 % hours == 0},
    24 * 60: "0 0 * * *",
}
_PLAIN = re.compile(r"[A-Za-z0-9_@+=:,./-]+")


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a program: its arguments, and the variables that it needs besides those it is given."""

    argv: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()


def systemd_save(call: Call) -> str:
    """The service that the timer starts."""
    return _unit(
        Unit=["Description=save tmux sessions with tmux-resurrect"],
        Service=["Type=oneshot", *_environment(call), f"ExecStart={exec_line(call.argv)}"],
    )


def systemd_timer(minutes: int) -> str:
    """The timer of the save, for the first time when it is as old as one interval."""
    return _unit(
        Unit=[f"Description=save tmux sessions every {minutes} min"],
        Timer=[f"OnActiveSec={minutes}min", f"OnUnitActiveSec={minutes}min"],
        Install=["WantedBy=timers.target"],
    )


def systemd_boot(start: Call, stop: Call) -> str:
    """The service that brings sessions back at login, and saves when it stops; variables are those of `start`."""
    return _unit(
        Unit=[
            "Description=tmux sessions of ocprov",
            "# tmux-continuum's own, where there is one.",
            "After=tmux.service",
        ],
        Service=[
            "Type=oneshot",
            "RemainAfterExit=yes",
            "# tmux lives on when this stops: sessions that are not ocprov's live in it too.",
            "KillMode=process",
            *_environment(start),
            f"ExecStart={exec_line(start.argv)}",
            f"ExecStop={exec_line(stop.argv, prefix='-')}",
        ],
        Install=["WantedBy=default.target"],
    )


def boots(text: str) -> str:
    """What the text of a boot service runs, from the server's name on; empty where it is none."""
    found = re.search(r"^ExecStart=(.*)$", text, re.MULTILINE)
    line = found[1] if found else shlex.join(_arguments(text))
    call = re.search(r"(?<= )-[LS] .*", line)
    return call[0] if call else line


def _arguments(text: str) -> list[str]:
    """Those of a property list; none where it is none."""
    import plistlib
    from xml.parsers.expat import ExpatError

    try:
        return [str(word) for word in plistlib.loads(text.encode())["ProgramArguments"]]
    except (ExpatError, ValueError, KeyError, TypeError):
        return []


def _unit(**sections: list[str]) -> str:
    blocks = ["\n".join([f"[{name}]", *lines, ""]) for name, lines in sections.items()]
    return f"# {MARK}\n" + "\n".join(blocks)


def _environment(call: Call) -> list[str]:
    return [f"Environment={word(f'{name}={value}')}" for name, value in call.environment]


def exec_line(argv: tuple[str, ...], *, prefix: str = "") -> str:
    """The value of an `Exec…=` line: `$` doubled, and a program that systemd would refuse run by sh."""
    if not _PLAIN.fullmatch(argv[0]):
        argv = ("/bin/sh", "-c", 'exec "$0" "$@"', *argv)
    return prefix + " ".join(word(argument.replace("$", "$$")) for argument in argv)


def word(text: str) -> str:
    """One word of a unit file: specifiers (`%`) doubled, in quotes where it needs them."""
    text = text.replace("%", "%%")
    if _PLAIN.fullmatch(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def launchd_save(call: Call, minutes: int) -> str:
    """The agent that saves every so many minutes."""
    return _plist(SAVE, call, StartInterval=minutes * 60)


def launchd_boot(call: Call) -> str:
    """The agent that brings sessions back at login; tmux outlives the call. Nothing saves at the logout."""
    return _plist(BOOT, call, RunAtLoad=True, AbandonProcessGroup=True)


def _plist(name: str, call: Call, **more: object) -> str:
    import plistlib

    content = {
        "Label": f"ocprov.{name}",
        "ProgramArguments": list(call.argv),
        "EnvironmentVariables": dict(call.environment),
        **more,
    }
    declaration, rest = plistlib.dumps(content, sort_keys=False).decode().split("\n", 1)
    return f"{declaration}\n<!-- {MARK} -->\n{rest}"


def cron_save(call: Call, minutes: int) -> str:
    """The line for a crontab; OcprovError for what cron cannot say: it counts anew every hour, and every day."""
    if minutes not in _CRON:
        nearest = min(_CRON, key=lambda can: abs(can - minutes))
        raise OcprovError(
            f"cron cannot run a line every {minutes} minutes",
            f"the nearest that it can: --interval {nearest}",
        )
    return _cron(_CRON[minutes], call)


def cron_boot(call: Call) -> str:
    """The line for a crontab that runs when the machine starts."""
    return _cron("@reboot", call)


def _cron(when: str, call: Call) -> str:
    words = [*(f"{name}={shlex.quote(value)}" for name, value in call.environment), shlex.join(call.argv)]
    return f"{when} {' '.join(words)}".replace("%", "\\%")
