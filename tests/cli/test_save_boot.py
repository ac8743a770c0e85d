"""`ocprov save` and `ocprov boot`: what a person sees, and that what they write really runs."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ocprov.persistence.units import lingers, manager
from tests.conftest import Machine, Result, until

NAME = "opencode-observability-two"
LAYOUT = """\
alias: two
description: two windows
variables:
  note: {type: str, default: "", help: what for}
---
session_name: opencode-observability-two
windows:
  - window_name: run
    panes:
      - {{ ("printf %s " ~ (note | sh) ~ " > note; sleep 1000") | yaml }}
  - window_name: shell
"""
PROJECT = """\
alias: project
description: a session for a directory
---
session_name: opencode-development-{{ project }}
windows:
  - window_name: shell
"""
SAVE = """#!/bin/sh
dir=$HOME/.local/share/tmux/resurrect
mkdir -p "$dir"
tmux list-panes -a -F "pane	#{session_name}	0	1	:*	0	title	:/	1	sh	:" > "$dir/one.txt"
tmux list-windows -a -F "window	#{session_name}	0	:sh	1	:*	layout	off" >> "$dir/one.txt"
ln -fs one.txt "$dir/last"
"""


@pytest.fixture
def two(machine: Machine) -> Machine:
    machine.layout("two", LAYOUT)
    return machine


def data(result: Result, command: str) -> Any:
    answer = json.loads(result.stdout)
    assert (answer["schema"], answer["command"]) == (1, command)
    return answer["data"]


def units(machine: Machine) -> Path:
    return machine.home / ".config/systemd/user"


def files(machine: Machine) -> list[Path]:
    return [path for path in machine.home.rglob("*") if not path.is_dir() and "layouts" not in path.parts]


def load(machine: Machine) -> None:
    """A server with a script in tmux-resurrect's place."""
    script = machine.root / "save.sh"
    script.write_text(SAVE)
    script.chmod(0o755)
    machine.tmux("new-session", "-d", "-s", "work")
    machine.tmux("set-option", "-g", "@resurrect-save-script-path", str(script))


