"""A host that something is wrong with is told by its name; the others are brought up, and the run fails."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.conftest import Result, fresh, until
from tests.fleet import house
from tests.fleet.conftest import hosts
from tests.fleet.laptop import LAYOUT, WINDOW, Code, Laptop, ended, of, provide, windows, words
from tests.fleet.sshd import Host

WRONG = ("down", "mute", "hanging", "old", "full", "busy")


def hang(host: Host) -> None:
    """Have its Python never answer."""
    python = host.home / ".local/share/ocprov/fleet/current/bin/python"
    python.unlink()
    python.write_text("#!/bin/sh\nexec sleep 1000\n")
    python.chmod(0o755)


def age(host: Host) -> None:
    """Have it a tmux of long ago."""
    tmux = host.home / ".local/bin/tmux"
    tmux.parent.mkdir(parents=True)
    tmux.write_text('#!/bin/sh\ncase "$*" in *-V*) echo tmux 2.1 ;; *) exec /usr/bin/tmux "$@" ;; esac\n')
    tmux.chmod(0o755)


def keep_small(host: Host) -> None:
    """Let no file on it grow, as on a full disk."""
    login = host.root / "login"
    login.write_text(login.read_text().replace('cd "$HOME"', 'ulimit -f 8; cd "$HOME"'))


def occupy(desk: Laptop, name: str) -> None:
    """Have another ocprov at work on a host, until there is a file `go` in its home."""
    home = desk.fleet[name].home
    lock = home / ".local/state/ocprov/fleet.lock"
    lock.parent.mkdir(parents=True)
    holder = f"flock {lock} sh -c 'touch held; while [ ! -e go ]; do sleep 0.1; done'"
    desk.fleet.ssh(name, f"setsid {holder} >/dev/null 2>&1 </dev/null &")
    until((home / "held").exists)


@contextmanager
def mute(host: Host) -> Iterator[None]:
    """Take connections in its place, and say nothing."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", host.port))
        listening.listen()
        yield


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """Two hosts that are all right, and one of each that is not."""
    with pytest.MonkeyPatch.context() as patch:
        for machine in fresh(tmp_path_factory.mktemp("trouble"), patch):
            for fleet in hosts(machine, "one", "two", *WRONG):
                made = Laptop(machine, fleet)
                made.layout()
                for name in ("one", "two", "hanging", "old", "busy"):
                    provide(fleet[name])
                yield made


@pytest.fixture(scope="module")
def done(desk: Laptop) -> Result:
    """What one run said of them all."""
    fleet = desk.fleet
    for name in ("down", "mute"):
        fleet[name].crash()
    hang(fleet["hanging"])
    age(fleet["old"])
    keep_small(fleet["full"])
    occupy(desk, "busy")
    (desk.machine.home / "config.py").write_text("from pyinfra import config\nconfig.CONNECT_TIMEOUT = 2\n")
    with mute(fleet["mute"]):
        wheels = house.thin(desk.machine.root / "wheels")
        before = 'from pyinfra import host\nlimit = {"hanging": 4, "busy": 20}.get(host.name, 120)'
        return desk.run("-y", before=before, timeout=Code("limit"), wheels=str(wheels))


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("down", "Could not connect"),
        ("mute", "SSH error"),
        ("hanging", "error: no answer within 4 s"),
        ("old", "error: desk: tmux 2.1 is too old"),
        ("full", "error: no place for the wheels: file too large"),
        ("busy", "error: another"),
    ],
)
def test_what_is_wrong_with_a_host_is_told_by_its_name(
    desk: Laptop, done: Result, host: str, said: str
) -> None:
    told = of(done, host)
    assert any(line.startswith(said) for line in told), done.stderr
    assert windows(desk.fleet[host]) == []


def test_the_other_hosts_are_brought_up_and_the_run_fails(desk: Laptop, done: Result) -> None:
    assert done.returncode == 1
    assert words(done, ["one", "two"]) == ["Success"] * 2, done.stderr
    assert [windows(desk.fleet[name]) for name in ("one", "two")] == [["clock", "word"]] * 2


def test_nothing_is_left_on_a_full_disk(desk: Laptop, done: Result) -> None:
    host = desk.fleet["full"]
    assert words(done, ["full"]) == ["Error"]
    assert not [*host.home.iterdir(), *(host.root / "tmp").iterdir()]


def test_a_host_where_up_is_at_work_is_waited_for(desk: Laptop, done: Result) -> None:
    assert words(done, ["busy"]) == ["Error"]
    busy = desk.fleet["busy"]
    waiting = desk.start("-y", "--limit", "busy")
    until(lambda: [pid for pid in busy.runs("apply") if pid in busy.runs("ocprov")])
    (busy.home / "go").touch()
    assert words(ended(waiting), ["busy"]) == ["Success"]


def test_a_file_that_was_edited_on_a_host_is_a_conflict_there_and_force_replaces_it(
    desk: Laptop, done: Result
) -> None:
    assert words(done, ["two"]) == ["Success"]
    edited = desk.fleet["two"].home / ".config/ocprov/layouts/desk.yaml.j2"
    edited.write_text(LAYOUT + "# mine\n")
    desk.layout(LAYOUT + WINDOW)
    both = ("--limit", "one", "--limit", "two")

    plan = desk.run("--dry", "--limit", "two")
    assert plan.returncode == 1
    assert any(line.startswith("error: layouts/desk.yaml.j2") for line in of(plan, "two")), plan.stderr

    first = desk.run("-y", *both)
    assert first.returncode == 1
    assert words(first, ["one"]) == ["Success"], first.stderr
    assert any(line.startswith("error: layouts/desk.yaml.j2") for line in of(first, "two")), first.stderr
    assert any(line.startswith("hint: ") for line in of(first, "two"))
    assert edited.read_text().endswith("# mine\n")
    assert windows(desk.fleet["two"]) == ["clock", "word"]

    forced = desk.run("-y", *both, force=True)
    assert words(forced, ["one", "two"]) == ["No changes", "Success"], forced.stderr
    assert edited.read_text() == LAYOUT + WINDOW
