"""What `ocprov chat run` says: pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass

from ocprov.cli.output import counted, envelope
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.opencode.bulk.results import STATES, State


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a file of prompts: how many are in which state, `before` of them by a run before.

    `why` tells why not all were sent, where that is known; `signal` is the number of the one that ended the run.
    """

    prompts: int
    states: Mapping[State, int]
    before: int = 0
    why: OcprovError | None = None
    signal: int = 0
    results: str = ""

    @property
    def unsent(self) -> int:
        """How many have no result."""
        return self.prompts - sum(self.states.values())

    @property
    def failed(self) -> int:
        """How many have a result that is none."""
        return sum(count for state, count in self.states.items() if state != "ok")


def line(outcome: Outcome) -> str:
    """The outcome for a person."""
    words = [f"{outcome.states.get('ok', 0)} ok"]
    words += [f"{count} {state}" for state, count in outcome.states.items() if state != "ok" and count]
    words += [f"{outcome.unsent} not sent"] if outcome.unsent else []
    before = f" ({outcome.before} of them before)" if outcome.before else ""
    where = f"; results: {printable(outcome.results)}" if outcome.results else ""
    return f"{counted(outcome.prompts, 'prompt')}: {', '.join(words)}{before}{where}"


def data(outcome: Outcome) -> str:
    """The outcome for a program."""
    states: dict[str, int] = {state: outcome.states.get(state, 0) for state in STATES}
    return envelope(
        "chat run",
        {
            "prompts": outcome.prompts,
            **states,
            "unsent": outcome.unsent,
            "before": outcome.before,
            "results": outcome.results or None,
        },
    )


def problem(outcome: Outcome) -> OcprovError | None:
    """Why it is a failure, and what to do; None where every prompt was answered."""
    if outcome.unsent:
        why = f": {outcome.why.message}" if outcome.why else ", as one failed"
        error = OcprovError(
            f"{counted(outcome.unsent, 'prompt')} not sent{why}",
            f"{outcome.why.hint}; then the same command again: it goes on"
            if outcome.why
            else "the same command again goes on; with --retry-failed what failed is sent again too",
        )
        error.exit_code = outcome.why.exit_code if outcome.why else error.exit_code
        return error
    if not outcome.failed:
        return None
    interrupted = outcome.states.get("interrupted", 0)
    return OcprovError(
        f"{outcome.failed} of {counted(outcome.prompts, 'prompt')} failed",
        "the same command again goes on"
        if interrupted == outcome.failed
        else "see error in the results; the same command with --retry-failed sends them again",
    )
