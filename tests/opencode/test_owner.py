"""Which server a conversation belongs to, and why not another one."""

import asyncio
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ocprov.errors import ConflictError, OcprovError
from ocprov.opencode import password, process, record
from ocprov.opencode.failures import NotFoundError, UnreachableError
from ocprov.opencode.record import Options, Record, State
from ocprov.opencode.talk import owner, stored
from tests.conftest import Machine, until
from tests.opencode.chats import Chat, refused
from tests.opencode.peer import Peer, running

ONE = "ses_1"


@pytest.fixture
def shop(machine: Machine) -> Path:
    made = machine.home / "src/shop"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def peer(shop: Path) -> Iterator[Peer]:
    with running(shop) as found:
        yield found


def known(directory: Path, state: State = "stopped", **more: object) -> Record:
    """The record of a server that does not run."""
    options = Options(**more)  # type: ignore[arg-type] # the test's own
    made = Record(str(directory), "http://127.0.0.1:9", 9, state, options=options)
    password.ensure(made.places.make())
    record.write(made)
    return made


def keep(database: Path, directory: Path, name: str = ONE) -> None:
    """A conversation, in a database of OpenCode's shape."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(database)) as data, data:
        data.execute(
            "CREATE TABLE session (id text PRIMARY KEY, directory text, title text, time_updated integer)"
        )
        data.execute("INSERT INTO session VALUES (?, ?, 'a title', 1)", (name, str(directory)))


def find(near: Path | None = None, name: str = ONE) -> Record:
    return asyncio.run(owner.find(name, near))


def test_the_server_of_its_directory_is_found(peer: Peer) -> None:
    peer.sessions.append({"id": ONE, "directory": str(peer.directory)})
    made = peer.record()
    assert find() == made
    assert find(near=peer.directory) == made


def test_a_server_that_knows_it_is_not_its_owner(peer: Peer, machine: Machine) -> None:
    other = machine.home / "src/other"
    peer.sessions.append({"id": ONE, "directory": str(other)})
    peer.record()
    with pytest.raises(UnreachableError, match="no server runs") as told:
        find()
    assert told.value.hint == f"ocprov server ensure --dir {other}"
    known(other)
    with pytest.raises(UnreachableError, match=f"{record.every()[0].name}.*is not running"):
        find()


def test_where_no_server_runs_its_directory_is_read_in_the_data(shop: Path) -> None:
    keep(stored.shared(), shop)
    made = known(shop)
    with pytest.raises(UnreachableError, match=f"{made.name}.*is not running") as told:
        find()
    assert told.value.hint == f"ocprov server ensure --dir {shop}"


def test_the_data_of_an_isolated_server_is_read_too(shop: Path) -> None:
    made = known(shop, isolation="data")
    keep(stored.database(made), shop)
    with pytest.raises(UnreachableError, match=made.name):
        find()


def test_a_server_with_other_data_is_not_its_owner(shop: Path) -> None:
    keep(stored.shared(), shop)
    known(shop, isolation="data")
    with pytest.raises(UnreachableError, match="has other data: its isolation is data") as told:
        find()
    assert "--isolation shared" in told.value.hint


def test_the_data_is_not_written(shop: Path) -> None:
    keep(stored.shared(), shop)
    before = {path.name: path.read_bytes() for path in stored.shared().parent.iterdir()}
    with pytest.raises(UnreachableError):
        find()
    assert {path.name: path.read_bytes() for path in stored.shared().parent.iterdir()} == before


@pytest.mark.usefixtures("machine")
def test_one_that_nobody_knows_is_told_so() -> None:
    with pytest.raises(NotFoundError, match="there is no conversation ses_1") as told:
        find()
    assert told.value.hint == "ocprov chat ls"


def test_data_that_cannot_be_read_is_told_and_not_taken_for_none(machine: Machine) -> None:
    stored.shared().parent.mkdir(parents=True)
    stored.shared().write_bytes(b"no database" * 100)
    with pytest.raises(UnreachableError, match="not all could be asked: cannot read"):
        find()
    assert machine.ocprov("chat", "show", ONE).returncode == 1


def test_an_opencode_started_by_hand_is_named(shop: Path) -> None:
    keep(stored.shared(), shop)
    with subprocess.Popen(["bash", "-c", "exec -a opencode sleep 1000"], cwd=shop) as hand:
        try:
            with pytest.raises(ConflictError, match=rf"started by hand \(process {hand.pid}\)"):
                until(_named)
        finally:
            hand.kill()


def _named() -> None:
    """ConflictError as soon as bash has become what it is called."""
    with pytest.raises(OcprovError) as told:
        find()
    if isinstance(told.value, ConflictError):
        raise told.value


@pytest.mark.parametrize("state", ["failed", "stopped"])
def test_what_is_down_is_refused_with_its_name(shop: Path, state: State) -> None:
    keep(stored.shared(), shop)
    made = known(shop, state)
    with pytest.raises(UnreachableError, match=re.escape(f"the server {made.name} of {shop} is")):
        find()


def test_another_server_at_its_port_is_not_taken_for_it(peer: Peer, machine: Machine) -> None:
    made = peer.record()
    keep(stored.shared(), peer.directory)
    peer.sessions.append({"id": ONE, "directory": str(peer.directory)})
    peer.directory = machine.home
    with pytest.raises(UnreachableError, match=f"{made.name}.*not the one that answers at its port"):
        find()


class _Html(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", "6")
        self.end_headers()
        self.wfile.write(b"<html>")


@contextmanager
def html(directory: Path) -> Iterator[Record]:
    """The record of a server at whose port something else answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Html)
    port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        made = Record(str(directory), f"http://127.0.0.1:{port}", port, "ready", server=process.this())
        password.ensure(made.places.make())
        record.write(made)
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_list_without_a_server_that_should_be_in_it_is_not_whole(peer: Peer, machine: Machine) -> None:
    shop = peer.record()
    other = machine.home / "src/other"
    other.mkdir()
    chat = Chat(shop)
    with html(other) as made:
        found = chat.data("ls", code=1)
        assert [one["server"] for one in found["unreachable"]] == [made.name]
        done = chat("ls")
        assert (done.returncode, done.stdout) == (1, "none on the servers that answered\n")
        assert f"{made.name} ({other}) did not answer" in done.stderr
        refused(chat("ls", "--dir", str(other)), "does not answer as OpenCode", code=4)


