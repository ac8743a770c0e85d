"""`ocprov chat resume`: go on with what was interrupted."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.cli.app import App
from ocprov.cli.chatting import id_argument, near_option, refuse_busy
from ocprov.cli.context import json_option
from ocprov.cli.prompting import answered, show
from ocprov.errors import OcprovError

if TYPE_CHECKING:
    from ocprov.opencode.api.values import Message
    from ocprov.opencode.conversation import Conversation


@click.command("resume")
@id_argument
@near_option
@json_option
@click.pass_obj
def command(app: App, conversation: str, directory: Path | None, as_json: bool) -> None:
    """Let an interrupted prompt be answered: the same one is sent again, and those queued behind it are answered with it.

    Nothing is resumed by itself: what the interrupted one did already, it may do again.
    """

    async def ask(asked: "Conversation") -> "Message":
        await refuse_busy(asked)
        answer = await asked.resume()
        if answer is None:
            raise OcprovError(
                f"conversation {asked.id} was not interrupted: nothing waits for an answer",
                f"ocprov chat show {asked.id}",
            )
        return answer

    answer = answered(app, conversation, directory, ask)
    show(app, answer, "chat resume", conversation, as_json=as_json)
