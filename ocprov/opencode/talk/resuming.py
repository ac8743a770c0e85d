"""Sending again what a server was asked before it ended."""

from typing import TYPE_CHECKING

from ocprov.errors import OcprovError
from ocprov.opencode.api.values import Message
from ocprov.opencode.talk.sending import answered

if TYPE_CHECKING:
    from ocprov.opencode.conversation import Conversation


async def resume(conversation: "Conversation") -> Message | None:
    """Send the first unanswered prompt again, by its id; those behind it are answered with it. None where there is none."""
    state = await conversation.state()
    if state.works or not state.unanswered:
        return None
    link, prompt = conversation.server.link, state.unanswered[0]
    sent = await link.again(lambda client: client.message(conversation.id, prompt))
    part = next((one for one in sent.parts if one.type == "text"), None)
    if part is None:
        raise OcprovError(
            f"prompt {prompt} has no text to send again", f"ocprov chat send {conversation.id} TEXT"
        )
    return await answered(
        link,
        conversation.id,
        prompt,
        lambda client: client.prompt(
            conversation.id, part.text, message=prompt, model=sent.model, agent=sent.agent, part=part.id
        ),
    )
