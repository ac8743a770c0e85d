"""The hosts that the fleet's tests run on are apart from each other and from this machine."""

import os

from tests.conftest import until
from tests.fleet.conftest import install_this
from tests.fleet.sshd import Fleet


def test_each_host_has_a_home_and_a_tmux_of_its_own(three: Fleet) -> None:
    for name in three.hosts:
        done = three.ssh(
            name, 'tmux new-session -d -s "on-$(basename "${HOME%/home}")"; echo "$HOME $TMUX_TMPDIR"'
        )
        assert done.stdout.split() == [str(three[name].home), str(three[name].root / "tmux")], done.stderr
    assert [host.tmux("list-sessions", "-F", "#S") for host in three.hosts.values()] == [
        "on-one",
        "on-two",
        "on-three",
    ]
    there = three.ssh("one", "env").stdout.splitlines()
    names = ("HOME", "TMUX_TMPDIR")
    assert {line.partition("=")[0] for line in there} >= set(names)
    assert not [name for name in names if f"{name}={os.environ[name]}" in there]


def test_a_host_that_crashed_comes_back_with_its_files_and_nothing_else(three: Fleet) -> None:
    one = three["one"]
    three.ssh("one", "touch file; tmux new-session -d; setsid sleep 1000 >/dev/null 2>&1 </dev/null &")
    until(lambda: one.runs("sleep"))
    one.crash()
    assert not one.processes()
    assert "refused" in three.ssh("one", "true").stderr
    one.start(three.root)
    assert three.ssh("one", "ls; tmux has-session").stdout == "file\n"


def test_this_very_ocprov_answers_on_a_host(three: Fleet) -> None:
    install_this(three["two"])
    assert three.ssh("two", ".local/bin/ocprov --version").stdout.startswith("ocprov")
