import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from ocprov.errors import ConflictError
from ocprov.lock import held
from ocprov.opencode import places, process, record
from ocprov.opencode.life import nested, prepare
from ocprov.opencode.record import Process, Record
from tests.conftest import Machine, Result
from tests.opencode.stubs import stub


def ensure(machine: Machine, directory: Path, *options: str, **variables: str) -> Result:
    return machine.ocprov("server", "ensure", "--dir", str(directory), *options, **variables)


def refused(done: Result, code: int = 1) -> str:
    """The error's two lines."""
    assert done.returncode == code, done.stderr
    *talk, error, hint = done.stderr.splitlines()
    assert (error[:7], hint[:6]) == ("error: ", "hint: ")
    assert all(line.startswith("ocprov: starting OpenCode") for line in talk)
    return f"{error}\n{hint}"


@pytest.fixture
def shop(machine: Machine) -> Path:
    (machine.home / "shop").mkdir()
    return machine.home / "shop"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(lambda path: None, "no such file", id="missing"),
        pytest.param(lambda path: path.touch(), "is not a directory", id="file"),
        pytest.param(lambda path: path.symlink_to(path), "", id="links-in-a-circle"),
        pytest.param(lambda path: path.symlink_to("nowhere"), "no such file", id="dangling-link"),
    ],
)
def test_what_is_no_directory(make: Callable[[Path], None], said: str, machine: Machine) -> None:
    make(machine.home / "there")

    assert said in refused(ensure(machine, machine.home / "there"))
    assert not machine.state.exists()


def test_no_opencode(machine: Machine, shop: Path) -> None:
    said = refused(ensure(machine, shop, PATH="/usr/bin:/bin"))

    assert "opencode is not on PATH" in said
    assert "npm install -g opencode-ai" in said
    assert not machine.state.exists()


def test_a_major_version_that_would_convert_the_data_is_never_started(machine: Machine, shop: Path) -> None:
    other = stub(machine.home / "two", f"touch {machine.home}/started", version="2.0.1")

    assert "OpenCode 2.0.1 is not supported" in refused(ensure(machine, shop, "--binary", str(other)))
    assert not (machine.home / "started").exists()
    assert not places.of(shop).root.exists()


def test_one_that_ends_at_once_is_told_with_the_end_of_its_log_and_is_not_what_starts_next(
    machine: Machine, shop: Path
) -> None:
    broken = stub(machine.home / "broken", r"printf 'one\nno \033[31mmodels\n' >&2; exit 7")

    said = refused(ensure(machine, shop, "--binary", str(broken), "--isolation", "full"))

    assert r"did not start: it ended with code 7; its log ends with: no \x1b[31mmodels" in said
    known = record.read(places.of(shop))
    assert known is not None
    assert (known.state, known.server, known.supervisor) == ("failed", Process(), Process())
    assert (known.options.binary, known.options.isolation) == ("", "shared")


def test_one_that_never_answers_is_ended_after_the_startup_timeout(machine: Machine, shop: Path) -> None:
    stuck = stub(machine.home / "stuck", f"echo $$ > {machine.home}/pid; exec sleep 300")

    said = refused(ensure(machine, shop, "--binary", str(stuck), "--startup-timeout", "1"))

    assert "did not start: it did not answer within 1 s" in said
    pid = machine.home / "pid"  # on a machine that stood still it may have been ended before it wrote it
    assert not process.of(int(pid.read_text() or 0) if pid.exists() else 0).started


def test_a_stranger_that_comes_to_its_port_first_is_not_taken_for_it(machine: Machine, shop: Path) -> None:
    """The stub is as an OpenCode that found its port taken after it had been free."""
    page = r"HTTP/1.0 200 OK\r\ncontent-type: text/html\r\n\r\n<html>"
    other = (
        "import socket,sys; one = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
        f"while True: c = one.accept()[0]; c.recv(9999); c.sendall(b'{page}'); c.close()"
    )
    (machine.home / "other.py").write_text(other)
    script = f'echo "$3" >> {machine.home}/ports; exec python3 {machine.home}/other.py "$3"'
    said = refused(ensure(machine, shop, "--binary", str(stub(machine.home / "html", script))))

    assert "did not start: what answers at http://127.0.0.1:" in said
    assert len((machine.home / "ports").read_text().split()) == 1


