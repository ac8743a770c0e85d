import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from ocprov.opencode import environment, password, places, process
from ocprov.opencode.life import found, proof
from ocprov.opencode.record import Record
from tests.conftest import until
from tests.opencode.real import START, Opencode
from tests.opencode.shared import opencode, provider

__all__ = ["opencode", "provider"]

FAST = """
import sys
from pathlib import Path
from ocprov.opencode.life.ensure import ensure
from ocprov.opencode.spec import ServerSpec
print(ensure(ServerSpec(Path(sys.argv[1])), tell=print).server.pid)
sys.exit(" ".join(name for name in ("httpx", "asyncio") if name in sys.modules) or 0)
"""


@pytest.fixture(scope="module")
def server(opencode: Opencode) -> Record:
    """The server of a directory in a worktree, which two called for at the same time."""
    directory = opencode.directory()
    (directory.parent / ".git").mkdir()
    variables = {"OPENCODE_PERMISSION": '{"edit":"deny"}', "AGENT": "1", "OCPROV_SERVER_RUN_PORT": "none"}
    with ThreadPoolExecutor(2) as pool:
        words = ("server", "ensure", "--dir", str(directory), "--startup-timeout", START)
        asked = pool.submit(opencode.data, *words)
        more = pool.submit(opencode.ocprov, *words, **variables)
        told = asked.result()
        assert more.result().returncode == 0, more.result().stderr
    known = opencode.record()
    assert told == {
        "name": known.name,
        "directory": str(directory),
        "port": known.port,
        "pid": known.server.pid,
        "url": f"http://127.0.0.1:{known.port}",
        "state": "ready",
        "isolation": "shared",
        "version": known.version,
    }
    return known


def environ(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/environ").read_text().split("\0")


def test_two_at_once_get_the_same_one_and_no_other_runs(server: Record) -> None:
    assert process.runs(server.server)
    assert found.by_hand(Path(server.directory)) == ()
    assert found.ours(server.places) == (server.server, server.port)


def test_it_answers_with_its_directory_to_our_password_alone(server: Record) -> None:
    assert proof.answers(server, password.read(server.places), 60)
    assert not proof.answers(server, "another", 60)


def test_each_path_to_the_directory_leads_to_the_same_server(opencode: Opencode, server: Record) -> None:
    link = opencode.machine.home / "link"
    link.symlink_to(server.directory)
    (opencode.machine.home / "twice").symlink_to(link)

    told = opencode.data("server", "ensure", "--dir", str(opencode.machine.home / "twice"))

    assert told["pid"] == server.server.pid


def test_the_second_time_it_is_found_without_what_a_client_needs(server: Record) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAST, server.directory],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.stdout, done.stderr, done.returncode) == (f"{server.server.pid}\n", "", 0)


def test_the_password_is_in_its_file_and_the_servers_environment_alone(server: Record) -> None:
    secret = password.read(server.places)

    assert server.places.password.stat().st_mode & 0o777 == 0o600
    assert f"{environment.PASSWORD}={secret}" in environ(server.server.pid)
    assert secret not in " ".join(environ(server.supervisor.pid))
    for pid in (server.server.pid, server.supervisor.pid):
        assert secret not in found.command(pid)
    for one in server.places.root.iterdir():
        with suppress(FileNotFoundError):  # what its supervisor writes anew stands beside it for a moment
            assert one == server.places.password or one.is_dir() or secret not in one.read_text()


def test_nothing_of_the_callers_opencode_reaches_it(server: Record) -> None:
    variables = dict(one.partition("=")[::2] for one in environ(server.server.pid))

    assert variables.keys().isdisjoint(["OPENCODE_PERMISSION", "OPENCODE_DISABLE_MODELS_FETCH", "AGENT"])
    assert variables["TMPDIR"] == str(server.places.tmp)
    assert Path(f"/proc/{server.server.pid}/cwd").readlink() == Path(server.directory)


def test_its_files_are_its_owners_alone(server: Record) -> None:
    for one in server.places.root.iterdir():
        with suppress(FileNotFoundError):  # as above
            assert one.stat().st_mode & 0o077 == 0, one
    until(lambda: "listening on" in server.places.log.read_text())


def test_it_has_neither_the_lock_nor_the_terminal_of_who_started_it(server: Record) -> None:
    held = set()
    for one in Path(f"/proc/{server.server.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # it was closed meanwhile
            held.add(one.readlink())
    assert held
    assert server.places.lock not in held
    assert os.getsid(server.server.pid) == server.server.pid
    assert os.getsid(server.supervisor.pid) == server.supervisor.pid


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--isolation", "full"], "runs with isolation shared, not full"),
        (["--port", "21111"], "runs with port {port}, not 21111"),
        (["--config-file", "{file}"], "runs with config file by default, not {file}"),
    ],
    ids=["isolation", "port", "config"],
)
def test_it_is_not_given_as_what_it_is_not(
    options: list[str], said: str, opencode: Opencode, server: Record
) -> None:
    known = {"port": server.port, "file": str(opencode.config / "opencode.json")}

    done = opencode.ocprov(
        "server", "ensure", "--dir", server.directory, *(one.format(**known) for one in options)
    )

    assert done.returncode == 4
    assert said.format(**known) in done.stderr
    assert f"hint: end it first: ocprov server stop {server.name}" in done.stderr


@pytest.mark.parametrize("where", ["inside", ".."])
def test_no_other_one_in_the_same_worktree_above_or_below(
    where: str, opencode: Opencode, server: Record
) -> None:
    directory = Path(server.directory) / where
    directory.mkdir(exist_ok=True)

    done = opencode.ocprov("server", "ensure", "--dir", str(directory))

    assert done.returncode == 4
    assert f"server {server.name} runs in {server.directory}, in the same worktree" in done.stderr
    assert "--nested" in done.stderr
    assert not places.of(directory.resolve()).root.exists()


def test_one_that_hangs_is_not_called_ready(opencode: Opencode, server: Record) -> None:
    for one in (server.supervisor, server.server):  # its supervisor looks away: it would start it again
        os.kill(one.pid, signal.SIGSTOP)
    try:
        done = opencode.ocprov("server", "ensure", "--dir", server.directory, "--startup-timeout", "1")
    finally:
        for one in (server.server, server.supervisor):
            os.kill(one.pid, signal.SIGCONT)

    assert done.returncode == 1
    assert f"the server {server.name} runs, and does not answer" in done.stderr
    assert json.loads(server.places.record.read_text())["server"]["pid"] == server.server.pid
