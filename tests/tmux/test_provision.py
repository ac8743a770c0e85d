"""`up` on a real tmux: what is declared is there, and nothing else was touched."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace

import pytest

from ocprov.core import desired
from ocprov.core.plan import Wish
from ocprov.errors import BusyError, ConflictError, OcprovError, TmuxError
from ocprov.tmux import client, here, live, provision
from ocprov.tmux.apply import Manner
from ocprov.tmux.end import end
from ocprov.tmux.files import files
from tests.conftest import DEADLINE, Machine, until
from tests.core.values import NAME, kept, pane, session, window

TERMS = Manner(wait=DEADLINE, tell=lambda _: None)
PLAIN = session(
    window("a", "sleep 1000"), window("b", "sleep 1001"), window("shell", panes=(pane("shell", focus=True),))
)


def up(wanted: desired.Session, **wish: object) -> provision.Outcome:
    return provision.up(client.server(), kept(wanted), Wish(**wish), TERMS)  # type: ignore[arg-type] # any wish


def states(name: str = NAME) -> dict[str, str]:
    server = client.server()
    report = live.status(server, live.one(server, name))
    return {made.key or made.name: made.state for made in report.windows}


def panes(machine: Machine) -> str:
    return machine.tmux("list-panes", "-a", "-F", "#{session_name} #{window_index} #{pane_id} #{pane_pid}")


def test_a_session_is_made_whole_and_a_second_run_changes_nothing(machine: Machine) -> None:
    up(PLAIN)
    before = panes(machine)
    again = up(PLAIN)
    assert machine.windows(NAME) == ["0 a", "1 b", "2 shell"]
    assert again.done.changes == ()
    assert panes(machine) == before


@pytest.fixture
def calls(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """The tmux clients of ocprov's since the last time: counted by a tmux in front of the real one, on its PATH."""
    real = "/usr/bin:/bin:" + os.environ["PATH"]
    front = machine.root / "front"
    front.mkdir()
    (front / "tmux").write_text(
        f'#!/bin/sh\necho "$*" >>"{machine.root}/calls"\nPATH="{real}"\nexec tmux "$@"\n'
    )
    (front / "tmux").chmod(0o755)
    monkeypatch.setenv("PATH", f"{front}:{real}")

    def taken() -> list[str]:
        lines = (machine.root / "calls").read_text().splitlines()
        (machine.root / "calls").unlink()
        return [line.removeprefix("-u -L default ").split(" -F")[0] for line in lines if "-V" not in line]

    return taken


def shells(number: int) -> desired.Session:
    """Windows that call no tmux of the PATH of ocprov's."""
    keys = [f"w{place}" for place in range(number)]
    return session(*(window(key, panes=(pane(key, focus=True),)) for key in keys))


def test_one_client_reads_and_one_builds(machine: Machine, calls: Callable[[], list[str]]) -> None:
    up(shells(60))
    assert calls() == ["start-server ; source-file -"]
    assert len(machine.windows(NAME)) == 60


@pytest.mark.parametrize("option", ["@resurrect-restore-script-path", "@continuum-restore"])
def test_where_a_restore_might_be_and_is_not_no_client_more_is_used(
    machine: Machine, calls: Callable[[], list[str]], option: str
) -> None:
    machine.tmux("new-session", "-d", "-s", "mine")
    machine.tmux("set-option", "-g", option, "on")
    up(shells(3))
    machine.tmux("kill-window", "-t", f"={NAME}:=w1")
    calls()
    up(shells(3))
    assert calls() == ["list-panes -a", "source-file -"]
    up(shells(3))
    assert calls() == ["list-panes -a"]


