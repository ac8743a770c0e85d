"""`ocprov chat send`: send a prompt, and print the answer."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.cli import chatting, complete_names, prompt_text, prompting
from ocprov.cli.app import App
from ocprov.cli.context import json_option
from ocprov.cli.output import envelope

if TYPE_CHECKING:
    from ocprov.opencode.api.values import Message
    from ocprov.opencode.conversation import Conversation


@click.command("send")
@click.argument("words", nargs=-1, metavar="ID [TEXT…]", shell_complete=complete_names.conversations)
@click.option("--new", "fresh", is_flag=True, help="in a new conversation of --dir's server: no ID then")
@click.option("--title", default="", metavar="TEXT", help="what the new one is called")
@chatting.model_options
@click.option("--no-wait", is_flag=True, help="print the prompt's message id, and do not wait")
@chatting.near_option
@json_option
@click.pass_obj
def command(
    app: App,
    words: tuple[str, ...],
    fresh: bool,
    title: str,
    model: str,
    agent: str,
    no_wait: bool,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Send TEXT, or what comes on standard input (-, or no TEXT there), and print the answer.

    On a terminal the answer is printed as it comes. What its tools do, and what it waits for, is told on stderr. After
    Ctrl-C the conversation goes on; chat abort stops it.
    """
    if not fresh and (title or not words):
        raise click.UsageError("--title goes with --new." if title else "Name a conversation, or --new.")
    text = prompt_text.text(words if fresh else words[1:])
    name = _new(directory, title) if fresh else words[0]
    if fresh:
        app.tell(f"conversation {name}")
    if no_wait:
        message = chatting.talk(name, directory, lambda asked: asked.post(text, model, agent))
        found = {"conversation": name, "message": message}
        click.echo(envelope("chat send", found) if as_json else message)
        return
    streamed = sys.stdout.isatty() and not as_json

    async def ask(asked: "Conversation") -> "Message":
        return await (_streamed(asked, text, model, agent) if streamed else asked.prompt(text, model, agent))

    answer = prompting.answered(app, name, directory, ask)
    prompting.show(app, answer, "chat send", name, as_json=as_json, told=streamed)


def _new(directory: Path | None, title: str) -> str:
    async def made() -> str:
        async with chatting.begun(directory or Path(), title, "", "") as conversation:
            return conversation.id

    return chatting.run(made())


async def _streamed(asked: "Conversation", text: str, model: str, agent: str) -> "Message":
    """Print the answer as it comes; the whole of it."""
    end = "\n"
    async for piece in asked.stream(text, model, agent):
        if not isinstance(piece, str):
            if end != "\n":
                click.echo()
            return piece
        if piece:
            click.echo(prompting.plain(piece), nl=False)
            end = piece[-1]
    raise RuntimeError("a stream ended without its answer")
