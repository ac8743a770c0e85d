"""Which answer is whose, where several prompts wait in one conversation; pure.

OpenCode answers prompts that queued up with one answer, whose parent is the last of them, and gives everybody who waits
what it said last, whichever prompt that is the answer to.
"""

from collections.abc import Sequence
from dataclasses import replace

from ocprov.opencode.api.values import Message


def answer(messages: Sequence[Message], prompt: str) -> Message | None:
    """The last step of the answer to a prompt, None where it has none; `messages` are all from the prompt on.

    `merged` where it is the answer to a later prompt too.
    """
    prompts = {one.id: one for one in messages if one.role == "user" and not _compacts(one)}
    last: dict[str, Message] = {}
    for one in messages:
        if (
            one.role == "assistant"
            and one.parent >= prompt
            and (one.parent in prompts or one.parent == prompt)
        ):
            last[one.parent] = one
    parents = sorted(last)
    parent = next((one for one in parents if not amid(last[one])), parents[-1] if parents else "")
    if not parent:
        return None
    others = any(prompt < name <= parent and not _own(one) for name, one in prompts.items())
    return replace(last[parent], merged=others)


def whole(message: Message) -> bool:
    """Whether an answer is one: not failed, cut off, or in the middle of its tools."""
    return bool(message.completed) and not message.problem and not amid(message)


def amid(message: Message) -> bool:
    """Whether it calls tools, so that more follows where nothing stops it."""
    return message.problem is None and any(part.type == "tool" for part in message.parts)


def passed(messages: Sequence[Message], prompt: str) -> bool:
    """Whether other prompts came after this one: sent again, it would be taken for answered by what answered them."""
    return any(one.role == "user" and one.id > prompt for one in messages)


def _own(message: Message) -> bool:
    """Whether OpenCode wrote this prompt itself: go on after a sub-agent, or after it made the conversation shorter."""
    return bool(message.parts) and all(part.synthetic for part in message.parts)


def _compacts(message: Message) -> bool:
    return any(part.type == "compaction" for part in message.parts)