@pytest.fixture(autouse=True)
def asked(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A systemctl that writes down what it is asked, and fails where a file says so."""
    program = machine.root / "bin/systemctl"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$*" >> {machine.root}/asked\n[ ! -e {machine.root}/no-bus ] || {{ echo no bus >&2; exit 1; }}\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return machine.root / "asked"


def alone(machine: Machine, command: str) -> Result:
    """Run a line as a service manager does: with nothing of the caller's environment but HOME."""
    return subprocess.run(
        ["env", "-i", f"HOME={machine.home}", "/bin/sh", "-c", command],
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_save_says_where_and_whether_it_changed(machine: Machine) -> None:
    load(machine)
    file = machine.home / ".local/share/tmux/resurrect/one.txt"
    assert machine.ocprov("save").stdout == f"saved {file}\n"
    assert machine.ocprov("save").stdout == f"unchanged since {file}\n"
    assert data(machine.ocprov("save", "--json"), "save") == {"action": "unchanged", "file": str(file)}


def test_nothing_to_save_is_no_failure(machine: Machine) -> None:
    done = machine.ocprov("save")
    assert (done.returncode, done.stdout) == (0, "")
    assert "nothing to save" in done.stderr
    assert data(machine.ocprov("save", "--json"), "save") == {"action": "nothing", "file": None}
    assert machine.ocprov("-q", "save").stderr == ""
    assert machine.tmux("list-sessions") == ""


def test_save_without_tmux_resurrect_is_two_lines(machine: Machine) -> None:
    machine.tmux("new-session", "-d", "-s", "work")
    done = machine.ocprov("save")
    error, hint = done.stderr.splitlines()
    assert (done.returncode, error) == (1, "error: tmux-resurrect is not loaded in this tmux server")
    assert hint.startswith("hint: add it to tmux.conf")


@pytest.mark.parametrize(
    "arguments",
    [
        ["save", "--install-timer", "--uninstall-timer"],
        ["save", "--interval", "5"],
        ["save", "--install-timer", "--interval", "0"],
        ["save", "extra"],
        ["boot"],
        ["boot", "--install"],
        ["boot", "--uninstall", "two"],
        ["boot", "--uninstall", "--install"],
        ["boot", "--uninstall", "--dir", "."],
        ["boot", "--uninstall", "--set", "note=x"],
        ["boot", "-n", "two"],
        ["save", "--dry-run"],
    ],
    ids=" ".join,
)
def test_usage(two: Machine, arguments: list[str]) -> None:
    done = two.ocprov(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.rstrip().endswith((".", "extra)", "1<=x<=1440."))
    assert files(two) == []


def test_the_timer_is_installed_started_and_removed(machine: Machine, asked: Path) -> None:
    done = machine.ocprov("save", "--install-timer", "--interval", "7", "--manager", "systemd")
    service, timer = (units(machine) / f"ocprov-save.{kind}" for kind in ("service", "timer"))
    assert (done.stdout, done.stderr) == (f"created {service}\ncreated {timer}\n", "")
    assert "OnUnitActiveSec=7min" in timer.read_text()
    assert asked.read_text() == "--user daemon-reload\n--user restart ocprov-save.timer\n"
    again = machine.ocprov("save", "--install-timer", "--interval", "7", "--manager", "systemd")
    assert again.stdout == f"unchanged {service}\nunchanged {timer}\n"
    assert asked.read_text().endswith("--user start ocprov-save.timer\n")
    gone = machine.ocprov("save", "--uninstall-timer", "--manager", "systemd")
    assert gone.stdout == f"removed {service}\nremoved {timer}\n"
    assert asked.read_text().endswith("--user stop ocprov-save.timer\n--user daemon-reload\n")
    nothing = machine.ocprov("save", "--uninstall-timer", "--manager", "systemd")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "nothing to remove" in nothing.stderr


def test_without_a_user_manager_the_next_login_starts_the_timer(machine: Machine) -> None:
    (machine.root / "no-bus").touch()
    done = machine.ocprov("save", "--install-timer", "--manager", "systemd")
    assert done.returncode == 0
    assert (
        done.stderr
        == "ocprov: `systemctl --user daemon-reload` did not work (no bus); the next login does it\n"
    )
    assert (units(machine) / "timers.target.wants/ocprov-save.timer").is_symlink()


def test_a_unit_of_another_is_a_conflict(two: Machine) -> None:
    units(two).mkdir(parents=True)
    (units(two) / "ocprov-boot.service").write_text("[Service]\n")
    for arguments in (["--install", "two"], ["--uninstall"]):
        assert two.ocprov("boot", "--manager", "systemd", *arguments).returncode == 4
    assert (units(two) / "ocprov-boot.service").read_text() == "[Service]\n"


def test_boot_prints_what_install_writes(two: Machine) -> None:
    shown = two.ocprov("boot", "two", "--manager", "systemd")
    assert files(two) == []
    done = two.ocprov("boot", "two", "--manager", "systemd", "--install")
    path = units(two) / "ocprov-boot.service"
    assert shown.stderr == f"ocprov: --install writes it to {path}\n"
    assert done.stdout == f"created {path}\n"
    assert path.read_text() == shown.stdout
    assert (units(two) / "default.target.wants/ocprov-boot.service").resolve() == path
    assert two.ocprov("boot", "two", "--manager", "systemd", "--install").stdout == f"unchanged {path}\n"
    assert two.ocprov("boot", "--manager", "systemd", "--uninstall").stdout == f"removed {path}\n"
    assert "nothing to remove" in two.ocprov("boot", "--manager", "systemd", "--uninstall").stderr


def test_what_the_boot_service_runs_brings_the_layout_up_and_saves(two: Machine) -> None:
    place = two.root / "it's 50% $HOME"
    place.mkdir()
    note = 'a "b" \\ $HOME %h'
    unit = two.ocprov(
        "boot", "two", "--dir", str(place), "--set", f"note={note}", "--manager", "systemd"
    ).stdout
    lines = dict(re.findall(r"^(ExecStart|ExecStop)=-?(.*)$", unit, re.MULTILINE))
    variables = re.findall(r"^Environment=(.*)$", unit, re.MULTILINE)
    # In a POSIX shell's double quotes a `$` counts: single quotes around each word instead.
    start, stop = (
        shlex.join(shlex.split(" ".join([*variables, line]))).replace("%%", "%").replace("$$", "$")
        for line in (lines["ExecStart"], lines["ExecStop"])
    )
    done = alone(two, f"env {start}")
    assert (done.returncode, done.stdout) == (0, f"{NAME}: created with 2 windows\n"), done.stderr
    assert two.windows(NAME) == ["0 run", "1 shell"]
    until(lambda: (place / "note").is_file() and (place / "note").read_text() == note)
    load(two)
    assert "saved" in alone(two, f"env {stop}").stdout


def test_the_line_for_cron_runs(two: Machine) -> None:
    place = two.root / "100%"
    place.mkdir()
    done = two.ocprov("boot", "two", "--dir", str(place), "--manager", "cron", "--install")
    when, command = done.stdout.rstrip("\n").split(" ", 1)
    assert when == "@reboot"
    assert "crontab -e" in done.stderr
    assert files(two) == []
    assert alone(two, command.replace("\\%", "%")).returncode == 0
    assert two.windows(NAME) == ["0 run", "1 shell"]
    load(two)
    saving = two.ocprov("save", "--install-timer", "--manager", "cron").stdout.rstrip("\n")
    assert saving.startswith("*/15 * * * * ")
    assert "saved" in alone(two, saving.removeprefix("*/15 * * * * ").replace("\\%", "%")).stdout


def test_boot_in_json(two: Machine) -> None:
    shown = data(two.ocprov("boot", "two", "--json", "--manager", "launchd"), "boot")
    (file,) = shown["files"]
    assert (shown["manager"], shown["line"]) == ("launchd", None)
    assert file["path"] == str(two.home / "Library/LaunchAgents/ocprov.boot.plist")
    assert "RunAtLoad" in file["text"]
    done = data(two.ocprov("boot", "two", "--json", "--install", "--manager", "systemd"), "boot")
    assert done == {
        "manager": "systemd",
        "changed": True,
        "dry_run": False,
        "files": [{"path": str(units(two) / "ocprov-boot.service"), "action": "create"}],
        "line": None,
    }
    gone = data(two.ocprov("boot", "--json", "--uninstall"), "boot")
    assert [file["action"] for file in gone["files"]] == ["remove"]
    assert gone["manager"] is None
    assert data(two.ocprov("boot", "two", "--json", "--install", "-n"), "boot")["manager"] == manager()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nope"], 'no layout is called "nope"'),
        (["two:nope"], 'two has no window "nope"'),
        (["two", "--set", "nope=1"], "nope"),
        (["two", "--dir", "/nonexistent"], "/nonexistent"),
        (["demo"], "demo"),
        (["bad"], "bad.yaml.j2"),
        (["two", "bad"], "bad.yaml.j2"),
        (["needs"], "needs needs no-such-program"),
        (["two", "--set", "note=a\nb"], "note"),
    ],
)
def test_a_layout_that_would_not_come_up_is_refused_before_anything_is_written(
    two: Machine, arguments: list[str], said: str
) -> None:
    two.layout("bad", LAYOUT.replace("alias: two", "alias: bad").replace("panes:", "pains:"))
    two.layout("needs", LAYOUT.replace("alias: two", "alias: needs\nrequires: {no-such-program: write it}"))
    done = two.ocprov("boot", "--install", "--manager", "systemd", *arguments)
    assert done.returncode == 1
    assert said in done.stderr.splitlines()[0]
    assert files(two) == []


def test_a_session_named_after_the_directory_keeps_it(two: Machine) -> None:
    two.layout("project", PROJECT)
    assert f"--dir {two.home} project\n" in two.ocprov("boot", "project", "--manager", "systemd").stdout
    assert "--dir" not in two.ocprov("boot", "two", "--manager", "systemd").stdout


def test_no_secret_of_the_caller_is_written(two: Machine) -> None:
    secrets = {"OPENCODE_API_KEY": "hush", "ANTHROPIC_API_KEY": "hush", "OCPROV_BOOT_JSON": "0"}
    for kind in ("systemd", "launchd", "cron"):
        shown = two.ocprov("boot", "two", "--manager", kind, **secrets).stdout
        assert "hush" not in shown
        assert "OCPROV_" not in shown


def test_an_opencode_variable_that_a_layout_asks_for_is_not_written_and_that_is_said(two: Machine) -> None:
    two.layout("two", LAYOUT.replace("session_name:", '{% set key = env("OPENCODE_KEY") %}session_name:'))
    shown = two.ocprov("boot", "two", "--manager", "systemd", OPENCODE_KEY="hush")
    assert "hush" not in shown.stdout + shown.stderr
    assert "a layout asks for OPENCODE_KEY, which no service is told" in shown.stderr
    assert "OPENCODE_KEY" not in two.ocprov("boot", "two", "--manager", "systemd").stderr


def test_install_tells_about_lingering_and_continuums_own_service(two: Machine) -> None:
    units(two).mkdir(parents=True)
    (units(two) / "tmux.service").touch()
    told = two.ocprov("boot", "two", "--install", "--manager", "systemd").stderr
    advice = "ends with your last logout; to start at boot and stay: loginctl enable-linger"
    assert (advice in told) is not lingers()
    assert "tmux-continuum starts tmux at login too (tmux.service): both are fine" in told


def test_a_config_home_that_systemd_may_not_know(two: Machine) -> None:
    for told, warns in ((two.home / ".config", False), (two.home / "other", True)):
        done = two.ocprov("save", "--install-timer", "--manager", "systemd", XDG_CONFIG_HOME=str(told))
        assert ("only when it knows this XDG_CONFIG_HOME" in done.stderr) is warns


EDITS = """\
alias: edits
description: windows for the editor of whoever asks
---
session_name: opencode-development-edits
windows:
  - window_name: ${PROJECT_NAME}
    start_directory: {{ path("$PROJECTS/one") | yaml }}
    panes:
      - {{ (env("VISUAL") or env("EDITOR", "vi")) | yaml }}
"""


def test_the_boot_service_renders_what_the_caller_would(two: Machine) -> None:
    two.layout("edits", EDITS)
    mine = {"EDITOR": "nano -w", "PROJECTS": str(two.root), "PROJECT_NAME": "mine", "UNASKED": "hush"}
    wanted = two.ocprov("render", "edits", **mine).stdout
    assert "nano -w" in wanted
    (two.root / "one").mkdir()
    unit = two.ocprov("boot", "two", "edits", "--manager", "systemd", **mine).stdout
    assert "hush" not in unit
    words = shlex.split(" ".join(re.findall(r"^Environment=(.*)$", unit, re.MULTILINE)))
    told = dict(word.replace("%%", "%").split("=", 1) for word in words)
    variables = shlex.join(f"{name}={value}" for name, value in told.items())
    (program,) = re.findall(r"^ExecStart=(\S+)", unit, re.MULTILINE)
    assert alone(two, f"env {variables} {program} render edits").stdout == wanted
    for kind in ("launchd", "cron"):
        assert "nano -w" in two.ocprov("boot", "edits", "--manager", kind, **mine).stdout


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (["two"], ["other"], "it ran `-L default up --detach two`, now `-L default up --detach other`"),
        (
            ["-L", "work", "two"],
            ["two"],
            "it ran `-L work up --detach two`, now `-L default up --detach two`",
        ),
        (["two"], ["two"], ""),
    ],
    ids=["another-layout", "another-server", "the-same"],
)
@pytest.mark.parametrize("kind", ["systemd", "launchd"])
def test_a_boot_service_that_replaces_another_says_so(
    two: Machine, first: list[str], second: list[str], said: str, kind: str
) -> None:
    two.layout("other", LAYOUT.replace("two", "other"))

    def boot(words: list[str], *more: str) -> str:
        return two.ocprov(*words[:-1], "boot", words[-1], "--manager", kind, "--install", *more).stderr

    assert "there is one" not in boot(first)
    dry = boot(second, "--dry-run")
    assert said.replace("it ran", "it runs").replace(", now", ", then") in dry
    told = boot(second)
    assert said in told
    assert ("there is one boot service" in told) is ("there is one boot service" in dry) is bool(said)


