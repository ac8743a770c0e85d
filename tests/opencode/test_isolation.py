"""What an isolated server has of its own and of the user's; and that one that shares nothing changes nothing else."""

import json
import os
import shutil
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from ocprov.errors import OcprovError
from ocprov.opencode import environment, places
from ocprov.opencode.api import ident
from ocprov.opencode.api.client import Client
from ocprov.opencode.life import isolate
from ocprov.opencode.places import Places
from ocprov.opencode.record import Options
from ocprov.opencode.spec import Isolation
from tests.conftest import Machine, until
from tests.opencode.real import Opencode


@pytest.fixture
def place(machine: Machine) -> Places:
    return places.of(machine.home / "shop").make()


def write(path: Path, text: str = "x", *, at: float = 0.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    if at:
        os.utime(path, (at, at))
    return path


def theirs(machine: Machine, name: str) -> Path:
    return machine.home / ".local/share" / name


def test_a_shared_server_has_nothing_of_its_own(place: Places) -> None:
    isolate.prepare(place, Options())
    assert list(place.root.iterdir()) == []


def test_own_data_with_the_users_logins_and_the_data_of_other_programs(
    machine: Machine, place: Places
) -> None:
    write(theirs(machine, "opencode/auth.json"), "{}")
    write(theirs(machine, "mise/installs"))
    options = Options("data")
    isolate.prepare(place, options)
    isolate.prepare(place, options)

    own = place.xdg / "data"
    assert (own / "opencode/auth.json").readlink() == theirs(machine, "opencode/auth.json")
    assert (own / "mise").readlink() == theirs(machine, "mise")
    assert not (own / "opencode").is_symlink()
    assert (own / "opencode").stat().st_mode & 0o077 == 0
    told = environment.server({}, place, options, "/shop", "secret")
    assert {name for name in told if "XDG" in name} == {"XDG_DATA_HOME"}
    assert environment.database(place, options, Path("/user")) == own / "opencode/opencode.db"


def test_links_follow_what_the_user_has(machine: Machine, place: Places) -> None:
    write(theirs(machine, "old/x"))
    write(place.xdg / "data/made/x")
    isolate.prepare(place, Options("data"))
    shutil.rmtree(theirs(machine, "old"))
    write(theirs(machine, "new/x"))
    write(theirs(machine, "made/theirs"))
    isolate.prepare(place, Options("data"))
    assert {one.name: one.is_symlink() for one in (place.xdg / "data").iterdir()} == {
        "opencode": False,
        "new": True,
        "made": False,
    }


def test_a_server_that_comes_to_share_nothing_keeps_no_link(machine: Machine, place: Places) -> None:
    login = write(theirs(machine, "opencode/auth.json"), "{}")
    isolate.prepare(place, Options("data"))
    isolate.prepare(place, Options("full"))
    assert [one for one in place.xdg.rglob("*") if one.is_symlink()] == []
    assert login.read_text() == "{}"


def test_state_inside_the_users_data_is_not_linked_into_itself(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(theirs(machine, "state")))
    place = places.of(machine.home / "shop").make()
    isolate.prepare(place, Options("data"))
    assert [one.name for one in (place.xdg / "data").iterdir()] == ["opencode"]


def test_what_an_agent_on_an_isolated_server_starts_does_not_get_its_data(
    machine: Machine, place: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = environment.server(dict(os.environ), place, Options("data"), "/shop", "secret")
    assert "XDG_DATA_HOME" not in environment.clean(own)
    monkeypatch.setenv("XDG_DATA_HOME", own["XDG_DATA_HOME"])
    assert environment.data_home() == theirs(machine, "")
    assert environment.clean({"XDG_DATA_HOME": "/mine"}) == {"XDG_DATA_HOME": "/mine"}


def test_a_server_that_shares_nothing_has_every_directory_of_its_own(place: Places) -> None:
    told = environment.server({"npm_config_cache": "/mine"}, place, Options("full"), "/shop", "secret")
    names = {
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
        "XDG_CACHE_HOME",
        "TMPDIR",
        "npm_config_cache",
    }
    assert names == {name for name, value in told.items() if Path(value).is_relative_to(place.root)}


@pytest.mark.parametrize("isolation", ["data", "full"])
def test_logins_are_copied_and_refreshed_ones_kept(
    machine: Machine, place: Places, isolation: Isolation
) -> None:
    user = write(theirs(machine, "opencode/auth.json"), "the user's")
    given = write(machine.home / "auth.json", "1", at=1000)
    options = Options(isolation, str(given))
    copy = place.xdg / "data/opencode/auth.json"
    isolate.prepare(place, Options(isolation))
    isolate.prepare(place, options)
    assert (copy.read_text(), copy.stat().st_mode & 0o777, copy.is_symlink()) == ("1", 0o600, False)

    write(copy, "refreshed by the server")
    isolate.prepare(place, options)
    assert copy.read_text() == "refreshed by the server"
    write(given, "older than that", at=2000)
    isolate.prepare(place, options)
    assert copy.read_text() == "refreshed by the server"
    write(given, "newer", at=copy.stat().st_mtime + 10)
    isolate.prepare(place, options)
    assert copy.read_text() == "newer"

    other = write(machine.home / "other.json", "another account", at=500)
    isolate.prepare(place, Options(isolation, str(other)))
    assert copy.read_text() == "another account"
    assert user.read_text() == "the user's"


def test_configuration_is_copied_without_what_is_made_anew(machine: Machine, place: Places) -> None:
    given = machine.home / "config"
    for name in ("opencode.json", "agent/one.md", "node_modules/big/index.js"):
        write(given / name, name)
    (given / "linked").symlink_to(machine.home / "config/agent")
    (given / "circle").symlink_to(given)
    (given / "dangling").symlink_to("/nonexistent")
    os.mkfifo(given / "pipe")
    options = Options("full", config_dir=str(given))
    isolate.prepare(place, options)

    copy = place.xdg / "config/opencode"
    copied = {str(one.relative_to(copy)) for one in copy.rglob("*") if one.is_file()}
    assert copied in ({"opencode.json", "agent/one.md"}, {"opencode.json", "linked/one.md"})
    write(copy / "package.json", "the server's own")
    write(copy / "opencode.json", "changed there")
    (given / "agent/one.md").unlink()
    write(given / "agent/two.md")
    isolate.prepare(place, options)
    left = {str(one.relative_to(copy)): one.read_text() for one in copy.rglob("*") if one.is_file()}
    assert {Path(name).name: text for name, text in left.items()} == {
        "package.json": "the server's own",
        "opencode.json": "changed there",
        "two.md": "x",
    }
    assert (given / "opencode.json").read_text() == "opencode.json"


def test_what_cannot_be_copied_is_refused_before_anything_is_made(machine: Machine, place: Places) -> None:
    big = machine.home / "big"
    big.mkdir()
    with (big / "large").open("wb") as file:
        file.truncate(1 << 30)
    for options in (
        Options("full", str(machine.home / "nowhere.json")),
        Options("data", str(machine.home)),
        Options("full", config_dir=str(machine.home / "nowhere")),
        Options("full", config_dir=str(big)),
    ):
        with pytest.raises(OcprovError) as refused:
            isolate.prepare(place, options)
        assert refused.value.hint
        assert list(place.root.iterdir()) == []


def test_a_disk_that_is_full_is_said_and_the_next_start_is_whole(machine: Machine, place: Places) -> None:
    given = write(machine.home / "auth.json", "1")
    place.root.chmod(0o500) if os.geteuid() else write(
        place.xdg
    )  # root may write everywhere: a file is in its way
    with pytest.raises(OcprovError, match=r"cannot (make|use)"):
        isolate.prepare(place, Options("full", str(given)))
    place.root.chmod(0o700)
    place.xdg.unlink(missing_ok=True)
    isolate.prepare(place, Options("full", str(given)))
    assert (place.xdg / "data/opencode/auth.json").read_text() == "1"


def seen(root: Path, *left_out: Path) -> Mapping[str, object]:
    """Every path with its kind, mode, time and content."""
    found: dict[str, object] = {}
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if Path(folder, name) not in left_out]
        for path in (Path(folder, name) for name in (*names, *files)):
            if path in left_out:
                continue
            about = path.lstat()
            digest = sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            found[str(path)] = (about.st_mode, about.st_size, about.st_mtime_ns, digest)
    return found


WRAPPER = """\
#!/bin/sh
[ "$1" != --version ] || exec {program} "$@"
exec strace -D -f --seccomp-bpf -qq -o {folder}/$$ -e trace={calls} {program} "$@"
"""
CALLS = (
    "open,openat,creat,mkdir,mkdirat,mknod,mknodat,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,symlink,"
    "symlinkat,truncate,chmod,fchmodat,utimensat"
)


def traced(opencode: Opencode) -> tuple[Path, Path | None]:
    """A program that tells which files it writes, and where; OpenCode itself where there is no strace."""
    from tests.opencode.real import PROGRAM

    if not shutil.which("strace"):
        return PROGRAM, None
    folder = opencode.machine.root / "traces"
    folder.mkdir()
    made = opencode.machine.root / "bin/opencode"
    text = WRAPPER.format(folder=folder, calls=CALLS, program=PROGRAM)
    # As large as a program: then its version is asked once.
    write(made, text + "#" * (1 << 20)).chmod(0o755)
    return made, folder


def written(traces: Path) -> set[str]:
    """The paths that a traced program, or what it started, opened to write or changed otherwise."""
    found = set()
    for line in (
        line for trace in traces.iterdir() for line in trace.read_text(errors="replace").splitlines()
    ):
        opens = " open(" in line or " openat(" in line
        if "= -1 " in line or (opens and not any(flag in line for flag in ("O_WRONLY", "O_RDWR", "O_CREAT"))):
            continue
        found |= {word for word in line.split('"')[1::2] if word.startswith("/")}
    return found


@pytest.mark.slow
def test_one_that_shares_nothing_writes_nothing_outside(opencode: Opencode, machine: Machine) -> None:
    """Also while it answers, runs tools, is attached to, and is stopped."""
    directory = opencode.directory()
    write(machine.home / ".bash_profile", "export FROM_PROFILE=1\n")
    write(theirs(machine, "opencode/auth.json"), "{}")
    program, traces = traced(opencode)
    given = write(machine.home / "auth.json", json.dumps({"fake": {"type": "api", "key": "sk-given"}}))
    state = machine.state
    state.mkdir(parents=True)
    before = seen(machine.home, state, directory)

    known = opencode.ensure(
        directory,
        *("--isolation", "full", "--binary", str(program)),
        *("--auth-file", str(given), "--config-dir", str(opencode.config)),
    )
    opencode.ask(known, _work)
    attach = f"exec {sys.executable} -m ocprov server attach --dir {directory}"
    machine.tmux("-f", "/dev/null", "new-session", "-d", "-s", "a", "-x", "100", "-y", "30", attach)
    until(lambda: machine.tmux("display-message", "-p", "-t", "a", "#{alternate_on}") == "1", 60)
    machine.tmux("kill-session", "-t", "=a")
    until(lambda: not list(known.places.root.glob("attach-*")))
    assert known.options.isolation == "full"
    copy = known.places.xdg / "data/opencode/auth.json"
    assert "sk-given" in copy.read_text()
    assert opencode.ocprov("server", "stop", "--dir", str(directory)).returncode == 0

    assert seen(machine.home, state, directory) == before
    own = (str(known.places.root), str(directory), "/dev/", "/proc/")
    if traces:
        assert {path for path in written(traces) if not path.startswith(own)} == set()
        assert any(path.startswith(str(known.places.xdg)) for path in written(traces)), "it was traced"

    deleted = opencode.ocprov("server", "stop", "--delete", "--dir", str(directory))
    assert (deleted.returncode, known.places.root.exists()) == (0, False)
    assert seen(machine.home, state, directory) == before


async def _work(client: Client) -> None:
    one = await client.create("one")
    answer = await client.prompt(one.id, "hello", message=ident.message())
    assert answer.text == "echo: hello"
    await client.prompt(one.id, "tool echo $HOME > made", message=ident.message())
    await client.shell(one.id, "echo $FROM_PROFILE; touch touched", agent="build")


@pytest.mark.slow
def test_own_conversations_with_the_users_configuration_and_logins(
    opencode: Opencode, machine: Machine
) -> None:
    login = write(
        theirs(machine, "opencode/auth.json"), json.dumps({"fake": {"type": "api", "key": "sk-user"}})
    )
    tool = write(theirs(machine, "mise/tool"), "found")
    known = opencode.ensure(None, "--isolation", "data")
    opencode.ask(known, _work)

    async def ask(client: Client) -> tuple[str, int]:
        one = await client.create("two")
        told = await client.shell(one.id, "cat ${XDG_DATA_HOME:?}/mise/tool", agent="build")
        await client._http.ask("PUT", "/auth/other", body={"type": "api", "key": "sk-new"})
        return told.parts[-1].output, len((await client.page()).items)

    assert opencode.ask(known, ask) == (tool.read_text(), 2)
    assert "sk-new" in login.read_text(), "a login that it refreshes is the user's too"
    assert {one.name for one in theirs(machine, "opencode").iterdir()} == {"auth.json"}
    assert opencode.ocprov("server", "stop", "--delete", "--dir", known.directory).returncode == 0
    assert "sk-new" in login.read_text()
