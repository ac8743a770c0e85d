"""The texts of services that run ocprov: systemd's units, launchd's property lists, lines for cron."""

import re
import shlex
from dataclasses import dataclass

MARK = "written by ocprov"
SAVE, BOOT = "save", "boot"

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
    """The service that brings sessions back at login, and saves before they end; variables are those of `start`."""
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
    """The agent that brings sessions back at login; tmux outlives the call."""
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
    """The line for a crontab; cron knows whole hours above 59 minutes, and days above 23 hours."""
    if minutes < 60:
        when = f"*/{minutes} * * * *"
    elif minutes < 24 * 60:
        when = f"0 */{minutes // 60} * * *"
    else:
        when = "0 0 * * *"
    return _cron(when, call)


def cron_boot(call: Call) -> str:
    """The line for a crontab that runs when the machine starts."""
    return _cron("@reboot", call)


def _cron(when: str, call: Call) -> str:
    words = [*(f"{name}={shlex.quote(value)}" for name, value in call.environment), shlex.join(call.argv)]
    return f"{when} {' '.join(words)}".replace("%", "\\%")
