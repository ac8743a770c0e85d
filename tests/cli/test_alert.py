"""`ocprov alert`: limits, and one word at each crossing, whatever fails on the way."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from ocprov.lock import held
from tests.cli.watched import costing, emptied, line_with, program, settings, start, with_data
from tests.conftest import DEADLINE, Machine, Result, until

COMMAND = '[alert]\nnotify = ["command"]\n'


@pytest.fixture(autouse=True)
def _path(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.environ["PATH"])  # programs of a test go before it, and away after it


@pytest.fixture
def said(machine: Machine) -> Callable[[], list[str]]:
    """Notifies by a program that writes down each message; what it was told so far."""
    file = machine.root / "said"
    teller = program(machine, "teller", f"cat >>{shlex.quote(str(file))}")
    settings(machine, f'{COMMAND}command = ["{teller}"]\n')
    return lambda: file.read_text().splitlines() if file.exists() else []


def data(result: Result) -> Any:
    return json.loads(result.stdout)["data"]


# ---- with the real ocmonitor


def test_each_period_stands_to_its_limit(machine: Machine) -> None:
    with_data(machine)
    result = machine.ocprov("alert", "--daily", "1000", "--weekly", "1000", "--monthly", "1000", "--json")
    limits = data(result)["limits"]
    assert [limit["period"] for limit in limits] == ["daily", "weekly", "monthly"]
    assert all(limit["cost"] > 0 and limit["limit"] == 1000 for limit in limits)
    assert limits[0]["start"] == date.today().isoformat()
    assert limits[0]["cost"] <= limits[1]["cost"]
    assert (result.returncode, data(result)["source"], data(result)["passed"]) == (0, "ocmonitor", False)
    assert not (machine.home / "exports").exists()


def test_a_person_reads_a_line_with_a_bar_and_a_word(machine: Machine) -> None:
    with_data(machine)
    result = machine.ocprov("alert", "--daily", "0.01", "--monthly", "1000", "--once")
    over, fine = result.stdout.splitlines()
    assert over.split()[0] == "today"
    assert "OVER by $" in over
    assert fine.endswith("ok")
    assert result.returncode == 3


def test_an_empty_database_costs_nothing(machine: Machine) -> None:
    emptied(with_data(machine))
    result = machine.ocprov("alert", "--daily", "5", "--json")
    assert data(result)["limits"][0]["cost"] == 0
    assert result.returncode == 0


def test_no_data_at_all_is_not_nothing(machine: Machine) -> None:
    result = machine.ocprov("alert", "--daily", "5")
    error, hint = result.stderr.splitlines()
    assert error.startswith(
        "error: what OpenCode costs is not known: ocmonitor tells nothing: it ended with 1"
    )
    assert "ccusage is not on PATH; opencode-usage is not on PATH" in error
    assert hint.startswith("hint: ")
    assert (result.returncode, result.stdout) == (1, "")


def test_the_data_home_is_looked_in(machine: Machine) -> None:
    with_data(machine)
    (machine.home / "data").mkdir()
    (machine.home / ".local/share/opencode").rename(machine.home / "data/opencode")
    result = machine.ocprov("alert", "--daily", "5", "--json", XDG_DATA_HOME=str(machine.home / "data"))
    assert data(result)["limits"][0]["cost"] > 0


# ---- limits


def test_without_a_limit_it_is_refused(machine: Machine) -> None:
    result = machine.ocprov("alert")
    assert result.stderr.splitlines() == [
        "error: no limit is set for what OpenCode may cost",
        f"hint: ocprov alert --daily 10, or alert.daily = 10 in {machine.home}/.config/ocprov/config.toml",
    ]
    assert result.returncode == 1


LIMITS = {
    "settings": ("[alert]\ndaily = 4\nmonthly = 9\n", (), {"daily": 4, "monthly": 9}),
    "a-flag-goes-first": ("[alert]\ndaily = 4\n", ("--daily", "5"), {"daily": 5}),
    "a-flag-adds": ("[alert]\ndaily = 4\n", ("--weekly", "5"), {"daily": 4, "weekly": 5}),
    "a-flag-takes-away": ("[alert]\ndaily = 4\nweekly = 8\n", ("--daily", "0"), {"weekly": 8}),
    "otherwise": ("", ("--default-daily", "10"), {"daily": 10}),
    "otherwise-is-not-needed": ("[alert]\nweekly = 4\n", ("--default-daily", "10"), {"weekly": 4}),
}


@pytest.mark.parametrize(("text", "flags", "limits"), LIMITS.values(), ids=LIMITS)
def test_limits_are_of_flags_else_of_settings(
    machine: Machine, text: str, flags: tuple[str, ...], limits: dict[str, float]
) -> None:
    settings(machine, text)
    costing(machine, 0)
    found = data(machine.ocprov("alert", "--json", *flags))["limits"]
    assert {limit["period"]: limit["limit"] for limit in found} == limits


@pytest.mark.parametrize("name", ["weekly", "default-daily"])
@pytest.mark.parametrize("limit", ["nan", "inf"])
def test_a_limit_is_a_number(machine: Machine, name: str, limit: str) -> None:
    result = machine.ocprov("alert", f"--{name}", limit)
    assert result.stderr.startswith(f"error: the {name} limit is {limit}\n")
    assert result.returncode == 1


@pytest.mark.parametrize("other", ["--once", "--json", "--test"])
def test_a_loop_is_nothing_else(machine: Machine, other: str) -> None:
    assert machine.ocprov("alert", "--daily", "1", "--every", "60", other).returncode == 2


# ---- once at each crossing


def test_each_step_is_said_once_the_highest_only(machine: Machine, said: Callable[[], list[str]]) -> None:
    for cost in (4.99, 5, 7.9, 8.2, 9, 10.42, 11):
        costing(machine, cost)
        machine.ocprov("alert", "--daily", "10")
    assert said() == [
        "OpenCode today: $5.00, 50 % of the limit of $10.00",
        "OpenCode today: $8.20, 82 % of the limit of $10.00",
        "OpenCode today: $10.42, 104 % of the limit of $10.00",
    ]


def test_two_steps_at_once_are_one_message(machine: Machine, said: Callable[[], list[str]]) -> None:
    costing(machine, 99)
    assert machine.ocprov("alert", "--daily", "10").returncode == 3
    assert machine.ocprov("alert", "--daily", "10").returncode == 3
    assert len(said()) == 1


def test_a_new_day_is_new_and_a_clock_that_goes_back_is_not(
    machine: Machine, said: Callable[[], list[str]]
) -> None:
    for day in ("2026-11-20", "2026-11-21", "2026-11-20", "2026-11-21"):
        costing(machine, 12, day)
        machine.ocprov("alert", "--daily", "10")
    assert len(said()) == 2


def test_a_changed_limit_is_another_one(machine: Machine, said: Callable[[], list[str]]) -> None:
    costing(machine, 12)
    for limit in ("10", "20", "100", "10"):
        machine.ocprov("alert", "--daily", limit)
    assert [line.partition("% of ")[2] for line in said()] == ["the limit of $10.00", "the limit of $20.00"]


def test_some_at_once_say_it_once(machine: Machine, said: Callable[[], list[str]]) -> None:
    costing(machine, 12)
    (machine.state / "lock").mkdir(parents=True)
    with held(machine.state / "lock/alert.lock", wait=5, blocked=lambda: None):
        some = [start(machine, "alert", "--daily", "10") for _ in range(3)]
        for process in some:  # all of them have seen a crossing that nobody told
            assert process.stderr is not None
            assert process.stderr.readline() == "ocprov: waiting for another ocprov alert\n"
    for process in some:
        process.communicate(timeout=60)
    assert [process.returncode for process in some] == [3, 3, 3]
    assert len(said()) == 1


def test_what_was_said_is_the_owners_and_nothing_is_left_beside_it(
    machine: Machine, said: Callable[[], list[str]]
) -> None:
    costing(machine, 12)
    machine.ocprov("alert", "--daily", "10")
    assert (machine.state / "alert.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in machine.state.iterdir() if path.is_file()] == ["alert.json"]


def corrupt(file: Path) -> None:
    file.write_text("{")


def a_fifo(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def a_link(file: Path) -> None:
    file.rename(file.with_name("elsewhere"))
    file.symlink_to("elsewhere")


def huge(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(200 * 1024 * 1024)


@pytest.mark.parametrize("change", [corrupt, a_fifo, a_link, huge])
def test_a_lost_memory_is_told_and_begun_anew(
    machine: Machine, said: Callable[[], list[str]], change: Callable[[Path], None]
) -> None:
    costing(machine, 12)
    machine.ocprov("alert", "--daily", "10")
    change(machine.state / "alert.json")
    result = machine.ocprov("alert", "--daily", "10")
    assert "what was said before is lost" in result.stderr
    assert machine.ocprov("alert", "--daily", "10").stderr == ""
    assert len(said()) == 2


def test_what_cannot_be_remembered_is_not_said(machine: Machine, said: Callable[[], list[str]]) -> None:
    costing(machine, 12)
    (machine.state / "alert.json").mkdir(parents=True)
    result = machine.ocprov("alert", "--daily", "10")
    assert result.returncode == 1
    assert result.stderr.splitlines()[-2].startswith("error: cannot remember what was said")
    assert said() == []


def test_a_state_directory_that_cannot_be_made_is_refused(machine: Machine) -> None:
    (machine.home / ".local").write_text("")
    result = machine.ocprov("alert", "--daily", "10")
    assert result.stderr.startswith(f"error: cannot use {machine.state}")
    assert result.returncode == 1


# ---- what tells the costs


def test_a_hanging_ocmonitor_is_not_waited_for(machine: Machine) -> None:
    program(machine, "ocmonitor", "exec sleep 600")
    result = machine.ocprov("alert", "--daily", "10", OCPROV_ALERT_TIMEOUT="1")
    assert "ocmonitor gave no answer within 1 s" in result.stderr
    assert result.returncode == 1


RUBBISH = {
    "words": "echo hello",
    "nothing": "exit 0",
    "a-failure": "echo '{}'; exit 1",
    "binary": "head -c 1000 /dev/urandom",
    "not-a-number": 'echo \'{"timeframe": "daily", "total_cost": NaN}\'',
    "negative": 'echo \'{"timeframe": "daily", "total_cost": -3}\'',
}


@pytest.mark.parametrize("script", RUBBISH.values(), ids=RUBBISH)
def test_rubbish_is_no_cost(machine: Machine, said: Callable[[], list[str]], script: str) -> None:
    program(machine, "ocmonitor", script)
    result = machine.ocprov("alert", "--daily", "0.01")
    assert len(result.stderr.splitlines()) == 2
    assert "is not known" in result.stderr
    assert (result.returncode, result.stdout, said()) == (1, "", [])


def test_without_ocmonitor_the_next_that_works_tells(machine: Machine) -> None:
    program(machine, "ocmonitor", "exit 1")
    program(machine, "ccusage", "echo 'no native binary' >&2; exit 1")
    today = date.today().isoformat()
    program(machine, "opencode-usage", f"""echo '{{"rows": [{{"label": "{today}", "cost": 12.5}}]}}'""")
    result = machine.ocprov("alert", "--daily", "10", "--json")
    assert (data(result)["source"], data(result)["limits"][0]["cost"]) == ("opencode-usage", 12.5)
    assert (
        "opencode-usage tells the costs, since ccusage tells nothing: it ended with 1: no native binary"
        in (result.stderr)
    )


def test_where_no_program_is_there_it_says_how_to_get_one(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")  # nothing was installed beside it
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    result = machine.ocprov("alert", "--daily", "10")
    assert result.stderr.splitlines() == [
        "error: what OpenCode costs is not known: ocmonitor is not on PATH; ccusage is not on PATH; "
        "opencode-usage is not on PATH",
        "hint: it is in the package opencode-monitor: uv tool install opencode-monitor",
    ]


def test_only_the_chosen_source_is_asked(machine: Machine) -> None:
    costing(machine, 1)
    result = machine.ocprov("alert", "--daily", "10", OCPROV_ALERT_SOURCE="ccusage")
    assert "ccusage is not on PATH" in result.stderr
    assert "ocmonitor" not in result.stderr.splitlines()[0]
    assert result.returncode == 1


# ---- notifiers


def test_a_notifier_that_fails_is_told_and_tried_again_while_others_go_on(
    machine: Machine, said: Callable[[], list[str]]
) -> None:
    costing(machine, 6)
    marker = machine.root / "broken"
    marker.touch()
    log = machine.root / "desktop"
    program(
        machine, "notify-send", f'[ ! -e {marker} ] || {{ echo "no bus" >&2; exit 1; }}; echo "$*" >>{log}'
    )
    teller = machine.root / "bin/teller"
    settings(machine, f'[alert]\nnotify = ["desktop", "command"]\ncommand = ["{teller}"]\n')
    first = machine.ocprov("alert", "--daily", "10")
    assert first.stderr.splitlines()[-2].endswith(
        "error: notify-send did not show the notification: it ended with 1: no bus"
    )
    assert (first.returncode, len(said())) == (1, 1)
    marker.unlink()
    assert machine.ocprov("alert", "--daily", "10").returncode == 0
    assert machine.ocprov("alert", "--daily", "10").returncode == 0
    assert len(said()) == 1
    text = "OpenCode today: $6.00, 60 % of the limit of $10.00"
    assert log.read_text() == f"--app-name=ocprov --urgency=normal -- ocprov {text}\n"


def test_a_passed_limit_is_told_even_if_a_notifier_fails(machine: Machine) -> None:
    costing(machine, 12)
    program(machine, "failing", "exit 7")
    settings(machine, f'{COMMAND}command = ["failing"]\n')
    result = machine.ocprov("alert", "--daily", "10")
    assert "the command of alert.command, failing, failed: it ended with 7" in result.stderr
    assert result.returncode == 3


def test_the_command_reads_the_message_and_knows_the_numbers(machine: Machine) -> None:
    costing(machine, 12.5, "2026-11-21")
    told = machine.root / "told"
    program(machine, "teller", f'{{ cat; env | grep ^OCPROV_ | sort; echo "$1"; }} >{told}')
    settings(machine, f'{COMMAND}command = ["teller", "a b; $(touch pwned)"]\n')
    machine.ocprov("alert", "--daily", "10", OCPROV_ALERT_WEBHOOK="https://s3cret.example")
    assert told.read_text().splitlines() == [
        "OpenCode today: $12.50, 125 % of the limit of $10.00",
        "OCPROV_ALERT_COST=12.5",
        "OCPROV_ALERT_CURRENCY=USD",
        "OCPROV_ALERT_EVENT=limit",
        "OCPROV_ALERT_LIMIT=10.0",
        "OCPROV_ALERT_PERCENT=125",
        "OCPROV_ALERT_PERIOD=daily",
        "OCPROV_ALERT_START=2026-11-21",
        "OCPROV_ALERT_STEP=100",
        "OCPROV_ALERT_TEXT=OpenCode today: $12.50, 125 % of the limit of $10.00",
        "a b; $(touch pwned)",
    ]


UNREADY = {
    "no-command": (COMMAND, "alert.notify has command, and alert.command names none"),
    "no-webhook": ('[alert]\nnotify = ["webhook"]\n', "alert.notify has webhook, and there is no URL for it"),
    "no-url": (
        '[alert]\nnotify = ["webhook"]\nwebhook = "s3cret"\n',
        "the webhook of config.toml:3 is no http or https URL",
    ),
}


@pytest.mark.parametrize(("text", "message"), UNREADY.values(), ids=UNREADY)
def test_a_notifier_that_cannot_work_is_told_before_there_is_a_crossing(
    machine: Machine, text: str, message: str
) -> None:
    settings(machine, text)
    costing(machine, 0)
    result = machine.ocprov("alert", "--daily", "10")
    assert result.stderr.splitlines()[0] == f"error: {message}"
    assert "s3cret" not in result.stderr + result.stdout
    assert result.returncode == 1


def test_a_desktop_nobody_chose_is_not_missed(machine: Machine) -> None:
    costing(machine, 12)
    assert machine.ocprov("alert", "--daily", "10").stderr == ""


def test_a_test_goes_through_every_notifier_and_is_not_remembered(
    machine: Machine, said: Callable[[], list[str]]
) -> None:
    teller = machine.root / "bin/teller"
    settings(machine, f'[alert]\nnotify = ["command", "webhook"]\ncommand = ["{teller}"]\n')
    result = machine.ocprov("alert", "--test")
    assert result.stdout.splitlines() == ["command: sent", "webhook: failed"]
    assert result.stderr.startswith("error: alert.notify has webhook")
    assert (result.returncode, said()) == (1, ["A test of ocprov: alerts arrive here"])
    assert not (machine.state / "alert.json").exists()


# ---- tmux


def test_whoever_is_attached_reads_it_and_the_mark_stays(machine: Machine) -> None:
    costing(machine, 10.42)
    settings(machine, '[alert]\nnotify = ["tmux"]\n')
    machine.tmux("-L", "inner", "-f", "/dev/null", "new-session", "-d", "-s", "in")
    attach = "env -u TMUX tmux -L inner attach"
    machine.tmux("-L", "outer", "-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "9", attach)
    until(lambda: machine.tmux("-L", "inner", "list-clients"))
    assert machine.ocprov("-L", "inner", "alert", "--daily", "10").returncode == 3
    text = "OpenCode today: $10.42, 104 % of the limit of $10.00"
    until(lambda: text in machine.tmux("-L", "outer", "capture-pane", "-p"))
    assert machine.tmux("-L", "inner", "show-options", "-gv", "@ocprov_attention") == "$104%"
    costing(machine, 0)
    machine.ocprov("-L", "inner", "alert", "--daily", "10")
    assert machine.tmux("-L", "inner", "show-options", "-gv", "@ocprov_attention") == ""


def test_where_no_tmux_runs_none_is_started_and_it_is_said_when_one_does(machine: Machine) -> None:
    costing(machine, 12)
    settings(machine, '[alert]\nnotify = ["tmux"]\n')
    first = machine.ocprov("alert", "--daily", "10", "--json")
    assert (first.returncode, data(first)["said"][0]["told"]) == (3, False)
    assert machine.tmux("list-sessions") == ""
    machine.tmux("-f", "/dev/null", "new-session", "-d")
    assert data(machine.ocprov("alert", "--daily", "10", "--json"))["said"][0]["told"] is True
    assert data(machine.ocprov("alert", "--daily", "10", "--json"))["said"] == []


# ---- the window


def test_the_loop_survives_what_goes_wrong_and_reads_settings_anew(machine: Machine) -> None:
    settings(machine, "[alert]\ndaily = 10\nnotify = []\n")
    costing(machine, 5)
    with start(machine, "alert", "--every", "1") as process:
        assert " 50 %" in line_with(process, "today")
        program(machine, "ocmonitor", "echo broken >&2; exit 1")
        assert "error:" in line_with(process, "is not known")
        costing(machine, 5)
        settings(machine, "[alert]\ndaily = 'x'\n")
        assert "error:" in line_with(
            process, "config.toml:2: alert.daily"
        )  # after as many of before as there are
        settings(machine, "[alert]\ndaily = 4\nnotify = []\n")
        assert "OVER by $1.00" in line_with(process, "125 %")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=DEADLINE)
    assert (process.returncode, err) == (130, "interrupted\n")


def test_what_was_said_is_shown_once(machine: Machine) -> None:
    settings(machine, '[alert]\nnotify = ["command"]\ncommand = ["true"]\n')
    costing(machine, 5)
    with start(machine, "alert", "--daily", "10", "--every", "1") as process:
        assert line_with(process, "told of") == "  command: told of 50 % today\n"
        program(machine, "ocmonitor", "exit 1")
        assert process.stdout is not None
        shown = list(takewhile(lambda line: "error:" not in line, process.stdout))
        process.kill()
    assert any(" 50 %" in line for line in shown)
    assert not any("told of" in line for line in shown)


SIGNALS = {
    "ctrl-c": (signal.SIGINT, 130),
    "kill": (signal.SIGTERM, 143),
    "closed-window": (signal.SIGHUP, 129),
}


@pytest.mark.parametrize(("number", "code"), SIGNALS.values(), ids=SIGNALS)
def test_the_end_does_not_wait_for_a_program_that_hangs_and_leaves_none(
    machine: Machine, number: signal.Signals, code: int
) -> None:
    pid = machine.root / "pid"
    program(machine, "ocmonitor", f"echo $$ >{pid}; exec sleep 600")
    with start(machine, "alert", "--every", "60", "--daily", "1") as process:
        until(lambda: pid.exists() and pid.read_text())
        process.send_signal(number)
        process.communicate(timeout=DEADLINE)
    assert process.returncode == code
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_kill_in_the_middle_of_a_start_leaves_no_program(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Interrupted(subprocess.Popen[bytes]):
        def __init__(self, *words: Any, **more: Any) -> None:
            super().__init__(*words, **more)
            started.append(self)
            signal.raise_signal(signal.SIGTERM)  # nobody but us knows of it yet

    program(machine, "ocmonitor", "exec sleep 600")
    with monkeypatch.context() as patched:
        patched.setattr(subprocess, "Popen", Interrupted)
        assert machine.ocprov("alert", "--daily", "10").returncode == 143
    assert [one.poll() for one in started] == [-signal.SIGKILL]


def test_in_tmux_it_is_painted_anew_in_colour(machine: Machine) -> None:
    costing(machine, 12)
    command = shlex.join([sys.executable, "-m", "ocprov", "alert", "--every", "1", "--daily", "10"])
    machine.tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "12", command)
    screen = until(lambda: found if "OVER" in (found := machine.tmux("capture-pane", "-pe")) else "")
    assert "\x1b[1m\x1b[31mOVER by $2.00" in screen
    until(lambda: machine.tmux("capture-pane", "-p").count("today") == 1)
