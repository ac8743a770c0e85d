"""A host's data as pyinfra has it, told to ssh; pure but for the user's home."""

import os.path
from collections.abc import Iterator, Mapping
from typing import Any

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.fleet.targets import Target, refuse_strange

_HIGHEST_PORT = 65535
_STRICT = ("yes", "no", "off", "ask", "accept-new")
# Passwords cannot be given to ssh, and of what else there is pyinfra alone makes something.
_TEXTS = ("ssh_hostname", "ssh_user", "ssh_key", "ssh_config_file", "ssh_known_hosts_file")


def target(name: str, data: Mapping[str, Any]) -> Target:
    """How ssh gets to a host; OcprovError where it is not reached by ssh, or something in its data is wrong."""
    if name.startswith("@") and not name.startswith("@ssh/"):
        raise OcprovError(
            f"{printable(name)} is not reached by ssh",
            "ocprov reads hosts by ssh alone: name the others with --host, by names, groups or patterns",
        )
    if name.startswith("-") or not name.isprintable():
        raise _wrong(name, "its name", name)
    texts = {key: _text(name, key, data[key]) for key in _TEXTS if data.get(key)}
    destination = texts.get("ssh_hostname", name)
    refuse_strange(destination)
    if user := texts.get("ssh_user"):
        refuse_strange(user)
    return Target(name, destination, (*_way(name, texts, data), *_trust(name, texts, data)))


def _way(name: str, texts: Mapping[str, str], data: Mapping[str, Any]) -> Iterator[str]:
    """How to get there, and as whom."""
    if file := texts.get("ssh_config_file"):
        yield from ("-F", os.path.expanduser(file))  # noqa: PTH111 # as a text
    if data.get("ssh_port"):
        yield from ("-p", str(_port(name, data["ssh_port"])))
    if user := texts.get("ssh_user"):
        yield from ("-l", user)
    if key := texts.get("ssh_key"):
        yield from ("-i", _literal(key), "-o", "IdentitiesOnly=yes")


def _trust(name: str, texts: Mapping[str, str], data: Mapping[str, Any]) -> Iterator[str]:
    """What is believed of the host, and lent to it."""
    if known := texts.get("ssh_known_hosts_file"):
        yield from ("-o", f'UserKnownHostsFile="{_literal(known)}"')
    if strict := data.get("ssh_strict_host_key_checking"):
        yield from ("-o", f"StrictHostKeyChecking={_strict(name, strict)}")
    if data.get("ssh_forward_agent") is True:
        yield from ("-o", "ForwardAgent=yes")  # -A would undo what goes before it
    if data.get("ssh_allow_agent") is False:
        yield from ("-o", "IdentityAgent=none")


def _literal(path: str) -> str:
    """A path in which ssh expands nothing but what it expands in none."""
    return os.path.expanduser(path).replace("%", "%%")  # noqa: PTH111 # as a text


def _port(name: str, value: object) -> int:
    try:
        port = int(str(value))
    except ValueError:
        port = 0
    if not 0 < port <= _HIGHEST_PORT:
        raise _wrong(name, "ssh_port", value)
    return port


def _strict(name: str, value: object) -> str:
    if value not in _STRICT:
        raise _wrong(name, "ssh_strict_host_key_checking", value)
    return str(value)


def _text(name: str, key: str, value: object) -> str:
    text = str(value)
    if not isinstance(value, (str, os.PathLike)) or not text.isprintable() or '"' in text:
        raise _wrong(name, key, value)
    return text


def _wrong(name: str, key: str, value: object) -> OcprovError:
    return OcprovError(
        f"the inventory's host {printable(name)!r}: {key} cannot be {printable(repr(value))[:80]}",
        "pyinfra's documentation of the SSH connector tells what it may be",
    )
