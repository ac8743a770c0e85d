"""What a person is told of a command on a host that answered nothing of use."""

from types import SimpleNamespace
from typing import Any, cast

import gevent
import pytest

from ocprov.fleet import connection
from ocprov.fleet.command import MARK
from ocprov.fleet.connection import NoAnswerError, Output


@pytest.mark.parametrize(
    ("output", "message", "hint"),
    [
        (
            Output(False, ("hello", MARK), ("talk", "error: tmux is too old", "hint: update it")),
            "tmux is too old",
            "update it",
        ),
        (Output(False, ("", MARK), ("killed",)), "no answer: killed", "try it by hand"),
        (Output(False, ("hello", MARK), ()), "the connection ended", "run it again"),
        (Output(False, ("This account is locked.",), ()), "no answer: This account is locked.", "try it"),
        (Output(False, (), ()), "the connection ended", "run it again"),
        (Output(True, (), ()), "no answer that can be read", "let what its shell reads at its start"),
        (Output(True, ("hello", MARK), ()), "no answer that can be read", "let what its shell reads"),
        (Output(False, (MARK, "\x1b[2J"), ()), "no answer: \\x1b[2J", "try"),
    ],
    ids=[
        "its own two lines", "talk", "broken off", "a shell that runs nothing", "nothing",
        "what cannot be read", "nothing of ocprov's", "escapes",
    ],
)  # fmt: skip
def test_what_a_host_said_of_itself_is_told(output: Output, message: str, hint: str) -> None:
    error = connection.failure(output)
    assert error.message.startswith(message)
    assert error.hint.startswith(hint)


def test_what_is_told_is_a_line_however_much_a_host_says() -> None:
    error = connection.failure(Output(False, (), (f"error: {'x' * 10_000_000}", f"hint: {'y' * 10_000_000}")))
    assert max(len(error.message), len(error.hint)) <= 200


def test_a_host_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_LONGER", 0.1)
    box = SimpleNamespace(run_shell_command=lambda *_, **__: gevent.sleep(1000))
    state = SimpleNamespace(print_input=False)
    with pytest.raises(NoAnswerError, match=r"no answer within 0\.1 s"):
        connection.run(cast("Any", state), cast("Any", box), "x", [], 0.1, {})
