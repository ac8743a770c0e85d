"""Saving through the server, with a script that saves as tmux-resurrect's does: name by the second, link, removal."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ocprov.errors import BusyError, OcprovError
from ocprov.lock import held
from ocprov.persistence.saving import Saved, save, shell_line
from ocprov.tmux import client
from tests.conftest import DEADLINE, Machine, until

SCRIPT = r"""#!/bin/sh
echo ran >> "$HOME/ran"
dir=$HOME/.local/share/tmux/resurrect
mkdir -p "$dir"
file=tmux_resurrect_$(date +%Y%m%dT%H%M%S).txt
tmux list-panes -a -F "pane	#{session_name}	#{window_index}	1	:*	0	title	:#{pane_current_path}	1	sh	:" > "$dir/$file"
tmux list-windows -a -F "window	#{session_name}	#{window_index}	:#{window_name}	1	:*	layout	off" >> "$dir/$file"
echo "state		" >> "$dir/$file"
if cmp -s "$dir/$file" "$dir/last"; then rm "$dir/$file"; else ln -fs "$file" "$dir/last"; fi
"""
EMPTY = 'cd "$HOME/.local/share/tmux/resurrect"; : > empty.txt; ln -fs empty.txt last'
DAMAGED = 'cd "$HOME/.local/share/tmux/resurrect"; head -c 30 last > cut.txt; ln -fs cut.txt last'
GONE = 'cd "$HOME/.local/share/tmux/resurrect"; ln -fs gone.txt last'


def saves(machine: Machine) -> Path:
    return machine.home / ".local/share/tmux/resurrect"


def load(machine: Machine, text: str = SCRIPT, name: str = "tmux-resurrect/scripts/save.sh") -> Path:
    """A tmux server that has the script as tmux-resurrect's."""
    script = machine.root / name
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(text)
    script.chmod(0o755)
    if not machine.tmux("list-sessions"):
        machine.tmux("new-session", "-d", "-s", "work")
    machine.tmux("set-option", "-g", "@resurrect-save-script-path", str(script))
    return script


def blocked_until(gate: Path) -> str:
    return f"while ! [ -e {gate} ]; do sleep 0.05; done\n"


def run(tell: Callable[[str], None] = lambda _: None, wait: float = DEADLINE) -> Saved:
    return save(client.server(), wait=wait, tell=tell)


@pytest.mark.parametrize("status", ["on", "off"])
def test_a_save_needs_no_client_and_no_status_line(machine: Machine, status: str) -> None:
    load(machine)
    machine.tmux("set-option", "-g", "status", status)
    done = run()
    assert done.action == "saved"
    assert done.file == saves(machine) / (saves(machine) / "last").readlink()
    assert "pane\twork\t0" in done.file.read_text()


def test_an_equal_save_at_once_leaves_the_first_one_readable(machine: Machine) -> None:
    load(machine)
    # A shell that is still starting is saved as what it was before.
    until(
        lambda: (
            machine.tmux("list-panes", "-t", "=work:", "-F", "#{window_name} #{pane_current_command}")
            == "sh sh"
        )
    )
    first = run()
    for _ in range(2):
        assert run() == Saved("unchanged", first.file)
    assert "pane\twork" in (saves(machine) / "last").read_text()


def test_what_changed_is_saved_anew(machine: Machine) -> None:
    load(machine)
    first = run()
    machine.tmux("new-window", "-d")
    second = run()
    assert second.action == "saved"
    assert second.file != first.file


@pytest.mark.parametrize(
    "folder", ["a b", "it's", 'q"', "#[fg=red]", "#(touch pwned)", "#{pid}", "%h$HOME\\", "é"]
)
def test_the_path_of_the_script_is_taken_as_it_is(machine: Machine, folder: str) -> None:
    load(machine, name=f"{folder}/save.sh")
    assert run().action == "saved"
    assert not list(machine.root.rglob("pwned"))


def test_without_a_server_nothing_is_saved_started_or_written(machine: Machine) -> None:
    assert run() == Saved("nothing")
    assert sorted(machine.root.rglob("*")) == [machine.home, machine.root / "tmux"]


def test_a_server_that_is_gone_but_left_its_socket(machine: Machine) -> None:
    load(machine)
    machine.end_tmux()
    assert client.server().socket.exists()
    assert run() == Saved("nothing")
    assert machine.tmux("list-sessions") == ""


def test_a_server_without_sessions_does_not_replace_a_good_save(machine: Machine) -> None:
    load(machine)
    run()
    (machine.home / "ran").unlink()
    machine.tmux("set-option", "-s", "exit-empty", "off")
    machine.tmux("kill-session", "-t", "=work:")
    assert run() == Saved("nothing")
    assert not (machine.home / "ran").exists()


