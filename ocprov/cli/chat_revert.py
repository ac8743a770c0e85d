"""`ocprov chat revert`: go back to before a message."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.cli.app import App
from ocprov.cli.chatting import id_argument, near_option, refuse_busy, talk
from ocprov.cli.context import json_option
from ocprov.cli.output import envelope
from ocprov.cli.prompt_text import utf8
from ocprov.errors import OcprovError

if TYPE_CHECKING:
    from ocprov.opencode.conversation import Conversation


@click.command("revert")
@id_argument
@click.argument("message", default="", metavar="[MESSAGE]")
@click.option("--last", is_flag=True, help="the last prompt")
@near_option
@json_option
@click.pass_obj
def command(
    app: App, conversation: str, message: str, last: bool, directory: Path | None, as_json: bool
) -> None:
    """Go back to before MESSAGE, and with it what the model's tools changed in files, where that is a git project.

    Files that a shell changed stay as they are. The messages are gone with the next prompt; until then `chat unrevert`
    takes it back.
    """
    if bool(message) == last:
        raise click.UsageError("Name a message (ocprov chat show tells their ids), or --last.")

    async def ask(asked: "Conversation") -> str:
        await refuse_busy(asked)
        target = utf8("MESSAGE", message) or await _last(asked)
        await asked.revert(target)
        return target

    target = talk(conversation, directory, ask)
    if as_json:
        click.echo(envelope("chat revert", {"id": conversation, "reverted": target}))
        return
    click.echo(f"{conversation}: reverted to before {target}")
    app.tell(
        f"files that a shell changed stay as they are; take it back: ocprov chat unrevert {conversation}"
    )


async def _last(asked: "Conversation") -> str:
    """The last prompt that is not reverted already."""
    info = await asked.info()
    before = ""
    while True:
        found = await asked.messages(limit=50, before=before)
        for one in reversed(found.items):
            if one.role == "user" and (not info.reverted or one.id < info.reverted):
                return one.id
        before = found.cursor
        if not before:
            raise OcprovError(
                f"conversation {asked.id} has no prompt to go back to", f"ocprov chat show {asked.id}"
            )
