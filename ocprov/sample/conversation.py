"""Sample conversations as values, made from a seed and a time: the same ones each time."""

import hashlib
from dataclasses import dataclass
from random import Random

from ocprov.sample import content
from ocprov.sample.content import Model, Project

_TURNS = (2, 6)
_STEPS = (2, 5)
MOST_OUTPUT = 1_400
LONGEST_TOKEN = 20


@dataclass(frozen=True, slots=True)
class Step:
    """One answer of a model; times in ms since 1970, from asking to answered; `tool`, used on `about`, is empty in a turn's last."""

    created: int
    completed: int
    tool: str
    about: str
    input: int
    output: int
    cache_read: int
    cache_write: int
    cost: float


@dataclass(frozen=True, slots=True)
class Turn:
    """What the user asked at `created`, and the steps that answer it."""

    created: int
    prompt: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What OpenCode calls a session; `parent` is empty unless it is a sub-agent's."""

    id: str
    parent: str
    project: Project
    title: str
    agent: str
    model: Model
    turns: tuple[Turn, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all turns, in order."""
        return tuple(step for turn in self.turns for step in turn.steps)

    @property
    def created(self) -> int:
        """When it began, in ms."""
        return self.turns[0].created

    @property
    def updated(self) -> int:
        """When its last step was answered, in ms."""
        return self.steps[-1].completed

    @property
    def cost(self) -> float:
        """What it cost, in USD."""
        return sum(step.cost for step in self.steps)


def identifier(prefix: str, milliseconds: int, *key: object) -> str:
    """An id of OpenCode's form: a prefix, 12 hex digits that sort by time, 14 others."""
    tail = hashlib.sha256(repr((prefix, *key)).encode()).hexdigest()
    return f"{prefix}_{milliseconds * 4096 % 16**12:012x}{tail[:14]}"


def main(rng: Random, project: Project, title: str, until: int, *, live: bool = False) -> Conversation:
    """A conversation of a user, answered last at `until`; a live one is long, and builds."""
    agent = "build" if live else rng.choices(content.AGENTS, content.AGENT_WEIGHTS)[0]
    model = content.SONNET if live else rng.choices(content.MAIN_MODELS, content.MAIN_WEIGHTS)[0]
    count = 8 if live else rng.randint(*_TURNS)
    return _conversation(rng, "", project, title, agent, model, count, until)


def sub_agent(rng: Random, parent: Conversation) -> Conversation:
    """A search that `parent` had done for it, in one turn, while it was at work."""
    search = rng.choice(parent.project.searches)
    title = f"{search} (@{content.SUB_AGENT} subagent)"
    until = parent.steps[len(parent.steps) * 2 // 3].created
    model = content.SUB_AGENT_MODEL
    return _conversation(rng, parent.id, parent.project, title, content.SUB_AGENT, model, 1, until)


def _conversation(
    rng: Random, parent: str, project: Project, title: str, agent: str, model: Model, count: int, until: int
) -> Conversation:
    """A conversation of `count` turns, laid out from the last one backwards."""
    prompts = [title, *("Go on." for _ in range(count - 1))]
    turns: list[Turn] = []
    for number in reversed(range(count)):
        context = 9_000 + number * 14_000 + rng.randint(0, 6_000)
        turns.insert(0, _turn(rng, until, prompts[number], context, project, agent, model))
        until = turns[0].created - rng.randint(20_000, 240_000)
    return Conversation(
        identifier("ses", turns[0].created, rng.random()), parent, project, title, agent, model, tuple(turns)
    )


def _turn(
    rng: Random, until: int, prompt: str, context: int, project: Project, agent: str, model: Model
) -> Turn:
    """One turn answered at `until`; `context` is what the model reads again each time, in tokens."""
    tools = content.WORKING if agent == "build" else content.READING
    steps: list[Step] = []
    for left in range(rng.randint(*_STEPS)):
        tool = rng.choice(tools) if left else ""
        about = project.command if tool == "bash" else rng.choice(project.files)
        steps.insert(0, _step(rng, until, tool, about, context, model))
        until = steps[0].created - rng.randint(50, 6_000)
    return Turn(steps[0].created - rng.randint(200, 900), prompt, tuple(steps))


def _step(rng: Random, until: int, tool: str, about: str, context: int, model: Model) -> Step:
    """One step answered at `until`, at 50 to 90 tokens a second."""
    new, output = rng.randint(400, 4_000), rng.randint(120, MOST_OUTPUT)
    cache_write = new if model.cache_write else 0
    tokens = rng.randint(3, 400) + new - cache_write
    cost = (
        tokens * model.input
        + output * model.output
        + context * model.cache_read
        + cache_write * model.cache_write
    ) / 1e6
    created = until - output * rng.randint(11, LONGEST_TOKEN)
    return Step(created, until, tool, about, tokens, output, context, cache_write, round(cost, 6))
