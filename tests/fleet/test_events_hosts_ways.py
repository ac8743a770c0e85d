"""`ocprov events --host` with all the ways in which people have set up ssh, and sshd."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from ocprov.opencode.heard import event
from tests.conftest import Machine
from tests.fleet import reading
from tests.fleet.following import fleet, following, named, record, served, short, words
from tests.fleet.sshd import PATH, Fleet, Host
from tests.opencode.provider import running as provider_running
from tests.opencode.real import configure, require


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The machine on which the command runs."""
    yield from reading.laptop(tmp_path_factory)


@pytest.fixture(scope="module")
def one(laptop: Machine) -> Iterator[Fleet]:
    """One host, that has ocprov."""
    yield from fleet(laptop, "one")


@pytest.fixture(autouse=True)
def tidy(one: Fleet) -> Iterator[None]:
    """Each test has a host without servers, that is reached as usual."""
    yield
    one.write_config()
    shutil.rmtree(one["one"].home / ".local/state", ignore_errors=True)


@pytest.fixture
def runtime() -> Iterator[Path]:
    """A directory for sockets."""
    made = short()
    yield made
    shutil.rmtree(made)


def test_what_the_users_configuration_forwards_and_runs_is_left_out(
    laptop: Machine, one: Fleet, runtime: Path
) -> None:
    mark = laptop.root / "ran"
    one.write_config(
        f"LocalForward {runtime}/own 127.0.0.1:9",
        "RemoteCommand echo no",
        "RequestTTY force",
        f"LocalCommand touch {mark}",
        "PermitLocalCommand yes",
        "ExitOnForwardFailure yes",
        "ControlMaster auto",
        f"ControlPath {runtime}/c-%n",
    )
    with served(one["one"], "shop") as peer:
        record(one["one"], peer)
        with following(laptop, one, "--host=one") as told:
            told.until(event.UP)
            assert not list(runtime.iterdir())
    assert not mark.exists()


SHELLS = ("bash", "zsh", "fish", "tcsh", "dash")
DIRECTORIES = ('it\'s "a b"', "$(touch ran)`touch ran`;touch ran", "-x!x%*", "\\")


def test_hosts_are_heard_whatever_their_login_shells_are_and_print_and_directories_run_nothing(
    machine: Machine,
) -> None:
    """A host for each shell that is there, and a server in the first one's directories."""
    made = [
        Host(name, machine.root / "hosts" / name, shell=program)
        for name in SHELLS
        if (program := shutil.which(name))
    ]
    assert made
    for box in made:
        for file in (".bashrc", ".zshenv", ".tcshrc", ".config/fish/config.fish"):
            (box.home / file).parent.mkdir(parents=True, exist_ok=True)
            (box.home / file).write_text("echo welcome\n")
    with ExitStack() as stack:
        boxes = stack.enter_context(contextmanager(fleet)(machine, *made))
        peers = [stack.enter_context(served(box, name)) for box in made for name in DIRECTORIES]
        for number, peer in enumerate(peers):
            record(made[number // len(DIRECTORIES)], peer)
        wanted = [f"--dir=~/{name}" for name in DIRECTORIES]
        told = stack.enter_context(following(machine, boxes, *named([box.name for box in made]), *wanted))
        for box in made:
            told.until(event.HOST_UP, host=box.name, properties={"servers": len(DIRECTORIES)})
            for name in DIRECTORIES:
                told.until(event.UP, host=box.name, directory=str((box.home / name).resolve()))
    assert not [where for where in (machine.home, *(box.home for box in made)) if (where / "ran").exists()]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--host", "-oProxyCommand=touch ran"], 1, "begins with -"),
        (["--host", "$(touch ran)"], 1, "has characters that no host's name has"),
        (["--host", "one", "--dir", "a\nb"], 1, "holds a control character"),
        (["--host", "one", "--all", "--dir", "."], 2, "--all goes without --dir"),
        (["--host", ""], 1, "is empty"),
    ],
)
def test_what_cannot_be_is_refused(machine: Machine, arguments: list[str], code: int, says: str) -> None:
    done = machine.ocprov("events", *arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert not (machine.home / "ran").exists()


def test_without_waiting_no_server_is_a_refusal_and_what_was_not_reached_is_told(
    laptop: Machine, one: Fleet
) -> None:
    def refused(*hosts: str) -> str:
        done = laptop.ocprov("events", "--no-wait", "--for=60", *named(hosts), **words(one))
        assert done.returncode == 1
        return done.stderr

    none = "error: no server runs there that could tell anything"
    assert f"{none}\nhint: ocprov server ensure" in refused("one")
    assert f"{none}; not reached: ssh://root@127.0.0.1:1: " in refused("one", "ssh://root@127.0.0.1:1")
    assert "error: no host was reached: ssh://127.0.0.1:1: " in refused("ssh://127.0.0.1:1")


def test_without_waiting_a_server_that_runs_is_followed_on_all_hosts_of_an_inventory(
    laptop: Machine, one: Fleet
) -> None:
    inventory = one.inventory(laptop.root / "inventory.py")
    with served(one["one"], "shop") as peer:
        record(one["one"], peer)
        done = laptop.process("events", f"--inventory={inventory}", "--no-wait", "--limit=2", **words(one))
    assert done.returncode == 0, done.stderr
    assert [row.split()[1:] for row in done.stdout.splitlines()] == [
        ["host", "up:", "1", "server"],
        ["server", "up"],
    ]


@pytest.mark.slow
def test_a_real_server_is_heard_and_its_title_asked_for(machine: Machine) -> None:
    extra = {
        "PATH": f"{require().parent}:{PATH}",
        "OPENCODE_DISABLE_MODELS_FETCH": "1",
        "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
    }
    made = Host("one", machine.root / "hosts/one", more=extra)
    with ExitStack() as stack:
        configure(made.home / ".config/opencode", stack.enter_context(provider_running()))
        boxes = stack.enter_context(contextmanager(fleet)(machine, made))
        told = stack.enter_context(following(machine, boxes, "--host=one"))
        told.until(event.HOST_UP)
        (made.home / "shop").mkdir()
        started = boxes.ssh("one", ".local/bin/ocprov server ensure --dir shop --startup-timeout 120")
        assert started.returncode == 0, started.stderr
        up = told.until(event.UP)
        assert up["directory"] == str((made.home / "shop").resolve())
        boxes.ssh("one", ".local/bin/ocprov chat new --dir shop --title 'the talk'")
        created = told.until("session.created")
        assert created["host"] == "one"
        stopped = boxes.ssh("one", ".local/bin/ocprov server stop --dir shop --force")
        assert stopped.returncode == 0, stopped.stderr
        assert told.until(event.DOWN)["properties"] == {"reason": "stopped", "stopped": True}