CONFS = {
    "base-index 1": ("set -g base-index 1", ["1 a", "2 b", "3 shell"]),
    "pane-base-index 1": ("setw -g pane-base-index 1", ["0 a", "1 b", "2 shell"]),
    "renumber-windows": ("set -g renumber-windows on", ["0 a", "1 b", "2 shell"]),
    "destroy-unattached": ("set -g destroy-unattached on", ["0 a", "1 b", "2 shell"]),
    "default-command": ("set -g default-command 'exec sh'", ["0 a", "1 b", "2 shell"]),
    "a hook that splits": ("set-hook -g after-new-window 'split-window -h'", ["0 a", "1 b", "2 shell"]),
    "a hook that renames": ("set-hook -g after-new-window 'rename-window foo'", ["0 a", "1 b", "2 shell"]),
    "a hook that adds a window": (
        "set-hook -g session-created 'new-window -d -n extra'",
        ["0 a", "1 b", "2 shell", "3 extra"],
    ),
    "a hook that fails": ("set-hook -g after-new-window 'no-such-command'", ["0 a", "1 b", "2 shell"]),
    "a hook that prints": (
        "set-hook -g after-new-window 'display-message -p hello'",
        ["0 a", "1 b", "2 shell"],
    ),
    "automatic-rename": ("setw -g automatic-rename on; setw -g allow-rename on", ["0 a", "1 b", "2 shell"]),
    "a broken line": ("no-such-option on", ["0 a", "1 b", "2 shell"]),
    "remain-on-exit": ("setw -g remain-on-exit on", ["0 a", "1 b", "2 shell"]),
    "exit-empty off": ("set -g exit-empty off", ["0 a", "1 b", "2 shell"]),
}


@pytest.mark.parametrize(("conf", "windows"), CONFS.values(), ids=CONFS)
def test_every_tmux_conf_gets_the_same_windows(machine: Machine, conf: str, windows: list[str]) -> None:
    (machine.home / ".tmux.conf").write_text(conf + "\n")
    up(PLAIN)
    assert machine.windows(NAME) == windows
    assert up(PLAIN).done.changes == ()
    until(lambda: [states()[key] for key in ("a", "b", "shell")] == ["running"] * 3)


@pytest.mark.parametrize("base", [0, 1])
def test_just_what_differs_is_mended(machine: Machine, base: int) -> None:
    (machine.home / ".tmux.conf").write_text(f"set -g base-index {base}\n")
    up(PLAIN)
    until(lambda: states()["b"] == "running")
    machine.tmux("kill-window", "-t", f"={NAME}:=a")
    machine.tmux("rename-window", "-t", f"={NAME}:=shell", "mine")
    machine.tmux("new-window", "-d", "-t", f"={NAME}:{base + 7}", "-n", "foreign")
    kept = machine.tmux("list-panes", "-t", f"={NAME}:=b", "-F", "#{pane_id} #{pane_pid}")
    done = up(PLAIN).done
    assert sorted(type(change).__name__ for change in done.changes) == ["CreateWindow", "RenameWindow"]
    assert machine.windows(NAME) == [f"{base} a", f"{base + 1} b", f"{base + 2} shell", f"{base + 7} foreign"]
    assert machine.tmux("list-panes", "-t", f"={NAME}:=b", "-F", "#{pane_id} #{pane_pid}") == kept
    assert up(PLAIN).done.changes == ()


def test_a_window_in_the_middle_comes_back_there_where_windows_are_renumbered(machine: Machine) -> None:
    (machine.home / ".tmux.conf").write_text("set -g renumber-windows on\n")
    up(PLAIN)
    machine.tmux("kill-window", "-t", f"={NAME}:=a")
    assert machine.windows(NAME) == ["0 b", "1 shell"]
    up(PLAIN)
    assert machine.windows(NAME) == ["0 a", "1 b", "2 shell"]


def test_a_command_that_was_killed_is_run_again_in_the_same_pane(machine: Machine) -> None:
    up(PLAIN)
    until(lambda: states()["a"] == "running")
    where = machine.tmux("list-panes", "-t", f"={NAME}:=a", "-F", "#{pane_id}")
    until(lambda: "sleep 1000" in commands())
    os.kill(commands()["sleep 1000"], signal.SIGTERM)
    until(lambda: states()["a"] == "exited")
    assert [type(change).__name__ for change in up(PLAIN).done.changes] == ["RunAgain"]
    until(lambda: states()["a"] == "running")
    assert machine.tmux("list-panes", "-t", f"={NAME}:=a", "-F", "#{pane_id}") == where


def launcher_of(key: str) -> int:
    """The process id that a pane's launcher told; 0 before it did."""
    there = live.one(client.server(), NAME)
    return next((one.state.pid for one in there.panes if one.key == key and one.state), 0)


def commands() -> dict[str, int]:
    """The processes below this test's tmux servers: command line to id."""
    import subprocess

    rows = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    table = [
        (int(row.split()[0]), int(row.split()[1]), row.split(None, 2)[2]) for row in rows.stdout.splitlines()
    ]
    server = client.server()
    mine = {one.pid for there in live.ours(server) for one in there.panes}
    for _ in range(5):
        mine |= {pid for pid, parent, _ in table if parent in mine}
    return {text: pid for pid, _, text in table if pid in mine}


