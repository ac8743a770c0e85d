"""Which hosts are meant, and how ssh gets to each of them."""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError

# `user@name`, `ssh://user@name:22`, `[::1]`, `fe80::1%eth0`. What a shell reads as more than a word is not among them:
# ssh puts the name into the commands of a configuration, ProxyCommand and `Match exec`.
_DESTINATION = re.compile(r"[\w.@:%+\[\]/-]+")
_OPTION = re.compile(r"(^|[@/])-")


@dataclass(frozen=True, slots=True)
class Target:
    """A host: its name for people, what ssh is told to reach, and options of ssh's for it alone."""

    name: str
    destination: str
    options: tuple[str, ...] = ()


def targets(hosts: Sequence[str], inventory: Path | None) -> tuple[Target, ...]:
    """The hosts that are meant, each once, in the order in which they were named.

    Without an inventory `hosts` are what ssh takes, several also as `a,b`; with one they are its hosts, groups or
    patterns, and without `hosts` all of its are meant. OcprovError where one is no host, or there is none at all.
    """
    names = [name for given in hosts for name in given.split(",")]
    if inventory is None:
        return tuple({name: by_name(name) for name in names}.values())
    from ocprov.fleet.inventory import read  # late: few have one

    found = read(inventory)
    chosen = [one for name in names for one in found.matching(name)] if names else found.hosts
    if not chosen:
        raise OcprovError(
            f"{printable(str(inventory))} names no host", "pyinfra's format: boxes = ['name', …]"
        )
    return tuple({one.name: one.target() for one in chosen}.values())


def by_name(name: str) -> Target:
    """The host of that name, as the user's ssh_config has it; OcprovError where it is none."""
    refuse_strange(name)
    return Target(name, name)


def matches(name: str, pattern: str) -> bool:
    """Whether a host's or a group's name is meant by a word, as pyinfra's `--limit` has it."""
    return fnmatchcase(name, pattern)


def refuse_strange(destination: str) -> None:
    """OcprovError for what ssh would take as an option, or what runs something where ssh puts it into a command."""
    why = ""
    if not destination:
        why = "is empty"
    elif _OPTION.search(destination):
        why = "begins with -"
    elif not (destination.isprintable() and _DESTINATION.fullmatch(destination)):
        why = "has characters that no host's name has"
    if why:
        raise OcprovError(
            f"the host {printable(destination)!r} {why}",
            "name hosts as you name them to ssh: box, me@box.example, or ssh://me@box:2222",
        )
