"""`ocprov chat fork`: copy a conversation."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.cli.chatting import id_argument, near_option, talk
from ocprov.cli.context import json_option
from ocprov.cli.output import envelope
from ocprov.cli.prompt_text import utf8

if TYPE_CHECKING:
    from ocprov.opencode.conversation import Conversation


@click.command("fork")
@id_argument
@click.option(
    "--at", "message", default="", metavar="MESSAGE", help="up to before this one  [default: whole]"
)
@near_option
@json_option
def command(conversation: str, message: str, directory: Path | None, as_json: bool) -> None:
    """Copy a conversation, whole or up to a message, and print the copy's id; its costs are in the copy again."""

    async def ask(asked: "Conversation") -> tuple[str, str]:
        made = await asked.fork(utf8("--at", message))
        return made.id, asked.server.record.directory

    name, where = talk(conversation, directory, ask)
    found = {"id": name, "from": conversation, "at": message, "directory": where}
    click.echo(envelope("chat fork", found) if as_json else name)