def test_a_launcher_that_was_killed_is_run_again(machine: Machine) -> None:
    up(PLAIN)
    pid = until(lambda: launcher_of("a"))
    until(lambda: "sleep 1000" in commands())
    child = commands()["sleep 1000"]
    os.kill(pid, signal.SIGKILL)
    until(lambda: states()["a"] in ("lost", "taken"))
    os.kill(child, signal.SIGKILL)
    until(lambda: states()["a"] == "lost")
    up(PLAIN)
    until(lambda: states()["a"] == "running")


def test_a_changed_command_goes_on_until_it_is_restarted(machine: Machine) -> None:
    up(PLAIN)
    until(lambda: "sleep 1000" in commands())
    edited = session(window("a", "sleep 2000"), *PLAIN.windows[1:])
    assert [type(change).__name__ for change in up(edited).done.changes] == ["WriteLauncher"]
    assert "sleep 1000" in commands()
    assert up(edited).done.changes == ()
    up(edited, restart_changed=True)
    until(lambda: "sleep 2000" in commands())
    assert "sleep 1000" not in commands()
    assert up(edited).left.notes == ()


def test_a_foreign_session_of_that_name_is_a_conflict_and_stays_as_it_is(machine: Machine) -> None:
    machine.tmux("new-session", "-d", "-s", NAME, "-n", "theirs")
    before = panes(machine)
    with pytest.raises(ConflictError, match="not ocprov's"):
        up(PLAIN)
    assert panes(machine) == before


def test_a_batch_that_tmux_refuses_leaves_nothing(machine: Machine) -> None:
    wanted = replace(PLAIN, options=(("no-such-option", "on"),))
    with pytest.raises(TmuxError, match="no-such-option"):
        up(wanted)
    assert machine.tmux("list-sessions", "-F", "#{session_name}") == ""


def test_a_refused_batch_leaves_other_sessions_alone(machine: Machine) -> None:
    machine.tmux("new-session", "-d", "-s", "work")
    with pytest.raises(TmuxError):
        up(replace(PLAIN, options=(("no-such-option", "on"),)))
    assert machine.tmux("list-sessions", "-F", "#{session_name}") == "work"


def test_what_a_killed_build_left_is_cleared_and_the_session_made(machine: Machine) -> None:
    from ocprov.core.build import building

    machine.tmux("new-session", "-d", "-s", building(PLAIN), "-n", "half")
    up(PLAIN)
    assert machine.tmux("list-sessions", "-F", "#{session_name}") == NAME


def test_panes_layout_options_environment_and_focus(machine: Machine) -> None:
    wanted = session(
        window("one", panes=(pane("one", focus=True),)),
        window(
            "many",
            focus=True,
            layout="tiled",
            options=(("automatic-rename", "off"),),
            options_after=(("synchronize-panes", "on"),),
            panes=(
                pane("many", "sleep 1000"),
                pane("many.2", "sleep 1001", focus=True),
                pane(
                    "many.3",
                    launcher=False,
                    environment=(("OWN", "it's $mine"),),
                    typed=(desired.Typed("echo [$OWN]"),),
                ),
                pane("many.4", program="sleep 1002", launcher=False),
            ),
        ),
        environment=(("SHARED", "yes"),),
        options=(("status-left", "x"),),
    )
    up(wanted)
    shown = machine.tmux(
        "list-panes", "-t", f"={NAME}:=many", "-F", "#{@ocprov_pane} #{pane_active} #{pane_synchronized}"
    )
    assert shown.splitlines() == ["many 0 1", "many.2 1 1", "many.3 0 1", "many.4 0 1"]
    assert machine.tmux("display-message", "-p", "-t", f"={NAME}:", "#{window_name}") == "many"
    assert machine.tmux("show-environment", "-t", f"={NAME}", "SHARED") == "SHARED=yes"
    assert machine.tmux("show-options", "-t", f"={NAME}:", "-v", "status-left") == "x"
    typed = machine.tmux(
        "list-panes", "-t", f"={NAME}:=many", "-f", "#{==:#{@ocprov_pane},many.3}", "-F", "#{pane_id}"
    )
    until(lambda: "[it's $mine]" in machine.tmux("capture-pane", "-p", "-t", typed))
    assert up(wanted).done.changes == ()