@pytest.mark.usefixtures("machine")
def test_where_nobody_could_be_asked_no_empty_list_is_told(shop: Path) -> None:
    made = known(shop)
    refused(Chat(made)("ls"), "no server runs", "ocprov server ensure")
    with html(shop):
        refused(Chat(made)("ls"), "does not answer as OpenCode", code=4)


def test_a_password_that_is_no_secret_is_not_used(peer: Peer) -> None:
    made = peer.record()
    made.places.password.chmod(0o644)
    refused(Chat(made)("ls"), "can be read by others")


def test_a_record_that_cannot_be_read_is_missing_from_a_list(peer: Peer, machine: Machine) -> None:
    other = known(machine.home)
    chat = Chat(peer.record())
    other.places.record.write_text("damaged")
    assert [one["server"] for one in chat.data("ls", code=1)["unreachable"]] == [other.name]


def test_what_another_server_has_is_not_listed_as_its_own(peer: Peer, machine: Machine) -> None:
    made = peer.record()
    peer.directory = machine.home
    refused(Chat(made)("ls"), f"another server than {made.name} answers", code=4)


def test_below_a_server_that_one_is_told(peer: Peer) -> None:
    chat = Chat(peer.record())
    below = peer.directory / "below"
    below.mkdir()
    refused(chat("new", "--dir", str(below)), "no server", f"one works above it: --dir {peer.directory}")
