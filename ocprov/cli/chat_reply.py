"""`ocprov chat reply`: answer what a conversation asks."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.cli.chatting import id_argument, near_option, talk
from ocprov.cli.context import json_option
from ocprov.cli.output import envelope
from ocprov.cli.prompt_text import utf8
from ocprov.cli.replying import answers, chosen, permitted
from ocprov.core.names import printable
from ocprov.opencode.api.values import Permission, Question
from ocprov.opencode.heard.standing import asked as told

if TYPE_CHECKING:
    from ocprov.opencode.conversation import Conversation


@click.command("reply")
@id_argument
@click.argument("words", nargs=-1, required=True, metavar="once|always|reject|TEXT…")
@click.option("--request", default="", metavar="ID", help="which one, where it asks several things")
@near_option
@json_option
def command(
    conversation: str, words: tuple[str, ...], request: str, directory: Path | None, as_json: bool
) -> None:
    """Answer what a conversation waits for, as chat show tells it.

    A permission: once, always (what is like it too, until the server ends) or reject, and why. A question: a label or text
    of your own; a word for each where there are several; reject declines.
    """
    given = tuple(utf8("the answer", word) for word in words)

    async def ask(asked: "Conversation") -> Permission | Question:
        return await _reply(asked, request, given)

    entry = talk(conversation, directory, ask)
    found = {"id": conversation, "request": entry.id, "reply": list(given)}
    line = f"{conversation}: {printable(told(entry))}: {printable(' '.join(given))}"
    click.echo(envelope("chat reply", found) if as_json else line)


async def _reply(asked: "Conversation", request: str, words: Sequence[str]) -> Permission | Question:
    """Answer the one that is meant, which a sub-agent of it may have asked."""
    state = await asked.state()
    entry = chosen(asked.id, state, request)
    now = await asked.server.client.now()
    entries: tuple[Permission | Question, ...] = (*now.permissions, *now.questions)
    asker = next((one.conversation for one in entries if one.id == entry.id), asked.id)
    whose = asked.server.conversation(asker)
    if isinstance(entry, Permission):
        await whose.reply(entry.id, permitted(words), " ".join(words[1:]))
    else:
        await whose.answer(entry.id, answers(entry, words))
    return entry