@pytest.mark.parametrize(
    ("install", "uninstall"),
    [
        (["save", "--install-timer"], ["save", "--uninstall-timer"]),
        (["boot", "two", "--install"], ["boot", "--uninstall"]),
    ],
    ids=["save", "boot"],
)
def test_a_dry_run_says_what_would_change(
    two: Machine, asked: Path, install: list[str], uninstall: list[str]
) -> None:
    shown = two.ocprov(*install, "--manager", "systemd", "--dry-run")
    assert (shown.returncode, files(two), asked.exists()) == (3, [], False)
    done = two.ocprov(*install, "--manager", "systemd")
    assert shown.stdout == done.stdout.replace("created", "would create")
    before = files(two), asked.read_text()
    again = two.ocprov(*install, "--manager", "systemd", "-n", "--json")
    assert (again.returncode, data(again, install[0])["changed"]) == (0, False)
    gone = two.ocprov(*uninstall, "-n")
    assert gone.returncode == 3
    assert gone.stdout == done.stdout.replace("created", "would remove")
    assert (files(two), asked.read_text()) == before
    assert two.ocprov(*install, "--manager", "cron", "-n").returncode == 0


@pytest.mark.parametrize(
    ("install", "uninstall"),
    [
        (["save", "--install-timer"], ["save", "--uninstall-timer"]),
        (["boot", "two", "--install"], ["boot", "--uninstall"]),
    ],
    ids=["save", "boot"],
)
def test_uninstall_finds_the_files_of_every_manager(
    two: Machine, asked: Path, install: list[str], uninstall: list[str]
) -> None:
    (two.root / "bin/launchctl").symlink_to(two.root / "bin/systemctl")
    for kind in ("systemd", "launchd"):
        assert two.ocprov(*install, "--manager", kind).returncode == 0
    written = {path for path in files(two) if ".config" in path.parts or "Library" in path.parts}
    assert {path.suffix for path in written} >= {".service", ".plist"}
    gone = two.ocprov(*uninstall)
    assert gone.returncode == 0
    assert [path for path in written if os.path.lexists(path)] == []
    assert "--user daemon-reload" in asked.read_text().splitlines()[-2:]
    nothing = two.ocprov(*uninstall)
    assert "nothing to remove" in nothing.stderr
    assert "a line in your crontab is yours to remove: crontab -e" in nothing.stderr


