"""How a conversation stands, by what its server tells."""

import pytest

from ocprov.opencode.api.values import Asked, Info, Message, Now, Permission, Problem, Question, Status
from ocprov.opencode.heard.standing import Standing, doubtful, standing

AT = 10_000.0
ONE = "ses_1"
IDLE = Now({})
BUSY = Now({ONE: Status("busy")})
RETRY = Now({ONE: Status("retry", 2, "fake 429", AT + 5)})
ABORTED = Problem("MessageAbortedError", "Aborted")


def user(number: int) -> Message:
    return Message(f"msg_{number}", ONE, "user", AT - 100 + number)


def said(number: int, parent: int, *, ended: bool = True, problem: Problem | None = None) -> Message:
    return Message(
        f"msg_{number}",
        ONE,
        "assistant",
        AT - 100 + number,
        parent=f"msg_{parent}",
        completed=AT - 99 + number if ended else 0,
        problem=problem,
    )


def asks(message: str = "", conversation: str = ONE) -> Now:
    wanted = Permission("per_1", conversation, "bash", ("make test",), message=message)
    return Now({ONE: Status("busy")}, (wanted,))


def of(
    *messages: Message, now: Now = IDLE, last: float | None = None, reverted: str = "", stuck: float = 600
) -> Standing:
    info = Info(ONE, "t", "/src/shop", AT - 500, AT - 400, reverted=reverted)
    return standing(info, messages, now, last, at=AT, stuck=stuck)


@pytest.mark.parametrize(
    ("found", "state", "why"),
    [
        pytest.param(of(), "idle", "", id="nothing was said"),
        pytest.param(of(user(1), said(2, 1)), "idle", "", id="answered"),
        pytest.param(of(user(1)), "idle", "", id="a prompt that nobody answers"),
        pytest.param(of(user(1), said(2, 1, ended=False), now=BUSY), "busy", "", id="busy"),
        pytest.param(of(user(1), said(2, 1), now=BUSY), "busy", "", id="busy between two steps"),
        pytest.param(of(user(1), now=RETRY), "retry", "attempt 2: fake 429", id="tries again"),
        pytest.param(of(user(1), said(2, 1, ended=False)), "interrupted", "", id="nothing works on it"),
        pytest.param(
            of(user(1), said(2, 1), said(3, 1, ended=False)), "interrupted", "", id="cut off at a later step"
        ),
        pytest.param(
            of(user(1), said(2, 1, problem=ABORTED, ended=False)), "idle", "aborted", id="aborted by a person"
        ),
        pytest.param(
            of(user(1), said(2, 1, problem=Problem("APIError", "fake 400"))),
            "error",
            "APIError: fake 400",
            id="an error",
        ),
        pytest.param(
            of(user(1), said(2, 1, problem=Problem("UnknownError"))), "error", "UnknownError", id="no reason"
        ),
        pytest.param(
            of(user(1), said(2, 1, problem=Problem("APIError")), user(3), said(4, 3)),
            "idle",
            "",
            id="an error of before",
        ),
    ],
)
def test_the_state_is_told_by_the_status_and_the_end(found: Standing, state: str, why: str) -> None:
    assert (found.state, found.why) == (state, why)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        pytest.param(asks(), "waiting", id="asked by nobody knows which message"),
        pytest.param(asks("msg_4"), "waiting", id="asked by the message at work"),
        pytest.param(asks("msg_9"), "waiting", id="asked by a message that was not read yet"),
        pytest.param(asks("msg_2"), "busy", id="left by an abort, and a later prompt is at work"),
        pytest.param(asks(conversation="ses_2"), "busy", id="asked by another conversation"),
        pytest.param(Now({}, asks().permissions), "interrupted", id="left by an abort, and nothing works"),
    ],
)
def test_it_waits_where_what_works_asks(now: Now, state: str) -> None:
    found = of(user(1), said(2, 1, problem=ABORTED), user(3), said(4, 3, ended=False), now=now)
    assert found.state == state
    assert found.waits_for == ("permission bash: make test" if state == "waiting" else "")


def test_a_message_that_ended_waits_for_nothing() -> None:
    assert of(user(1), said(2, 1, problem=ABORTED), now=asks("msg_2")).state == "busy"


