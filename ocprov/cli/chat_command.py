"""`ocprov chat command`: run a command of OpenCode's in a conversation."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.cli.app import App
from ocprov.cli.chatting import id_argument, near_option
from ocprov.cli.context import json_option
from ocprov.cli.prompt_text import utf8
from ocprov.cli.prompting import answered, show

if TYPE_CHECKING:
    from ocprov.opencode.api.values import Message
    from ocprov.opencode.conversation import Conversation


@click.command("command", context_settings={"ignore_unknown_options": True})
@id_argument
@click.argument("name")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@near_option
@json_option
@click.pass_obj
def command(
    app: App, conversation: str, name: str, arguments: tuple[str, ...], directory: Path | None, as_json: bool
) -> None:
    """Run OpenCode's command NAME (`/NAME ARGUMENTS` in its own interface), and print the answer."""
    words = utf8("the line", " ".join(arguments))

    async def ask(asked: "Conversation") -> "Message":
        return await asked.command(name, words)

    answer = answered(app, conversation, directory, ask)
    show(app, answer, "chat command", conversation, as_json=as_json)