def test_uninstall_for_one_manager_leaves_the_other(two: Machine) -> None:
    for kind in ("systemd", "launchd"):
        two.ocprov("boot", "two", "--install", "--manager", kind)
    gone = two.ocprov("boot", "--uninstall", "--manager", "launchd")
    assert gone.stdout == f"removed {two.home}/Library/LaunchAgents/ocprov.boot.plist\n"
    assert (units(two) / "ocprov-boot.service").exists()


def test_a_config_directory_that_cannot_be_entered_is_named(two: Machine) -> None:
    (two.home / ".config").rename(two.root / "config")
    (two.home / ".config").symlink_to(two.home / ".config")
    for arguments in (["save", "--uninstall-timer"], ["boot", "--uninstall"]):
        done = two.process(*arguments)
        assert done.returncode == 1
        error, hint = done.stderr.splitlines()
        assert error.startswith(f"error: cannot look at {units(two)}/ocprov-")
        assert "ls -ld" in hint


def test_an_interval_that_cron_cannot_say(machine: Machine) -> None:
    done = machine.ocprov("save", "--install-timer", "--manager", "cron", "--interval", "45")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "error: cron cannot run a line every 45 minutes\nhint: the nearest that it can: --interval 30\n"
    )
    assert (
        machine.ocprov("save", "--install-timer", "--manager", "systemd", "--interval", "45").returncode == 0
    )


def test_only_systemds_service_is_said_to_save(two: Machine) -> None:
    for kind in ("systemd", "launchd", "cron"):
        shown = two.ocprov("boot", "two", "--install", "--manager", kind)
        advice = f"{kind} saves nothing when you log out: ocprov save --install-timer"
        assert (advice in shown.stderr) is (kind != "systemd")
    told = " ".join(two.ocprov("boot", "--help").stdout.split())
    assert "back at login, and saves at logout" not in told
    assert "There is one such service" in told


def test_a_conflict_of_one_manager_keeps_the_files_of_all(two: Machine) -> None:
    two.ocprov("boot", "two", "--install", "--manager", "systemd")
    agent = two.home / "Library/LaunchAgents/ocprov.boot.plist"
    agent.parent.mkdir(parents=True)
    agent.write_text("mine")
    before = files(two)
    assert two.ocprov("boot", "--uninstall").returncode == 4
    assert files(two) == before
