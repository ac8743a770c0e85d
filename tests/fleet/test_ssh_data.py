"""What ssh is told of a host of an inventory, and what is refused."""

import pytest

from ocprov.errors import OcprovError
from ocprov.fleet.ssh_data import target

OPTIONS: dict[str, tuple[dict[str, object], list[str]]] = {
    "nothing": ({}, []),
    "a port": ({"ssh_port": 2222}, ["-p", "2222"]),
    "a port as text": ({"ssh_port": "2222"}, ["-p", "2222"]),
    "a user": ({"ssh_user": "me"}, ["-l", "me"]),
    "a key": ({"ssh_key": "/k/50%"}, ["-i", "/k/50%%", "-o", "IdentitiesOnly=yes"]),
    "a configuration": ({"ssh_config_file": "/c"}, ["-F", "/c"]),
    "known hosts": ({"ssh_known_hosts_file": "/a %b"}, ["-o", 'UserKnownHostsFile="/a %%b"']),
    **{
        f"strictness, {how}": ({"ssh_strict_host_key_checking": how}, ["-o", f"StrictHostKeyChecking={how}"])
        for how in ("yes", "no", "off", "ask", "accept-new")
    },
    "an agent": ({"ssh_forward_agent": True}, ["-o", "ForwardAgent=yes"]),
    "no agent": ({"ssh_allow_agent": False}, ["-o", "IdentityAgent=none"]),
    "what is pyinfra's alone": ({"ssh_connect_retries": 3, "_sudo": True, "ssh_password": "x"}, []),
}


@pytest.mark.parametrize(("data", "options"), OPTIONS.values(), ids=OPTIONS)
def test_data_of_a_host_is_told_to_ssh(data: dict[str, object], options: list[str]) -> None:
    assert list(target("box", data).options) == options


def test_the_name_is_what_people_read_and_the_hostname_what_ssh_reaches() -> None:
    found = target("the big one", {"ssh_hostname": "10.0.0.1"})
    assert (found.name, found.destination) == ("the big one", "10.0.0.1")


def test_a_home_is_the_user_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/h")
    assert target("box", {"ssh_key": "~/k"}).options[1] == "/h/k"


BAD: dict[str, tuple[str, dict[str, object]]] = {
    "this machine": ("@local", {}),
    "a container": ("@docker/image", {}),
    "a container that colours": ("@docker/\x1b[31m", {}),
    "a name that is an option": ("-oProxyCommand=x", {"ssh_hostname": "box"}),
    "a name with a line break": ("a\nb", {"ssh_hostname": "box"}),
    "a hostname that is an option": ("box", {"ssh_hostname": "-oProxyCommand=x"}),
    "a hostname that runs something": ("box", {"ssh_hostname": "$(touch pwned)"}),
    "a user that runs something": ("box", {"ssh_user": "`touch pwned`"}),
    "no port": ("box", {"ssh_port": "22; touch pwned"}),
    "a port out of range": ("box", {"ssh_port": 70000}),
    "a negative port": ("box", {"ssh_port": -1}),
    "no port's number": ("box", {"ssh_port": "0"}),
    "a path with a quote": ("box", {"ssh_known_hosts_file": '/a" b'}),
    "a path with a line break": ("box", {"ssh_key": "/a\nProxyCommand x"}),
    "a path that is none": ("box", {"ssh_key": 3}),
    "a strictness that is none": ("box", {"ssh_strict_host_key_checking": "no\nProxyCommand x"}),
}


@pytest.mark.parametrize(("name", "data"), BAD.values(), ids=BAD)
def test_what_ssh_would_take_for_something_else_is_refused(name: str, data: dict[str, object]) -> None:
    with pytest.raises(OcprovError) as caught:
        target(name, data)
    assert caught.value.message.isprintable()