def test_declared_indexes(machine: Machine) -> None:
    (machine.home / ".tmux.conf").write_text("set -g base-index 1\nset -g renumber-windows on\n")
    wanted = session(window("a", index=5), window("b"), window("c", index=3))
    up(wanted)
    assert machine.windows(NAME) == ["1 b", "3 c", "5 a"]
    assert up(wanted).done.changes == ()


def test_a_missing_pane_comes_back(machine: Machine) -> None:
    wanted = session(window("a", panes=(pane("a", "sleep 1000", focus=True), pane("a.2", "sleep 1001"))))
    up(wanted)
    machine.tmux("kill-pane", "-t", f"={NAME}:=a.1")
    up(wanted)
    shown = machine.tmux("list-panes", "-t", f"={NAME}:=a", "-F", "#{@ocprov_pane} #{pane_active}")
    assert shown.splitlines() == ["a 1", "a.2 0"]


def test_a_server_without_any_session_is_no_error(machine: Machine) -> None:
    (machine.home / ".tmux.conf").write_text("set -g exit-empty off\n")
    machine.tmux("start-server")
    assert live.ours(client.server()) == ()
    up(PLAIN)
    assert machine.windows(NAME) == ["0 a", "1 b", "2 shell"]


def test_a_detached_session_has_a_real_size(machine: Machine) -> None:
    up(PLAIN)
    sizes = machine.tmux("list-windows", "-t", f"={NAME}", "-F", "#{window_width}x#{window_height}")
    assert set(sizes.splitlines()) == {"200x50"}


def test_a_layout_that_this_tmux_would_end_over_is_refused(machine: Machine) -> None:
    machine.tmux("new-session", "-d", "-s", "mine")
    one = replace(PLAIN.windows[0], layout="main-vertical-mirrored")
    wanted = replace(PLAIN, windows=(one, *PLAIN.windows[1:]))
    if here.older(client.version(client.server()), (3, 5)):
        with pytest.raises(OcprovError, match=r"main-vertical-mirrored of window \S+ needs tmux 3\.5"):
            up(wanted)
        assert machine.tmux("list-sessions", "-F", "#{session_name}") == "mine"
    else:
        up(wanted)


def test_before_script_runs_once_and_its_failure_touches_nothing(machine: Machine) -> None:
    good = replace(PLAIN, before_script=("sh", "-c", f"echo ran >>{machine.root}/ran"))
    up(good)
    up(good)
    assert (machine.root / "ran").read_text() == "ran\n"
    end(client.server(), NAME, TERMS)
    with pytest.raises(OcprovError, match="before_script ended with 3"):
        up(replace(PLAIN, before_script=("sh", "-c", "exit 3")))
    assert machine.tmux("list-sessions") == ""


def test_what_is_declared_no_longer_is_taken_back(machine: Machine) -> None:
    more = session(
        window("a", "sleep 1000", options=(("monitor-activity", "on"),)),
        *PLAIN.windows[1:],
        options=(("status", "off"),),
        environment=(("MORE", "1"),),
    )
    up(more)
    done = up(PLAIN).done
    assert [type(change).__name__ for change in done.changes if "Set" in type(change).__name__] == [
        "SetSession",
        "SetWindow",
    ]
    assert machine.tmux("show-options", "-t", f"={NAME}:", "status") == ""
    assert machine.tmux("show-options", "-w", "-t", f"={NAME}:=a", "monitor-activity") == ""
    assert machine.tmux("show-environment", "-t", f"={NAME}", "MORE") == ""


def test_a_pane_that_was_broken_out_is_not_started_twice(machine: Machine) -> None:
    wanted = session(window("a", panes=(pane("a", "sleep 1000", focus=True), pane("a.2", "sleep 1001"))))
    up(wanted)
    machine.tmux("break-pane", "-d", "-s", f"={NAME}:=a.1")
    assert up(wanted).done.changes == ()


def test_a_session_of_a_persons_with_a_window_of_ours_stays_theirs(machine: Machine) -> None:
    up(PLAIN)
    machine.tmux("new-session", "-d", "-s", "work")
    machine.tmux("link-window", "-s", f"={NAME}:=a", "-t", "=work:7")
    assert [there.name for there in live.ours(client.server())] == [NAME]