def test_what_is_asked_is_told() -> None:
    now = Now(BUSY.status, (), (Question("que_1", ONE, (Asked("Which one?", ("a", "b")), Asked("Sure?"))),))
    found = of(user(1), said(2, 1, ended=False), now=now)
    assert (found.state, found.waits_for) == ("waiting", "question: Which one? / Sure?")


@pytest.mark.parametrize(
    ("messages", "now", "unanswered"),
    [
        pytest.param((user(1), said(2, 1)), IDLE, "", id="answered"),
        pytest.param((user(1), user(2), said(3, 2)), IDLE, "", id="one answer for two prompts"),
        pytest.param((user(1), user(2), said(3, 1)), IDLE, "", id="the first sent again, answered with both"),
        pytest.param((user(1), said(2, 1, ended=False), user(3)), BUSY, "3", id="queued"),
        pytest.param((user(1), said(2, 1), user(3), user(4)), BUSY, "4", id="queued, the first just begun"),
        pytest.param((user(1), said(2, 1), said(3, 1, ended=False)), BUSY, "", id="a later step"),
        pytest.param((user(1), said(2, 1, ended=False), user(3)), IDLE, "1 3", id="after a crash"),
        pytest.param((user(1), said(2, 1), said(3, 1, ended=False)), IDLE, "1", id="cut off at a later step"),
        pytest.param(
            (said(3, 1), said(4, 1, ended=False)), IDLE, "1", id="the prompt is further up than was read"
        ),
        pytest.param((user(1),), IDLE, "1", id="cut off before an answer was begun"),
        pytest.param((user(1), said(2, 1, problem=ABORTED), user(3)), IDLE, "3", id="queued behind an abort"),
        pytest.param(
            (user(1), said(2, 1, problem=Problem("APIError"))), IDLE, "", id="an error is an answer too"
        ),
    ],
)
def test_prompts_without_an_answer_are_told(messages: tuple[Message, ...], now: Now, unanswered: str) -> None:
    assert of(*messages, now=now).unanswered == tuple(f"msg_{one}" for one in unanswered.split())


@pytest.mark.parametrize(
    ("last", "stuck", "state"),
    [
        pytest.param(None, 99, "busy", id="its messages are newer"),
        pytest.param(None, 98, "stuck", id="its messages are as old"),
        pytest.param(AT - 5, 50, "busy", id="an event came since"),
        pytest.param(AT - 700, 98, "stuck", id="an older event says nothing"),
    ],
)
def test_what_is_busy_and_silent_is_stuck(last: float | None, stuck: float, state: str) -> None:
    assert of(user(1), said(2, 1, ended=False), now=BUSY, last=last, stuck=stuck).state == state


def test_what_waits_for_a_person_is_not_stuck() -> None:
    assert of(user(1), said(2, 1, ended=False), now=asks(), stuck=1).state == "waiting"


def test_what_a_revert_takes_away_does_not_count() -> None:
    found = of(user(1), said(2, 1), user(3), said(4, 3, ended=False), reverted="msg_3")
    assert (found.state, found.unanswered) == ("idle", ())


@pytest.mark.parametrize(
    ("messages", "now", "doubt"),
    [
        pytest.param((user(1), said(2, 1, ended=False)), BUSY, False, id="both at work"),
        pytest.param((user(1), said(2, 1)), IDLE, False, id="both at rest"),
        pytest.param((user(1), said(2, 1)), BUSY, True, id="the status lags behind the end"),
        pytest.param((), BUSY, True, id="busy with nothing"),
        pytest.param((user(1), said(2, 1, ended=False)), IDLE, True, id="at rest in the middle"),
        pytest.param((user(1),), IDLE, True, id="a prompt that was just sent"),
        pytest.param((user(1), said(2, 1)), asks("msg_3"), False, id="a newer message waits"),
    ],
)
def test_a_status_that_the_messages_contradict_is_asked_again(
    messages: tuple[Message, ...], now: Now, *, doubt: bool
) -> None:
    assert doubtful(Info(ONE, "t", "/src/shop", AT, AT), messages, now) is doubt
