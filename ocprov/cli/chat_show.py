"""`ocprov chat show`: a conversation's messages and state."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.cli import show_chat, show_messages
from ocprov.cli.app import App
from ocprov.cli.chatting import id_argument, near_option, stuck, talk
from ocprov.cli.context import json_option
from ocprov.cli.output import envelope
from ocprov.cli.prompt_text import utf8
from ocprov.errors import OcprovError

if TYPE_CHECKING:
    from ocprov.opencode.api.values import Info, Messages
    from ocprov.opencode.conversation import Conversation
    from ocprov.opencode.heard.standing import Standing

_LIMIT = 10


@click.command("show")
@id_argument
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=_LIMIT,
    show_default=True,
    metavar="N",
    help="how many messages, the newest",
)
@click.option("--before", default="", metavar="CURSOR", help="those before, as the page before tells it")
@near_option
@json_option
@click.pass_obj
def command(
    app: App, conversation: str, limit: int, before: str, directory: Path | None, as_json: bool
) -> None:
    """Show how a conversation stands, what it waits for, and its newest messages."""
    silence = stuck()

    async def ask(asked: "Conversation") -> "tuple[Info, Standing, Messages, str]":
        # Before the messages: one that is idle has its last answer whole.
        standing = await asked.state(stuck=silence)
        messages = await _messages(asked, limit, before)
        return await asked.info(), standing, messages, asked.server.record.name

    info, standing, messages, server = talk(conversation, directory, ask)
    if as_json:
        found = show_chat.data(info, standing, server)
        told = [show_messages.data(one) for one in messages.items]
        click.echo(envelope("chat show", {**found, "messages": told, "before": messages.cursor}))
        return
    for line in show_chat.head(info, standing, time.time(), os.environ.get("HOME", "")):
        click.echo(line)
    for line in show_messages.lines(messages.items):
        click.echo(line)
    if messages.cursor:
        app.tell(f"older ones: add --before {messages.cursor}")


async def _messages(asked: "Conversation", limit: int, before: str) -> "Messages":
    from ocprov.opencode.failures import RefusedError

    try:
        return await asked.messages(limit=limit, before=utf8("--before", before))
    except RefusedError as error:
        if not before:
            raise
        raise OcprovError("--before is not what a page told", f"ocprov chat show {asked.id}") from error