def test_a_session_that_was_renamed_gets_its_name_back(machine: Machine) -> None:
    up(PLAIN)
    before = machine.tmux("list-panes", "-s", "-t", f"={NAME}", "-F", "#{pane_id} #{pane_pid}")
    machine.tmux("rename-session", "-t", f"={NAME}", "other")
    assert [type(change).__name__ for change in up(PLAIN).done.changes] == ["SetSession"]
    assert machine.tmux("list-panes", "-s", "-t", f"={NAME}", "-F", "#{pane_id} #{pane_pid}") == before
    assert machine.tmux("list-sessions", "-F", "#{session_name}") == NAME


def test_the_session_of_another_layout_is_a_conflict(machine: Machine) -> None:
    up(PLAIN)
    before = panes(machine)
    with pytest.raises(ConflictError, match="is the session of the layout x"):
        up(replace(PLAIN, layout="y"))
    assert panes(machine) == before


def test_panes_that_were_swapped_between_windows_stay_where_they_are(machine: Machine) -> None:
    wanted = session(
        window("a", "sleep 1000"),
        window("b", panes=(pane("b", "sleep 1", focus=True), pane("b.2", "sleep 2"))),
    )
    up(wanted)
    machine.tmux("swap-pane", "-d", "-s", f"={NAME}:=b.1", "-t", f"={NAME}:=a.0")
    before = panes(machine)
    up(wanted)
    assert up(wanted).done.changes == ()
    assert sorted(panes(machine).splitlines()) == sorted(before.splitlines())


def test_a_program_that_a_person_put_in_place_of_a_lost_launcher_is_left_alone(machine: Machine) -> None:
    up(PLAIN)
    pid = until(lambda: launcher_of("a"))
    until(lambda: "sleep 1000" in commands())
    child = commands()["sleep 1000"]
    os.kill(pid, signal.SIGKILL)
    os.kill(child, signal.SIGKILL)
    until(lambda: states()["a"] == "lost")
    machine.tmux("send-keys", "-t", f"={NAME}:=a", "exec tail -f /dev/null", "Enter")
    until(lambda: "tail -f /dev/null" in commands())
    assert states()["a"] == "taken"
    assert up(PLAIN).done.changes == ()
    assert "tail -f /dev/null" in commands()


def test_a_hook_that_splits_before_us_does_not_make_its_pane_ours(machine: Machine) -> None:
    (machine.home / ".tmux.conf").write_text(
        "set-hook -g after-new-window 'split-window -hb \"exec sleep 7777\"'\n"
    )
    up(PLAIN)
    until(lambda: states()["b"] == "running")
    until(
        lambda: [one.key for one in live.one(client.server(), NAME).panes if one.key] == ["a", "b", "shell"]
    )
    until(lambda: "sleep 7777" in commands())
    mine = {one.pid for one in live.one(client.server(), NAME).panes if one.key}
    assert commands()["sleep 7777"] not in mine
    assert up(PLAIN).done.changes == ()


def test_a_mend_that_tmux_refuses_leaves_no_more_at_every_run(machine: Machine) -> None:
    up(PLAIN)
    wanted = session(*PLAIN.windows, window("bad", options=(("no-such-option", "1"),)))
    for _ in range(3):
        with pytest.raises(TmuxError, match="no-such-option"):
            up(wanted)
    assert [name.split()[1] for name in machine.windows(NAME)] == ["a", "b", "shell", "bad"]
    up(PLAIN, prune=True)
    assert [name.split()[1] for name in machine.windows(NAME)] == ["a", "b", "shell"]


@pytest.mark.parametrize("make", ["mkfifo", "mkdir", "ln -s /dev/null"])
def test_a_log_that_is_no_file_is_refused_before_anything_is_touched(machine: Machine, make: str) -> None:
    import subprocess

    log = machine.state / "log" / client.server().label / f"{NAME}.log"
    log.parent.mkdir(parents=True)
    subprocess.run([*make.split(), str(log)], check=True)
    with pytest.raises(OcprovError, match="cannot write"):
        up(PLAIN)
    assert machine.tmux("list-sessions") == ""


def test_down_ends_what_a_grouped_session_would_keep(machine: Machine) -> None:
    up(PLAIN)
    machine.tmux("new-session", "-d", "-s", "work", "-t", f"={NAME}")
    end(client.server(), NAME, TERMS)
    assert "sleep" not in machine.tmux("list-panes", "-a", "-F", "#{pane_current_command}")
    assert machine.tmux("list-sessions") == ""


