"""What `ocprov chat run` says."""

import json
from typing import Any

import pytest

from ocprov.cli.show_run import Outcome, data, line, problem
from ocprov.opencode.failures import ForeignError

GONE = ForeignError("the server is gone", "start it")


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome(0, {}), "0 prompts: 0 ok"),
        (Outcome(1, {"ok": 1}, results="r"), "1 prompt: 1 ok; results: r"),
        (Outcome(4, {"ok": 2, "error": 1}), "4 prompts: 2 ok, 1 error, 1 not sent"),
        (Outcome(2, {"ok": 2}, before=1), "2 prompts: 2 ok (1 of them before)"),
        (Outcome(1, {"ok": 1}, results="a\nb"), "1 prompt: 1 ok; results: a\\nb"),
    ],
)
def test_the_outcome_is_a_line(outcome: Outcome, said: str) -> None:
    assert line(outcome) == said


@pytest.mark.parametrize(
    ("outcome", "code", "said", "hint"),
    [
        (
            Outcome(2, {"ok": 1}, why=GONE),
            4,
            "1 prompt not sent: the server is gone",
            "start it; then the same",
        ),
        (Outcome(2, {"error": 1}), 1, "1 prompt not sent, as one failed", "--retry-failed"),
        (Outcome(2, {"ok": 1, "error": 1}), 1, "1 of 2 prompts failed", "--retry-failed"),
        (Outcome(1, {"interrupted": 1}), 1, "1 of 1 prompt failed", "the same command again goes on"),
    ],
)
def test_what_is_not_answered_is_a_failure(outcome: Outcome, code: int, said: str, hint: str) -> None:
    error = problem(outcome)
    assert error is not None
    assert (error.exit_code, error.message) == (code, said)
    assert hint in error.hint


def test_all_answered_is_none() -> None:
    assert problem(Outcome(2, {"ok": 2})) is None


def test_a_program_gets_every_count() -> None:
    found: dict[str, Any] = json.loads(data(Outcome(3, {"ok": 1, "aborted": 1}, 1, results="r")))
    assert found["command"] == "chat run"
    assert found["data"] == {
        "prompts": 3,
        "ok": 1,
        "error": 0,
        "aborted": 1,
        "interrupted": 0,
        "unsent": 1,
        "before": 1,
        "results": "r",
    }
