"""What doctor reads from a tmux server that runs, and beside it."""

import subprocess
from dataclasses import replace

import pytest

from ocprov.doctor.facts import Running, Shown
from ocprov.doctor.gather import gather
from ocprov.errors import TmuxError
from ocprov.tmux import options
from ocprov.tmux.client import server
from tests.conftest import Machine
from tests.doctor.samples import program, start


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
    assert read.others is not None
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


def others(machine: Machine) -> tuple[int, ...] | None:
    start(machine)
    read = gather(server()).running
    assert read is not None
    return read.others


def test_a_process_with_an_odd_name_or_none_is_passed_over(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(
        machine, monkeypatch, "ps", r"printf '   7 \n 8\n  9 caf\351\n 10 tmux: server\n 11 tmux: client\n'"
    )

    assert others(machine) == (10,)


def test_without_ps_the_rest_is_judged(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    program(machine, monkeypatch, "ps", "exit 127")

    assert others(machine) is None


@pytest.mark.parametrize("value", ["", "a", "a\n", "\n\nx", "a|b\tc;d #{pid} 'e'\\", "é;"])
@pytest.mark.parametrize("session", [True, False], ids=["a session", "no session"])
def test_options_are_read_as_they_are(machine: Machine, value: str, session: bool) -> None:
    start(machine, ("exit-empty", "off"))
    # `\\;` at the end of an argument is a `;` that ends no command
    machine.tmux("set", "-g", "@odd", value[:-1] + "\\;" if value.endswith(";") else value)
    if not session:
        machine.tmux("kill-session", "-t", "=work")

    read = options.values(server(), ("@unset", "@odd", "status", "@odd", "pane-base-index"))

    assert read == {"@unset": "", "@odd": value, "status": "on", "pane-base-index": "0"}


def test_reading_options_starts_no_server(machine: Machine) -> None:
    with pytest.raises(TmuxError, match="cannot read the options") as caught:
        options.values(server("other"), ("status",))

    assert caught.value.hint == "is it running? tmux -L other ls"
    assert not list((machine.root / "tmux").rglob("other"))