def test_pauses_longer_than_tmuxs_patience_are_waited_for(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocprov.tmux.apply.PATIENCE", 0.5)
    up(
        session(
            window(
                "a",
                panes=(pane("a", launcher=False, typed=(desired.Typed("x", sleep_before=1.5),), focus=True),),
            )
        )
    )
    assert machine.windows(NAME) == ["0 a"]


def test_down_ends_just_ours(machine: Machine) -> None:
    up(PLAIN)
    machine.tmux("new-session", "-d", "-s", "work")
    other = replace(PLAIN, name=f"{NAME}-2")
    up(other)
    assert end(client.server(), NAME, TERMS).panes == 3
    assert machine.tmux("list-sessions", "-F", "#{session_name}").splitlines() == [other.name, "work"]


def test_down_keeps_a_foreign_window_and_its_session(machine: Machine) -> None:
    up(PLAIN)
    machine.tmux("new-window", "-d", "-t", f"={NAME}:9", "-n", "foreign")
    ended = end(client.server(), NAME, TERMS)
    assert (ended.panes, ended.kept) == (3, 1)
    assert machine.windows(NAME) == ["9 foreign"]


def test_a_lock_that_stays_busy_is_said(machine: Machine) -> None:
    server = client.server()
    with provision.locked(server, NAME, TERMS), pytest.raises(BusyError):
        provision.up(server, kept(PLAIN), Wish(), replace(TERMS, wait=0.1))


def test_two_servers_share_no_file(machine: Machine) -> None:
    one, two = client.server("one"), client.server("two")
    provision.up(one, kept(PLAIN), Wish(), TERMS)
    provision.up(two, kept(PLAIN), Wish(), TERMS)
    for kind in ("run", "log", "lock"):
        assert len(list((machine.state / kind).iterdir())) == 2


def test_secrets_of_the_caller_reach_neither_tmux_nor_a_file(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCODE_SERVER_PASSWORD", "hunter2-not-to-be-seen")
    up(replace(PLAIN, environment=(("DECLARED", "not-in-argv"),)))
    import subprocess

    shown = machine.tmux("show-environment", "-g") + machine.tmux("show-environment", "-t", NAME)
    assert "hunter2" not in shown
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True
    ).stdout
    assert "hunter2" not in listed
    assert "not-in-argv" not in listed
    files = [path for path in machine.state.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if "hunter2" in path.read_text()]


def test_launchers_are_not_written_where_a_link_leads(machine: Machine) -> None:
    elsewhere = machine.home / "elsewhere"
    elsewhere.mkdir()
    run = files(client.server(), NAME).run
    run.parent.mkdir(parents=True)
    run.symlink_to(elsewhere)
    with pytest.raises(OcprovError, match="is a link"):
        up(PLAIN)
    assert list(elsewhere.iterdir()) == []
    assert machine.tmux("list-sessions") == ""


@pytest.mark.parametrize(
    "command", ["sleep 4321; echo over", "exec sh -c 'sleep 4322; echo over'", "cat | cat", "sh"]
)
def test_what_a_person_runs_in_a_pane_of_ours_is_left_alone(machine: Machine, command: str) -> None:
    up(PLAIN)
    until(lambda: states()["a"] == "running")
    machine.tmux("respawn-pane", "-k", "-t", f"={NAME}:=a", command)
    until(lambda: states()["a"] == "taken")
    before = panes(machine)
    assert not up(PLAIN).done.changes
    assert panes(machine) == before


def test_a_session_that_is_grouped_with_ours_is_no_second_one(machine: Machine) -> None:
    up(PLAIN)
    until(lambda: states()["a"] == "running")
    machine.tmux("new-session", "-d", "-s", "view", "-t", NAME)
    assert live.one(client.server(), "x").name == NAME
    machine.tmux("kill-session", "-t", f"={NAME}")
    assert live.ours(client.server()) == ()


def test_a_job_in_the_background_of_a_shell_whose_launcher_was_killed_is_work(machine: Machine) -> None:
    up(PLAIN)
    until(lambda: states()["a"] == "running")
    told = machine.tmux("display-message", "-p", "-t", f"={NAME}:=a", "#{@ocprov_state}")
    os.kill(int(told.split()[3]), signal.SIGKILL)
    until(lambda: states()["a"] == "lost")
    machine.tmux("send-keys", "-t", f"={NAME}:=a", "sleep 4321 &", "Enter")
    until(lambda: states()["a"] == "taken")
    before = panes(machine)
    assert not up(PLAIN).done.changes
    assert panes(machine) == before
