"""What doctor says about saves and restores: facts in, checks out; and the facts read from a real tmux."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from ocprov.doctor import autosave, persistence
from ocprov.doctor.check import Check
from ocprov.doctor.facts import Conf, Facts, Last, Running, Shown
from ocprov.doctor.gather import gather
from ocprov.persistence import saves
from ocprov.tmux.client import server
from tests.conftest import Machine

OURS = "opencode-observability-monitoring"
LAUNCHER = f"/home/me/.local/state/ocprov/run/default-0a1b2c/{OURS}/logs"
PANE = f"pane\t{OURS}\t0\t1\t:*\t0\thost\t:/home/me\t1\tsh\t:/bin/sh {LAUNCHER}"
WINDOW = f"window\t{OURS}\t0\t:logs\t1\t:*\ta87d,100x30,0,0,0\toff"
GOOD = f"{PANE}\n{WINDOW}\nstate\t\t\n"
LAST = Path("/home/me/.local/share/tmux/resurrect/last")
NEWEST = LAST.with_name("tmux_resurrect_20260101T000000.txt")

RUNNING = Running(
    save_script="/plugins/tmux-resurrect/scripts/save.sh",
    processes='"~^/bin/sh .+/ocprov/run/"',
    hook='(eval "$(tmux show-options -gqv @ocprov_reconcile)" &);',
    reconcile="/usr/bin/ocprov reconcile",
    restore="on",
    last_autosave="1",
    status_right="#(/plugins/tmux-continuum/scripts/continuum_save.sh) %H:%M",
    sessions=(Shown(OURS, ours=True),),
    clients=1,
)
FACTS = Facts(
    last=Last("read", LAST, saves.parse(GOOD), modified=1000),
    state=Path("/home/me/.local/state/ocprov"),
    now=1060,
    running=RUNNING,
)


def saved(text: str) -> Facts:
    return replace(FACTS, last=replace(FACTS.last, save=saves.parse(text)))


def running(**changed: object) -> Facts:
    return replace(FACTS, running=replace(RUNNING, **changed))  # type: ignore[arg-type] # named per row


def conf(text: str | None) -> Facts:
    return replace(FACTS, confs=(Conf(Path("/home/me/.tmux.conf"), text),))


def wrong(facts: Facts) -> list[Check]:
    return [check for check in persistence.judge(facts) if check.state != "ok"]


def test_where_all_is_well_nothing_is_wrong() -> None:
    assert wrong(FACTS) == []
    assert not any(check.fix for check in persistence.judge(FACTS))


@pytest.mark.parametrize(
    ("facts", "state", "found", "fix"),
    [
        pytest.param(
            running(processes="ssh"), "fail", "no launchers", "ocprov tmux-conf --install", id="no processes"
        ),
        pytest.param(running(processes=""), "fail", "no launchers", "tmux-conf", id="processes not set"),
        pytest.param(running(processes="false"), "warn", "is false", "tmux-conf", id="processes false"),
        pytest.param(
            running(processes=':all: "~/ocprov/run/"'),
            "warn",
            "more than :all:",
            "':all:'",
            id="all and more",
        ),
        pytest.param(running(hook="true"), "warn", "does not follow", "tmux-conf", id="no hook"),
        pytest.param(
            running(reconcile=""), "warn", "does not follow", "tmux-conf", id="a hook that calls nothing"
        ),
        pytest.param(
            running(reconcile_there=False),
            "fail",
            "/usr/bin/ocprov is called",
            "tmux-conf",
            id="ocprov moved",
        ),
        pytest.param(
            running(restore=""), "warn", "not set", "set -g @continuum-restore on", id="restore not set"
        ),
        pytest.param(
            running(restore="off"), "warn", "is off", "set -g @continuum-restore on", id="restore off"
        ),
        pytest.param(running(interval="0"), "warn", "interval is 0", "save-interval 15", id="interval 0"),
        pytest.param(running(status="off"), "warn", "line is off", "--install-timer", id="status off"),
        pytest.param(
            running(status_right="%H:%M"), "warn", "lost continuum's script", "after the theme", id="theme"
        ),
        pytest.param(
            running(sessions=(Shown(OURS, ours=True, status=False),)),
            "warn",
            f"off in {OURS}",
            f"tmux set -u -t '={OURS}:' status;",
            id="status off in a session of ours",
        ),
        pytest.param(
            running(sessions=(Shown(OURS, ours=True, saves=False),)),
            "warn",
            "status-right of its own",
            f"tmux set -u -t '={OURS}:' status-right",
            id="a status-right of its own",
        ),
        pytest.param(running(clients=0), "warn", "no client", "ocprov save --install-timer", id="no client"),
        pytest.param(running(others=(77,)), "warn", "process 77", "--install-timer", id="another server"),
        pytest.param(
            running(last_autosave="", status_right="", restore=""),
            "warn",
            "tmux-continuum is not loaded",
            "install tmux-continuum",
            id="no continuum",
        ),
        pytest.param(
            running(last_autosave="", status_right="", others=(77,)),
            "warn",
            "another tmux server ran",
            "source-file",
            id="continuum gave way to another server",
        ),
        pytest.param(
            running(sessions=(Shown(OURS, ours=True), Shown("opencode", ours=False))),
            "warn",
            f"{OURS} starts with opencode:",
            "rename-session -t '=opencode'",
            id="a name that ours begins with",
        ),
        pytest.param(
            running(sessions=(Shown(OURS, ours=True), Shown(f"{OURS}-2", ours=False))),
            "warn",
            f"{OURS}-2 starts with {OURS}:",
            f"rename-session -t '={OURS}-2'",
            id="a name that begins with ours",
        ),
        pytest.param(
            running(sessions=(*RUNNING.sessions, Shown("opencode-development-x-0a1b2c", ours=True))),
            "warn",
            "not in the save: opencode-development-x-0a1b2c",
            "ocprov save",
            id="a session of ours that is not saved",
        ),
        pytest.param(
            running(save_script_there=False), "fail", "save.sh, which is gone", "install", id="plugin removed"
        ),
        pytest.param(
            running(pane_base_index=1),
            "fail",
            "from 0 in the save and from 1 now",
            "ocprov save",
            id="pane numbers",
        ),
        pytest.param(
            saved(""), "fail", "it is empty; there is no good save", "ocprov save, while", id="empty"
        ),
        pytest.param(saved(f"{WINDOW}\n"), "fail", "no line of a pane", "ocprov save", id="no pane"),
        pytest.param(saved(f"{PANE}\n"), "fail", "no line of a window", "ocprov save", id="no window"),
        pytest.param(saved(f"{GOOD}pane\tx\n"), "fail", "line 4 is damaged", "ocprov save", id="damaged"),
        pytest.param(
            replace(saved(""), good=NEWEST),
            "fail",
            NEWEST.name,
            "ocprov doctor --fix",
            id="empty, a good one there",
        ),
        pytest.param(
            replace(FACTS, last=Last("missing", LAST), good=NEWEST),
            "fail",
            "last is missing; the newest good save",
            "ocprov doctor --fix",
            id="missing, a good one there",
        ),
        pytest.param(
            replace(FACTS, last=Last("missing", LAST)),
            "warn",
            "nothing is saved yet",
            "ocprov save",
            id="missing",
        ),
        pytest.param(
            replace(FACTS, last=Last("dangling", LAST, why="gone.txt"), good=NEWEST),
            "fail",
            "leads to gone.txt, which is gone",
            "ocprov doctor --fix",
            id="a link that leads nowhere",
        ),
        pytest.param(
            replace(FACTS, last=Last("unreadable", LAST, why="cannot read it: Permission denied")),
            "fail",
            "Permission denied",
            "ls -ld",
            id="unreadable",
        ),
        pytest.param(replace(FACTS, now=1000 + 8 * 86400), "warn", "8 days ago", "ocprov save", id="old"),
        pytest.param(
            saved(GOOD + "pane\tw\t2\t1\t:*\t0\t:/home/me\t1\tbash\t16\t:\n" + WINDOW),
            "warn",
            "line 4: a pane without a title",
            "tmux select-pane -t '=w:2.0' -T shell; ocprov save",
            id="shifted columns",
        ),
        pytest.param(saved(GOOD + "ccze -A\n"), "warn", "in part: ccze -A", "layout", id="stray line"),
        pytest.param(saved(f"{PANE}\n{WINDOW}\n"), "warn", "cut short", "ocprov save", id="cut short"),
        pytest.param(
            replace(FACTS, gone=(Path(LAUNCHER),), layouts={OURS: "monitoring"}),
            "fail",
            f"launchers of {OURS} that are not there: logs",
            "ocprov up monitoring",
            id="a launcher is gone",
        ),
        pytest.param(
            replace(FACTS, gone=(Path(LAUNCHER),)),
            "fail",
            "logs",
            "ocprov up LAYOUT",
            id="of an unknown layout",
        ),
        pytest.param(
            replace(FACTS, state=Path("/home/o'neil x/ocprov")),
            "fail",
            "does not type back",
            "XDG_STATE_HOME",
            id="a state directory that is not safe",
        ),
        pytest.param(
            replace(FACTS, halted=True),
            "warn",
            "turns it off",
            "rm ~/tmux_no_auto_restore",
            id="restore halted",
        ),
        pytest.param(conf(None), "fail", "cannot read /home/me/.tmux.conf", "ls -l", id="conf unreadable"),
        pytest.param(
            conf("# mine\nrun-shell ~/p/continuum.tmux\n"),
            "warn",
            ".tmux.conf:2 makes the first tmux client wait",
            "run-shell -b ~/p/continuum.tmux",
            id="run-shell without -b",
        ),
        pytest.param(
            conf("run '~/p/continuum.tmux'"), "warn", "wait", "-b ~/p/continuum.tmux", id="run without -b"
        ),
    ],
)
def test_each_trouble_is_one_line_with_its_fix(facts: Facts, state: str, found: str, fix: str) -> None:
    (check,) = wrong(facts)

    assert check.state == state
    assert found in check.found
    assert fix in check.fix


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(running(processes=":all:"), id="all processes"),
        pytest.param(running(hook="/opt/ocprov reconcile &"), id="a hook that calls ocprov itself"),
        pytest.param(running(hook="'/o p/ocprov' reconcile &"), id="a hook in quotes"),
        pytest.param(conf("run-shell -b ~/p/continuum.tmux"), id="-b"),
        pytest.param(conf("run -b ~/p/continuum.tmux"), id="run -b"),
        pytest.param(conf("run-shell '~/p/continuum.tmux >/dev/null 2>&1'"), id="output thrown away"),
        pytest.param(conf("# run-shell ~/p/continuum.tmux"), id="a comment"),
        pytest.param(conf("run '~/.tmux/plugins/tpm/tpm'"), id="tpm"),
        pytest.param(
            replace(running(clients=0, others=(7,), status="off"), timer=True), id="ocprov's timer saves"
        ),
        pytest.param(
            replace(saved(f"grouped_session\topencode-observability-costs\t{OURS}\t:\t:0\n{GOOD}")),
            id="a session that shares windows",
        ),
        pytest.param(replace(FACTS, running=None), id="no server"),
    ],
)
def test_what_is_fine_is_no_trouble(facts: Facts) -> None:
    assert wrong(facts) == []


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(running(save_script=""), id="server"),
        pytest.param(replace(FACTS, running=None, last=Last("missing", LAST)), id="no server"),
        pytest.param(
            replace(running(save_script=""), state=Path("/a b"), halted=True), id="more that is wrong"
        ),
    ],
)
def test_without_resurrect_there_is_one_line(facts: Facts) -> None:
    (check,) = persistence.judge(facts)

    assert (check.state, check.found) == ("warn", "not there: no session survives a reboot")


def test_a_plugin_that_a_conf_names_and_nobody_loaded_is_told_so() -> None:
    named = conf("set -g @plugin 'tmux-plugins/tmux-resurrect'")

    (check,) = persistence.judge(replace(named, running=replace(RUNNING, save_script="")))

    assert "has not loaded it" in check.found


def test_without_a_server_what_needs_none_is_checked() -> None:
    whats = [check.what for check in persistence.judge(replace(FACTS, running=None))]

    assert whats == ["tmux server", "state directory", "last save", "launchers"]


def test_one_trouble_does_not_hide_another() -> None:
    found = autosave.judge(replace(RUNNING, interval="0", status="off", clients=0), timer=False)

    assert len(list(found)) == 3


def start(machine: Machine, *options: tuple[str, str]) -> None:
    machine.tmux("-f", "/dev/null", "new-session", "-d", "-s", "work")
    for name, value in options:
        machine.tmux("set", "-g", name, value)


def test_facts_are_read_from_a_server_that_runs(machine: Machine) -> None:
    saving = "#(/p/continuum_save.sh) #{?window_bigger,[#{window_offset_x}#,0] ,}, %H"
    start(
        machine,
        ("@resurrect-save-script-path", "/absent/save.sh"),
        ("@resurrect-processes", "a 'b'\nc"),
        ("@resurrect-hook-post-restore-all", "true"),
        ("@ocprov_reconcile", "/bin/sh reconcile"),
        ("@continuum-restore", "on"),
        ("@continuum-save-interval", "7"),
        ("@continuum-save-last-timestamp", "12"),
        ("status-right", saving),
        ("pane-base-index", "1"),
    )
    machine.tmux("new-session", "-d", "-s", "own")
    machine.tmux("set", "-t", "=own:", "status-right", "x")
    machine.tmux("new-session", "-d", "-s", "dark")
    machine.tmux("set", "-t", "=dark:", "status", "off")

    read = gather(server()).running

    assert read is not None
    names = {session.name: session for session in read.sessions}
    assert names == {
        "work": Shown("work", ours=False),
        "own": Shown("own", ours=False, saves=False),
        "dark": Shown("dark", ours=False, status=False),
    }
    assert replace(read, others=(), sessions=()) == Running(
        save_script="/absent/save.sh",
        save_script_there=False,
        processes="a 'b'\nc",
        hook="true",
        reconcile="/bin/sh reconcile",
        restore="on",
        interval="7",
        last_autosave="12",
        status_right=saving,
        pane_base_index=1,
    )


def test_another_server_of_the_user_is_seen_and_the_own_one_is_not(machine: Machine) -> None:
    start(machine)
    machine.tmux("-L", "other", "-f", "/dev/null", "new-session", "-d")
    own, other = (
        machine.tmux("display", "-p", "#{pid}"),
        machine.tmux("-L", "other", "display", "-p", "#{pid}"),
    )

    read = gather(server()).running

    assert read is not None
    assert int(other) in read.others
    assert int(own) not in read.others


def test_a_client_that_draws_counts_and_a_control_client_does_not(machine: Machine) -> None:
    start(machine)
    with subprocess.Popen(
        ["tmux", "-C", "attach"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as client:
        assert client.stdout is not None
        client.stdout.readline()
        read = gather(server()).running
        client.terminate()

    assert read is not None
    assert read.clients == 0


def test_no_server_is_started_by_looking(machine: Machine) -> None:
    assert persistence.checks(server())
    assert not list((machine.root / "tmux").rglob("default"))


def test_a_server_without_any_session_is_no_failure(machine: Machine) -> None:
    start(machine, ("exit-empty", "off"))
    machine.tmux("kill-session", "-t", "=work")

    assert [check.state for check in persistence.checks(server())] == ["warn"]


def test_the_conf_files_of_the_server_are_read(machine: Machine) -> None:
    conf = machine.home / ".tmux.conf"
    conf.write_text("set -g @plugin 'tmux-plugins/tmux-resurrect'\n")
    machine.tmux("new-session", "-d")

    assert Conf(conf, conf.read_text()) in gather(server()).confs


def test_the_launchers_in_the_save_that_are_not_there_are_found(machine: Machine) -> None:
    run = machine.state / "run/default-0a1b2c" / OURS
    run.mkdir(parents=True)
    (run / "there").write_text("")
    saves_directory = machine.home / ".local/share/tmux/resurrect"
    saves_directory.mkdir(parents=True)
    panes = [PANE.replace(LAUNCHER, str(run / key)) for key in ("there", "absent")]
    (saves_directory / "last").write_text("\n".join((*panes, WINDOW, "state\t\t", "")))

    assert gather(server()).gone == (run / "absent",)


def test_a_save_that_cannot_be_read_fails(machine: Machine) -> None:
    directory = machine.home / ".local/share/tmux/resurrect"
    directory.mkdir(parents=True)
    (directory / "last").symlink_to("last")

    last = gather(server()).last

    assert last.kind == "unreadable"
    assert "Too many levels" in last.why


def test_a_directory_of_saves_that_cannot_be_looked_into_fails(machine: Machine) -> None:
    (machine.home / ".local/share/tmux").mkdir(parents=True)
    (machine.home / ".local/share/tmux/resurrect").write_text("")

    checks = persistence.checks(server())

    assert ["cannot look into" in check.found for check in checks if check.state == "fail"] == [True]


def test_a_last_that_is_no_file_fails(machine: Machine) -> None:
    (machine.home / ".local/share/tmux/resurrect/last").mkdir(parents=True)

    last = gather(server()).last

    assert (last.kind, "is no file" in last.why) == ("unreadable", True)
