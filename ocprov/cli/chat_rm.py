"""`ocprov chat rm`: remove conversations."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.cli import complete_names
from ocprov.cli.app import App
from ocprov.cli.chat_abort import stopped
from ocprov.cli.chatting import explained, near, near_option, refuse_busy, run
from ocprov.cli.context import json_option
from ocprov.cli.output import counted, envelope
from ocprov.core.names import printable
from ocprov.errors import ConflictError, OcprovError

if TYPE_CHECKING:
    from ocprov.opencode.api.values import Info
    from ocprov.opencode.record import Record


@click.command("rm")
@click.argument(
    "conversations", nargs=-1, required=True, metavar="ID…", shell_complete=complete_names.conversations
)
@click.option("-y", "--yes", is_flag=True, help="do not ask")
@click.option("--force", is_flag=True, help="also what is being worked on, which is aborted")
@near_option
@json_option
@click.pass_obj
def command(
    app: App,
    conversations: tuple[str, ...],
    yes: bool,
    force: bool,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Remove conversations, their messages, and those of their sub-agents, for good.

    With --dir those of that directory alone: one of another directory is refused, and nothing is removed.
    """
    names = tuple(dict.fromkeys(conversations))
    found = [run(_look(name, directory, force=force)) for name in names]
    if not yes and not _agreed([info for _, info in found]):
        app.tell("nothing was removed")
        sys.exit(1)
    for known, info in found:
        run(_remove(known, info.id, force=force))
        if not as_json:
            click.echo(f"{info.id}: removed")
    if as_json:
        click.echo(envelope("chat rm", {"removed": list(names)}))


async def _look(name: str, directory: Path | None, *, force: bool) -> "tuple[Record, Info]":
    """What is to be removed; refused where it must not be."""
    from ocprov.opencode.server import Server
    from ocprov.opencode.talk import owner

    known = await owner.find(name, near(directory))
    if directory is not None and str(near(directory)) != known.directory:
        raise ConflictError(
            f"conversation {name} is of {printable(known.directory)}, not of the directory named",
            f"ocprov chat rm --dir {known.quoted} {name}",
        )
    async with Server.of(known) as server:
        asked = server.conversation(name)
        info = await explained(known, asked.info())
        if not force:
            await refuse_busy(asked, f"abort and remove it: ocprov chat rm --force {name}")
        return known, info


async def _remove(known: "Record", name: str, *, force: bool) -> None:
    from ocprov.opencode.server import Server

    async with Server.of(known) as server:
        asked = server.conversation(name)
        if force and (await asked.state()).works:
            await stopped(asked)
        await explained(known, asked.delete())


def _agreed(infos: "list[Info]") -> bool:
    if not sys.stdin.isatty():
        raise OcprovError(
            f"this would remove {counted(len(infos), 'conversation')} for good, and nobody is there to ask",
            "say so with --yes",
        )
    for info in infos:
        click.echo(f"{info.id}  {printable(info.title)}", err=True)
    return click.confirm(f"Remove {counted(len(infos), 'conversation')} for good?", err=True)