def test_an_asked_port_that_is_taken(machine: Machine, shop: Path) -> None:
    some = stub(machine.home / "some", f"touch {machine.home}/started")
    with socket.create_server(("0.0.0.0", 0)) as stranger:  # noqa: S104 # as strangers do
        port = stranger.getsockname()[1]
        said = refused(ensure(machine, shop, "--binary", str(some), "--port", str(port)), 4)

    assert f"port {port} is taken by another program" in said
    assert not (machine.home / "started").exists()


@pytest.mark.parametrize("port", ["80", "65536", "none", "-1"])
def test_a_port_out_of_range_is_wrong_usage(port: str, machine: Machine, shop: Path) -> None:
    assert machine.ocprov("server", "ensure", "--dir", str(shop), "--port", port).returncode == 2


def test_a_password_file_that_others_can_read(machine: Machine, shop: Path) -> None:
    some = stub(machine.home / "some", f"touch {machine.home}/started")
    secret = places.of(shop).make().password
    secret.write_text("known")
    secret.chmod(0o644)

    said = refused(ensure(machine, shop, "--binary", str(some)))

    assert f"{secret} can be read by others: mode 0644" in said
    assert "known" not in said
    assert not (machine.home / "started").exists()


def test_a_record_that_cannot_be_read(machine: Machine, shop: Path) -> None:
    some = stub(machine.home / "some", f"touch {machine.home}/started")
    place = places.of(shop).make()
    place.record.write_text("{")

    assert "cannot be read: it is damaged" in refused(ensure(machine, shop, "--binary", str(some)))
    assert not (machine.home / "started").exists()


def test_a_server_of_another_machine_that_shares_the_state_directory(machine: Machine, shop: Path) -> None:
    some = stub(machine.home / "some", f"touch {machine.home}/started")
    place = places.of(shop).make()
    record.write(Record(str(shop), state="ready", host="other", server=Process(os.getpid(), "then")))

    said = refused(ensure(machine, shop, "--binary", str(some)), 4)

    assert "is of machine other" in said
    assert f"ocprov server stop --force {place.name}" in said
    assert machine.ocprov("server", "stop", place.name).returncode == 4
    with held(place.lock, wait=0, blocked=lambda: None):  # as its supervisor does, over there
        for command in ("ensure", "run"):
            assert "is of machine other" in machine.ocprov("server", command, "--dir", str(shop)).stderr
    assert machine.ocprov("server", "stop", "--force", place.name).returncode == 0
    known = record.read(place)
    assert known is not None
    prepare.refuse_elsewhere(known)


def test_this_machine_under_another_name_is_this_machine(machine: Machine, shop: Path) -> None:
    prepare.refuse_elsewhere(Record(str(shop), state="ready", host="before", server=process.this()))


@pytest.mark.parametrize(
    ("roots", "other", "refuses"),
    [
        (["."], "shop/inside", True),
        (["."], ".", True),
        (["."], "shop/inside/deep", True),
        ([".", "shop/inside"], "shop/inside", False),
        (["."], "shop-two", False),
        (["."], "shop", False),
        ([], "shop/inside", False),
    ],
    ids=["below", "above", "deep-below", "submodule", "beside", "itself", "no-git"],
)
def test_servers_inside_each_other(
    roots: list[str], other: str, refuses: bool, machine: Machine, shop: Path
) -> None:
    for root in roots:
        (machine.home / root / ".git").mkdir(parents=True)
    directory = (machine.home / other).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    known = Record(str(directory), state="ready", server=process.this())
    known.places.make()
    record.write(known)

    nested.refuse(shop, allowed=True)
    if refuses:
        with pytest.raises(ConflictError, match=known.name):
            nested.refuse(shop, allowed=False)
    else:
        nested.refuse(shop, allowed=False)
