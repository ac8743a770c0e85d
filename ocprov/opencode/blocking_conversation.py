"""A conversation for programs without a loop: the methods of `conversation.Conversation`, which wait."""

from collections.abc import Iterator, Sequence
from functools import partial

from ocprov.opencode import conversation
from ocprov.opencode.api.client import PAGE
from ocprov.opencode.api.values import Info, Message, Messages, Reply
from ocprov.opencode.heard.standing import STUCK, Standing
from ocprov.opencode.portal import Portal
from ocprov.opencode.talk.shell import LIMIT, Ran


class Conversation:
    """As `ocprov.opencode.Conversation`."""

    def __init__(self, portal: Portal, inner: conversation.Conversation) -> None:
        self._portal = portal
        self._inner = inner

    @property
    def id(self) -> str:
        """Its id."""
        return self._inner.id

    def info(self) -> Info:
        """Its title, times, cost."""
        return self._portal.run(self._inner.info)

    def messages(self, *, limit: int = PAGE, before: str = "") -> Messages:
        """The newest messages, oldest first."""
        return self._portal.run(partial(self._inner.messages, limit=limit, before=before))

    def state(self, *, stuck: float = STUCK) -> Standing:
        """How it stands."""
        return self._portal.run(partial(self._inner.state, stuck=stuck))

    def prompt(self, text: str, model: str = "", agent: str = "", *, message: str = "") -> Message:
        """Send a prompt and wait for its answer."""
        return self._portal.run(partial(self._inner.prompt, text, model, agent, message=message))

    def post(self, text: str, model: str = "", agent: str = "", *, message: str = "") -> str:
        """Send a prompt and do not wait; its message id."""
        return self._portal.run(partial(self._inner.post, text, model, agent, message=message))

    def stream(self, text: str, model: str = "", agent: str = "") -> Iterator[str | Message]:
        """Send a prompt; the pieces of its answer's text as they come, and then the whole answer."""
        return self._portal.each(self._inner.stream(text, model, agent))

    def shell(self, line: str, agent: str = "build", limit: int = LIMIT) -> Ran:
        """Run any line of shell in its directory."""
        return self._portal.run(partial(self._inner.shell, line, agent, limit))

    def command(self, name: str, arguments: str = "") -> Message:
        """Run a command of OpenCode's and wait for its answer."""
        return self._portal.run(partial(self._inner.command, name, arguments))

    def abort(self) -> None:
        """Stop what it does."""
        self._portal.run(self._inner.abort)

    def revert(self, message: str) -> Info:
        """Go back to before `message`."""
        return self._portal.run(partial(self._inner.revert, message))

    def unrevert(self) -> Info:
        """Take a revert back."""
        return self._portal.run(self._inner.unrevert)

    def fork(self, message: str = "") -> "Conversation":
        """A copy, up to before `message`, or whole."""
        return Conversation(self._portal, self._portal.run(partial(self._inner.fork, message)))

    def delete(self) -> None:
        """Remove it and its messages."""
        self._portal.run(self._inner.delete)

    def reply(self, permission: str, reply: Reply, message: str = "") -> None:
        """Answer a request to be allowed something."""
        self._portal.run(partial(self._inner.reply, permission, reply, message))

    def answer(self, question: str, answers: Sequence[Sequence[str]]) -> None:
        """Answer a question; no answers at all decline."""
        self._portal.run(partial(self._inner.answer, question, answers))

    def resume(self) -> Message | None:
        """Send an interrupted prompt again, and wait for the answer."""
        return self._portal.run(self._inner.resume)
