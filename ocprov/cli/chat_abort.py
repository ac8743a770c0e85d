"""`ocprov chat abort`: stop what a conversation does."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.cli.chatting import id_argument, near_option, talk
from ocprov.cli.context import json_option
from ocprov.cli.output import counted, envelope
from ocprov.errors import OcprovError

if TYPE_CHECKING:
    from ocprov.opencode.conversation import Conversation
    from ocprov.opencode.heard.standing import Standing

# Seconds that it may take until the server tells that it rests.
_PATIENCE = 10.0
_NAP = 0.1


@click.command("abort")
@id_argument
@near_option
@json_option
def command(conversation: str, directory: Path | None, as_json: bool) -> None:
    """Stop what a conversation does, and tell when it rests. Prompts queued behind it stay without an answer."""

    async def ask(asked: "Conversation") -> "tuple[Standing, Standing]":
        before = await asked.state()
        return before, (await stopped(asked) if before.works else before)

    before, after = talk(conversation, directory, ask)
    if as_json:
        found = {
            "id": conversation,
            "aborted": before.works,
            "state": after.state,
            "unanswered": list(after.unanswered),
        }
        click.echo(envelope("chat abort", found))
        return
    if not before.works:
        click.echo(f"{conversation}: there was nothing to abort, it is {before.state}")
        return
    number = len(after.unanswered)
    left = f"; {counted(number, 'prompt')} queued behind it without an answer" if number else ""
    click.echo(f"{conversation}: aborted, it was {before.state}{left}")


async def stopped(asked: "Conversation") -> "Standing":
    """Stop what it does; how it stands then. OcprovError when it goes on."""
    import asyncio

    deadline = time.monotonic() + _PATIENCE
    await asked.abort()
    while (state := await asked.state()).works:
        if time.monotonic() >= deadline:
            raise OcprovError(
                f"conversation {asked.id} still works {_PATIENCE:g} s after it was told to stop",
                f"ocprov server logs --dir {asked.server.record.quoted}",
            )
        await asyncio.sleep(_NAP)
    return state
