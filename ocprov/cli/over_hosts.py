"""Commands that read on other machines: asked all at once, by the user's own ssh."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from ocprov.cli.watching import ended_properly
from ocprov.core.value import replace
from ocprov.errors import NOT_AS_WANTED
from ocprov.fleet import at_once, command, reply, ssh
from ocprov.fleet.reply import Reply
from ocprov.fleet.targets import targets
from ocprov.settings.read import read

# From the environment they are about this machine alone: there they mean something only when they were typed.
_OWN = {"socket_name": "-L", "socket_path": "-S"}


def ask(
    name: str,
    words: Sequence[str],
    hosts: Sequence[str],
    inventory: Path | None,
    *,
    costs: bool = False,
) -> list[Reply]:
    """What each of the hosts answers to `ocprov NAME --json WORDS`, in their order; `costs` take their own time.

    OcprovError where a host or the inventory is wrong; a host that does not answer is a reply.
    """
    settings = read()
    how = ssh.of(settings)
    if costs:
        how = replace(how, limit=how.limit + settings.number("alert.timeout"))
    meant = targets(hosts, inventory)
    line = command.reading([*socket_words(), name, "--json", *words])
    with ended_properly():
        ended = at_once.run([how.reading(one, line) for one in meant], how.limit)
    return [reply.read(one.name, name, found, how.limit) for one, found in zip(meant, ended, strict=True)]


def socket_words() -> list[str]:
    """`-L` and `-S` as they were typed: the tmux server is meant that has that name or path there."""
    root = click.get_current_context().find_root()
    typed = [
        name for name in _OWN if root.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    ]
    return [word for name in typed if root.params[name] for word in (_OWN[name], root.params[name])]


def names(layouts: Sequence[str]) -> list[str]:
    """Arguments of a command, which no option can be taken for."""
    return ["--", *layouts] if any(one.startswith("-") for one in layouts) else list(layouts)


def exit_code(replies: Sequence[Reply], *, as_wanted: bool) -> int:
    """1 where no host answered, 3 where something is not as wanted or not known, else 0."""
    if not any(one.ok for one in replies):
        return 1
    return 0 if as_wanted and all(one.ok for one in replies) else NOT_AS_WANTED


def columns() -> int:
    """How wide a line may be: as the terminal is; without one as wide as it comes."""
    from ocprov.cli.watching import width

    return width() if os.isatty(1) else 1 << 16
