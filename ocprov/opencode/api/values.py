"""What OpenCode keeps, as values; times are seconds of the epoch, costs US dollars. Read by `reading`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Reply = Literal["once", "always", "reject"]


@dataclass(frozen=True, slots=True)
class Info:
    """What a server tells of a conversation; `parent` is that of a sub-agent's, `reverted` the message it went back to."""

    id: str
    title: str
    directory: str
    created: float
    updated: float
    parent: str = ""
    archived: bool = False
    cost: float = 0.0
    tokens: int = 0
    agent: str = ""
    model: str = ""
    reverted: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a message ended: OpenCode's name for it, and what it says."""

    name: str
    message: str = ""

    @property
    def aborted(self) -> bool:
        """Whether a person or a program wanted it so."""
        return self.name == "MessageAbortedError"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message: `text`, `reasoning`, `tool`, `step-start`, `step-finish`, `patch` and others.

    `tool`, `status` and `output` are a tool's: its name, pending, running, completed or error, and what it gave.
    `synthetic`: OpenCode wrote it in the user's name.
    """

    id: str
    type: str
    text: str = ""
    tool: str = ""
    status: str = ""
    output: str = ""
    given: Mapping[str, object] = field(default_factory=dict)
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message with its parts; `parent` is the user's message that an assistant's answers, `completed` 0 while it does not.

    `merged`, of the answer to a prompt: it is the answer to a later prompt too, which came before it was begun.
    """

    id: str
    conversation: str
    role: Literal["user", "assistant"]
    created: float
    parts: tuple[Part, ...] = ()
    parent: str = ""
    completed: float = 0.0
    problem: Problem | None = None
    agent: str = ""
    model: str = ""
    cost: float = 0.0
    tokens: int = 0
    merged: bool = False

    @property
    def text(self) -> str:
        """The text parts, joined."""
        return "".join(part.text for part in self.parts if part.type == "text")


@dataclass(frozen=True, slots=True)
class Page:
    """Conversations or messages of one page, and the cursor of the next, empty after the last."""

    items: tuple[Info, ...]
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages of one page, oldest first, and the cursor of those before, empty at the first."""

    items: tuple[Message, ...]
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """A conversation that works: busy, or retry with its attempt, why, and when (epoch) it tries again."""

    type: Literal["busy", "retry"]
    attempt: int = 0
    message: str = ""
    next: float = 0.0


@dataclass(frozen=True, slots=True)
class Permission:
    """What a conversation asks to be allowed; `always` is what the reply of that name allows, `message` what asks."""

    id: str
    conversation: str
    permission: str
    patterns: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: its text, and the labels that may be chosen."""

    text: str
    labels: tuple[str, ...] = ()
    multiple: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What a conversation asks a person; `message` is the one that asks."""

    id: str
    conversation: str
    questions: tuple[Asked, ...] = ()
    message: str = ""


@dataclass(frozen=True, slots=True)
class Now:
    """What a server tells of all that works or waits in its directory, by conversation."""

    status: Mapping[str, Status]
    permissions: tuple[Permission, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Where:
    """Which directory a server works in, and the worktree around it."""

    directory: str
    worktree: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a server offers: models as `provider/model`, the default one (may be empty), agents, commands."""

    models: tuple[str, ...]
    default: str = ""
    agents: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