def test_without_tmux_resurrect_the_hint_names_the_line(machine: Machine) -> None:
    machine.tmux("new-session", "-d", "-s", "work")
    with pytest.raises(OcprovError, match="tmux-resurrect is not loaded") as caught:
        run()
    assert "set -g @plugin 'tmux-plugins/tmux-resurrect'" in caught.value.hint
    assert "ocprov doctor" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "name", "said", "hint"),
    [
        pytest.param("exit 3", "save.sh", "ended with 3", "run-shell", id="fails"),
        pytest.param("exit 0", "save.sh", "did not say why", "run-shell", id="does-nothing"),
        pytest.param(
            "exit 0", "a b/save.sh", "did not say why", "with a space", id="does-nothing-in-a-spaced-path"
        ),
    ],
)
def test_a_script_that_does_not_save_is_no_unchanged_save(
    machine: Machine, text: str, name: str, said: str, hint: str
) -> None:
    load(machine)
    run()
    load(machine, f"#!/bin/sh\n{text}\n", name)
    with pytest.raises(OcprovError, match=said) as caught:
        run()
    assert hint in caught.value.hint


@pytest.mark.parametrize("saved", [True, False], ids=["saved-before", "never-saved"])
def test_a_script_that_is_not_there(machine: Machine, *, saved: bool) -> None:
    load(machine)
    if saved:
        run()
    load(machine).unlink()
    with pytest.raises(OcprovError, match="ended with 127"):
        run()


def test_a_hook_that_fails_behind_a_good_save_is_no_failure(machine: Machine) -> None:
    load(machine, f"{SCRIPT}\nexit 1\n")
    assert run().action == "saved"


@pytest.mark.parametrize(
    ("text", "said"),
    [(EMPTY, "is broken"), (DAMAGED, "is broken"), (GONE, "is gone")],
    ids=["empty", "damaged", "gone"],
)
def test_a_save_that_is_no_good_does_not_stay(machine: Machine, text: str, said: str) -> None:
    load(machine)
    good = run().file
    load(machine, f"#!/bin/sh\n{text}\n")
    with pytest.raises(OcprovError, match=f"{said}.*leads to the one before again"):
        run()
    assert (saves(machine) / "last").resolve() == good
    assert sorted(path.name for path in saves(machine).glob(".*")) == []


def test_a_server_that_dies_under_a_save_does_not_cost_the_last_one(machine: Machine) -> None:
    load(machine)
    good = run().file
    load(
        machine,
        f"#!/bin/sh\ntrap '' TERM HUP\ntmux kill-server\n{blocked_until(machine.root / 'gate')}{EMPTY}\n",
    )
    with pytest.raises(OcprovError, match="leads to the one before again"):
        run(lambda text: (machine.root / "gate").touch() if "another save" in text else None)
    assert (saves(machine) / "last").resolve() == good
    assert machine.tmux("list-sessions") == ""


def test_a_first_save_that_is_no_good_is_an_error(machine: Machine) -> None:
    load(machine, f'#!/bin/sh\nmkdir -p "$HOME/.local/share/tmux/resurrect"; {EMPTY}\n')
    with pytest.raises(OcprovError, match="is broken"):
        run()


def test_a_first_save_during_which_tmux_ends_names_no_save_before_it(machine: Machine) -> None:
    load(machine, "#!/bin/sh\ntmux kill-server\n")
    with pytest.raises(OcprovError, match="tmux ended while it was saved") as caught:
        run()
    assert caught.value.hint.startswith("there is no save yet")


def test_a_process_that_a_hook_leaves_behind_does_not_hold_up_the_save(machine: Machine) -> None:
    load(machine, f"{SCRIPT}\nsleep 1000 &\necho $! > $HOME/left\n")
    assert run().action == "saved"
    machine.tmux("run-shell", f"kill $(cat {machine.home}/left)")


def test_one_save_at_a_time_also_when_another_began_it(machine: Machine) -> None:
    gate = machine.root / "gate"
    script = load(machine, f"#!/bin/sh\necho began > {machine.root}/began\n{blocked_until(gate)}{SCRIPT}")
    machine.tmux("run-shell", "-b", shell_line(str(script)))
    until((machine.root / "began").exists)
    with pytest.raises(BusyError, match="another save"):
        run(wait=0)
    assert run(lambda text: gate.touch() if "another save" in text else None).file is not None


def test_one_ocprov_save_at_a_time(machine: Machine) -> None:
    load(machine)
    lock = machine.state / "lock" / client.server().label / "save.lock"
    lock.parent.mkdir(parents=True)
    with held(lock, wait=0, blocked=lambda: None), pytest.raises(BusyError):
        run(wait=0)
    assert not saves(machine).exists()


def test_a_restore_is_let_finish_first(machine: Machine) -> None:
    gate = machine.root / "gate"
    load(machine)
    restore = machine.root / "tmux-resurrect/scripts/restore.sh"
    restore.write_text(f"#!/bin/sh\necho began > {machine.root}/began\n{blocked_until(gate)}")
    restore.chmod(0o755)
    machine.tmux("run-shell", "-b", str(restore))
    until((machine.root / "began").exists)
    with pytest.raises(BusyError, match="restore"):
        run(wait=0)
    assert not saves(machine).exists()
    assert run(lambda text: gate.touch() if "restore" in text else None).action == "saved"
