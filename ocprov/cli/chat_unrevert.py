"""`ocprov chat unrevert`: take a revert back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.cli.chatting import id_argument, near_option, refuse_busy, talk
from ocprov.cli.context import json_option
from ocprov.cli.output import envelope
from ocprov.errors import OcprovError

if TYPE_CHECKING:
    from ocprov.opencode.conversation import Conversation


@click.command("unrevert")
@id_argument
@near_option
@json_option
def command(conversation: str, directory: Path | None, as_json: bool) -> None:
    """Take a revert back, files too, as long as no prompt came after it."""

    async def ask(asked: "Conversation") -> str:
        await refuse_busy(asked)
        reverted = (await asked.info()).reverted
        if not reverted:
            raise OcprovError(
                f"conversation {asked.id} is not reverted, or a prompt came after it",
                f"ocprov chat show {asked.id}",
            )
        await asked.unrevert()
        return reverted

    back = talk(conversation, directory, ask)
    shown = envelope("chat unrevert", {"id": conversation, "restored": back})
    click.echo(shown if as_json else f"{conversation}: {back} and what came after it are there again")
