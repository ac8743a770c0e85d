"""Names of hosts: those of ssh are taken, and nothing that runs something or is an option."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from ocprov.errors import OcprovError
from ocprov.fleet import ssh_data
from ocprov.fleet.ssh import Ssh
from ocprov.fleet.targets import Target, targets
from tests.fleet.bad import CONTROL, WORDS

GOOD = (
    "box",
    "me@box.example",
    "10.0.0.1",
    "ssh://me@box:2222",
    "[::1]",
    "fe80::1%eth0",
    "bücher.example",
    "a_b-c.d",
)
BAD = {
    **{name: word for name, word in WORDS.items() if name not in ("plain", "a path", "the end of options")},
    **CONTROL,
    "an option of ssh": "-oProxyCommand=touch pwned",
    "an option behind a user": "me@-oProxyCommand",
    "an option in an address": "ssh://-oProxyCommand",
    "a user that runs something": "$(touch pwned)@box",
    "only a comma": ",",
}


@pytest.mark.parametrize("name", GOOD)
def test_what_ssh_takes_is_a_host(name: str) -> None:
    assert targets([name], None) == (Target(name, name),)


@pytest.mark.parametrize("name", BAD.values(), ids=BAD)
def test_what_is_no_host_is_refused(name: str) -> None:
    with pytest.raises(OcprovError) as caught:
        targets(["box", name], None)
    assert caught.value.message.isprintable()


def test_each_host_is_asked_once_in_the_order_in_which_they_were_named() -> None:
    assert [one.name for one in targets(["b,a", "c", "a"], None)] == ["b", "a", "c"]


def test_ssh_gets_the_host_behind_its_options_and_the_command_as_one_word() -> None:
    target = Target("box", "10.0.0.1", ("-p", "22"))
    for arguments in (Ssh(("ssh", "-F", "x")).reading(target, "a b"), Ssh().terminal(target, "a b")):
        assert arguments[-5:] == ["-p", "22", "--", "10.0.0.1", "a b"]


def test_nobody_is_asked_for_anything_and_nothing_of_here_is_lent_to_a_host_that_is_read() -> None:
    told = understood(Ssh(("ssh", "-A", "-X")).reading(lending("box"), "x"))
    for word in ("batchmode yes", "forwardagent no", "forwardx11 no", "clearallforwardings yes"):
        assert word in told
    assert {"host box", "connecttimeout 10", "controlmaster false", "requesttty false"} <= told
    assert "forwardagent yes" in understood(Ssh().terminal(lending("box"), "x"))


def lending(name: str) -> Target:
    """A host for which a configuration says all that it may."""
    told = ssh_data.target(name, {"ssh_forward_agent": True})
    more = (
        "BatchMode=no",
        "ForwardX11=yes",
        "ControlMaster=auto",
        "ClearAllForwardings=no",
        "RequestTTY=force",
    )
    return replace(told, options=(*told.options, *(word for one in more for word in ("-o", one))))


@pytest.mark.parametrize(("limit", "connecting"), [(0.5, 1), (1, 1), (15, 10), (600, 20)])
def test_a_connection_has_less_time_than_the_answer_and_never_none(limit: float, connecting: int) -> None:
    assert f"ConnectTimeout={connecting}" in Ssh(limit=limit).reading(Target("box", "box"), "x")


def understood(arguments: list[str]) -> set[str]:
    """What ssh itself makes of them."""
    done = subprocess.run(
        [arguments[0], "-G", "-F", "/dev/null", *arguments[1:]],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stdout.splitlines())


def test_without_a_command_a_connection_alone_is_asked_for() -> None:
    arguments = Ssh().batch(Target("box", "box"), "", "-N", "-L", "a:b:1")
    assert arguments[1:4] == ["-N", "-L", "a:b:1"]
    assert arguments[-2:] == ["--", "box"]


def test_an_inventory_without_hosts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OcprovError, match="names no host"):
        targets([], written(tmp_path, "nothing = 1\n"))


def written(folder: Path, text: str) -> Path:
    file = folder / "inventory.py"
    file.write_text(text)
    return file


CHOSEN = {
    "all": ([], ["a1", "a2", "b1", "c1"]),
    "a host": (["b1"], ["b1"]),
    "a group": (["a"], ["a1", "a2"]),
    "a pattern": (["?1"], ["a1", "b1", "c1"]),
    "some of them, each once": (["c1,a", "a2"], ["c1", "a1", "a2"]),
}


@pytest.mark.parametrize(("words", "names"), CHOSEN.values(), ids=CHOSEN)
def test_hosts_groups_and_patterns_choose(words: list[str], names: list[str], tmp_path: Path) -> None:
    file = written(tmp_path, 'a = ["a1", "a2"]\nb = ["b1"]\nc = ["c1"]\n')
    assert [one.name for one in targets(words, file)] == names


def test_a_host_that_is_not_in_the_inventory_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, 'a = ["a1"]\n')
    with pytest.raises(OcprovError, match="'b' is no host and no group") as caught:
        targets(["a1", "b"], file)
    assert caught.value.hint == "its hosts: a1"


def test_hosts_that_are_not_reached_by_ssh_can_be_left_out(tmp_path: Path) -> None:
    file = written(tmp_path, 'here = ["@local"]\nboxes = ["one"]\n')
    assert [one.name for one in targets(["boxes"], file)] == ["one"]
    with pytest.raises(OcprovError, match="@local is not reached by ssh"):
        targets([], file)
