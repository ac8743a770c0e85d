"""The texts of services: what their managers read back from them is what was meant."""

import plistlib
import re
import shlex

import pytest

from ocprov.errors import OcprovError
from ocprov.persistence import service
from ocprov.persistence.service import MARK, Call

NASTY = (
    "",
    "a b",
    "%h%%",
    "$HOME",
    "${HOME}$$",
    'say "hi"',
    "it's",
    "back\\slash\\n",
    "end\\",
    ";",
    "#no comment",
    "--set=x=1",
    "é☃",
    "<&>",
    "-->",
    "*?[!a]",
    "`id`",
    "|",
)
PATHS = ["/usr/bin/ocprov", "/home/a b/ocprov", "/opt/$x/ocprov", "/opt/%h/ocprov", "/o'p\"t\\/ocprov"]


def words(value: str) -> list[str]:
    """What systemd makes of the words of a value: quotes, escapes, then specifiers."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', value)
    return [(re.sub(r"\\(.)", r"\1", quoted) or bare).replace("%%", "%") for quoted, bare in found]


def executed(value: str) -> list[str]:
    """The arguments that systemd runs: variables too, then the wrapper's own."""
    argv = [word.replace("$$", "$") for word in words(value)]
    return argv[3:] if argv[:3] == ["/bin/sh", "-c", 'exec "$0" "$@"'] else argv


def values(unit: str, key: str) -> list[str]:
    return [line.split("=", 1)[1] for line in unit.splitlines() if line.startswith(f"{key}=")]


@pytest.mark.parametrize("program", PATHS)
def test_systemd_runs_the_arguments_as_they_were(program: str) -> None:
    call = Call((program, *NASTY), tuple((f"V{number}", value) for number, value in enumerate(NASTY)))
    unit = service.systemd_boot(call, Call((program, "save", *NASTY)))
    (start,), (stop,) = values(unit, "ExecStart"), values(unit, "ExecStop")
    assert executed(start) == list(call.argv)
    assert stop[0] == "-"
    assert executed(stop[1:]) == [program, "save", *NASTY]
    assert [word for line in values(unit, "Environment") for word in words(line)] == [
        f"{name}={value}" for name, value in call.environment
    ]


@pytest.mark.parametrize("program", PATHS)
def test_systemd_leaves_no_specifier_and_no_variable(program: str) -> None:
    line = service.exec_line((program, *NASTY))
    for sign in "%$":
        assert all(len(run) % 2 == 0 for run in re.findall(f"{re.escape(sign)}+", line))
    # It refuses a program's path with quotes, and takes a `$` in it as it is.
    assert re.fullmatch(r"[A-Za-z0-9/]+", line.split(" ", 1)[0])


def test_the_service_of_the_timer() -> None:
    unit = service.systemd_save(Call(("/bin/ocprov", "-L", "x", "--quiet", "save"), (("PATH", "/bin:/x y"),)))
    assert unit == (
        "# written by ocprov\n[Unit]\nDescription=save tmux sessions with tmux-resurrect\n\n"
        '[Service]\nType=oneshot\nEnvironment="PATH=/bin:/x y"\nExecStart=/bin/ocprov -L x --quiet save\n'
    )


def test_the_timer() -> None:
    unit = service.systemd_timer(7)
    assert "[Timer]\nOnActiveSec=7min\nOnUnitActiveSec=7min\n" in unit
    assert unit.endswith("[Install]\nWantedBy=timers.target\n")
    assert unit.startswith(f"# {MARK}\n")


def test_the_boot_service_ends_nothing_and_comes_after_continuum() -> None:
    unit = service.systemd_boot(Call(("/bin/ocprov", "up")), Call(("/bin/ocprov", "save")))
    for line in ("After=tmux.service", "Type=oneshot", "RemainAfterExit=yes", "KillMode=process"):
        assert line in unit.splitlines()
    assert unit.endswith("[Install]\nWantedBy=default.target\n")
    assert "kill-server" not in unit


def test_launchd_gets_the_same_arguments() -> None:
    call = Call(("/bin/ocprov", *NASTY), (("PATH", "/a & b"),))
    text = service.launchd_save(call, 15)
    assert MARK in text.splitlines()[1]
    assert plistlib.loads(text.encode()) == {
        "Label": "ocprov.save",
        "ProgramArguments": list(call.argv),
        "EnvironmentVariables": {"PATH": "/a & b"},
        "StartInterval": 900,
    }
    boot = plistlib.loads(service.launchd_boot(call).encode())
    assert (boot["Label"], boot["RunAtLoad"], boot["AbandonProcessGroup"]) == ("ocprov.boot", True, True)


def test_cron_gives_sh_the_same_arguments() -> None:
    line = service.cron_boot(Call(("/bin/ocprov", *NASTY), (("PATH", "/a b:%h"),)))
    assert "\n" not in line
    assert not re.search(r"(?<!\\)%", line)  # a bare % is a line break to cron
    when, command = line.split(" ", 1)
    assert when == "@reboot"
    assert shlex.split(command.replace("\\%", "%")) == ["PATH=/a b:%h", "/bin/ocprov", *NASTY]


@pytest.mark.parametrize(
    ("minutes", "when"),
    [
        (1, "*/1 * * * *"),
        (15, "*/15 * * * *"),
        (60, "0 */1 * * *"),
        (480, "0 */8 * * *"),
        (1440, "0 0 * * *"),
    ],
)
def test_when_cron_saves(minutes: int, when: str) -> None:
    assert service.cron_save(Call(("ocprov",)), minutes) == f"{when} ocprov"


@pytest.mark.parametrize(
    ("minutes", "nearest"),
    [(7, 6), (45, 30), (46, 60), (59, 60), (90, 60), (150, 120), (300, 240), (1000, 720), (1439, 1440)],
)
def test_what_cron_cannot_say_is_refused_with_the_nearest_that_it_can(minutes: int, nearest: int) -> None:
    with pytest.raises(OcprovError, match=f"cron cannot run a line every {minutes} minutes") as caught:
        service.cron_save(Call(("ocprov",)), minutes)
    assert f"--interval {nearest}" in caught.value.hint
    assert service.cron_save(Call(("ocprov",)), nearest)


def test_the_call_of_a_boot_service_is_read_back() -> None:
    call = Call(("/home/a b/ocprov", "-L", "work", "up", "--set", "note=a b", "two"))
    assert service.boots(service.systemd_boot(call, call)) == '-L work up --set "note=a b" two'
    assert service.boots(service.launchd_boot(call)) == "-L work up --set 'note=a b' two"
    assert service.boots("") == ""
