"""A host that something is wrong with is told by its name; the others are brought up, and the run fails."""

import socket
from collections.abc import Iterator

import pytest

from tests.conftest import Machine, until
from tests.fleet import house, laptop
from tests.fleet.conftest import hosts
from tests.fleet.laptop import HOSTS, LAYOUT, WINDOW, Laptop, ended, of, windows, words


def test_a_file_that_was_edited_on_a_host_is_a_conflict_there_and_force_replaces_it(up: Laptop) -> None:
    edited = up.fleet["two"].home / ".config/ocprov/layouts/desk.yaml.j2"
    edited.write_text(LAYOUT + "# mine\n")
    up.layout(LAYOUT + WINDOW)

    plan = up.run("--dry")
    assert plan.returncode == 1
    assert any(line.startswith("error: layouts/desk.yaml.j2") for line in of(plan, "two")), plan.stderr

    done = up.run("-y")
    assert done.returncode == 1
    assert words(done, ["one", "three"]) == ["Success"] * 2, done.stderr
    assert any(line.startswith("error: layouts/desk.yaml.j2") for line in of(done, "two")), done.stderr
    assert any(line.startswith("hint: ") for line in of(done, "two"))
    assert edited.read_text().endswith("# mine\n")
    assert windows(up.fleet["two"]) == ["clock", "word"]

    forced = up.run("-y", force=True)
    assert words(forced, HOSTS) == ["No changes", "Success", "No changes"], forced.stderr
    assert edited.read_text() == LAYOUT + WINDOW


def test_a_host_that_is_down_keeps_no_other_from_being_brought_up(desk: Laptop) -> None:
    desk.fleet["two"].crash()
    done = desk.run("-y")
    assert done.returncode == 1
    assert words(done, ["one", "three"]) == ["Success"] * 2, done.stderr
    assert "Could not connect" in " ".join(of(done, "two"))


def test_a_host_that_takes_the_connection_and_says_nothing_is_given_up(desk: Laptop) -> None:
    two = desk.fleet["two"]
    two.crash()
    (desk.machine.home / "config.py").write_text("from pyinfra import config\nconfig.CONNECT_TIMEOUT = 2\n")
    with socket.socket() as mute:
        mute.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        mute.bind(("127.0.0.1", two.port))
        mute.listen()
        done = desk.run("-y")
    assert done.returncode == 1
    assert words(done, ["one", "three"]) == ["Success"] * 2, done.stderr
    assert any(line.startswith("SSH error") for line in of(done, "two")), done.stderr


def test_a_host_that_hangs_is_given_up_after_the_time_limit(desk: Laptop) -> None:
    place = desk.fleet["two"].home / ".local/share/ocprov/fleet/current/bin/python"
    place.unlink()
    place.write_text("#!/bin/sh\nexec sleep 1000\n")
    place.chmod(0o755)
    done = desk.run("-y", timeout=4)
    assert done.returncode == 1
    assert words(done, ["one", "three"]) == ["Success"] * 2, done.stderr
    assert "error: no answer within 4 s" in of(done, "two"), done.stderr


def test_a_host_where_up_is_at_work_is_waited_for(desk: Laptop) -> None:
    two = desk.fleet["two"]
    lock = two.home / ".local/state/ocprov/fleet.lock"
    lock.parent.mkdir(parents=True)
    holder = f"flock {lock} sh -c 'touch held; while [ ! -e go ]; do sleep 0.1; done'"
    desk.fleet.ssh("two", f"setsid {holder} >/dev/null 2>&1 </dev/null &")
    until((two.home / "held").exists)
    busy = desk.run("-y", timeout=4)
    assert busy.returncode == 1
    assert words(busy, ["one", "three"]) == ["Success"] * 2, busy.stderr
    assert any(line.startswith("error: ") and "still at work" in line for line in of(busy, "two")), (
        busy.stderr
    )

    waiting = desk.start("-y")
    until(lambda: [pid for pid in two.runs("apply") if pid in two.runs("ocprov")])
    (two.home / "go").touch()
    assert words(ended(waiting), HOSTS) == ["No changes", "Success", "No changes"]


@pytest.fixture
def odd(machine: Machine) -> Iterator[Laptop]:
    """One host that is as others, one with an old tmux, one whose files may not grow."""
    for fleet in hosts(machine, *HOSTS):
        yield Laptop(machine, fleet)


def test_an_old_tmux_and_a_full_disk_are_told_by_name_and_the_other_host_comes_up(
    machine: Machine, odd: Laptop
) -> None:
    odd.layout()
    one, two, three = (odd.fleet[name] for name in HOSTS)
    laptop.provide(one)
    laptop.provide(two)
    tmux = two.home / ".local/bin/tmux"
    tmux.parent.mkdir(parents=True)
    tmux.write_text('#!/bin/sh\ncase "$*" in *-V*) echo tmux 2.1 ;; *) exec /usr/bin/tmux "$@" ;; esac\n')
    tmux.chmod(0o755)
    login = three.root / "login"
    login.write_text(login.read_text().replace('cd "$HOME"', 'ulimit -f 8; cd "$HOME"'))
    wheels = str(house.fill(machine.root / "wheels", []))

    done = odd.run("-y", wheels=wheels)
    assert done.returncode == 1
    assert words(done, ["one"]) == ["Success"], done.stderr
    assert any(line.startswith("error: ") and "2.1" in line for line in of(done, "two")), done.stderr
    assert "error: no place for the wheels: file too large" in of(done, "three"), done.stderr
    assert windows(one) == ["clock", "word"]
    assert not list(three.home.glob(".local/share/ocprov/*"))
