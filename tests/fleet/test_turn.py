"""One host's turn: what is done, in which order, and what a person reads of it, by what the host answers."""

import logging
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pyinfra.api.state import State

from ocprov.fleet import turn
from ocprov.fleet.asked import Asked
from ocprov.fleet.connection import NoAnswerError
from ocprov.fleet.turn import Turn
from tests.conftest import Machine
from tests.fleet.house import thin
from tests.fleet.turning import INSTALLED, KEY, OTHER, Answers, Box, found, reports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pyinfra.api.host import Host


@pytest.fixture(scope="module")
def state() -> State:
    """One run of pyinfra's, for which wheels are collected once."""
    made = State()
    made.failed_hosts, made.ops = set(), {}
    return made


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return thin(tmp_path_factory.mktemp("wheels"))


@pytest.fixture
def mine(machine: Machine, wheels: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Turn]:
    with caplog.at_level(logging.INFO, logger="pyinfra"):
        yield Turn(Asked("{}", KEY, (), str(wheels), 300.0))


def does(state: State, box: Box, call: Any) -> Any:
    """Call a step of a turn for a host that nothing was done to."""
    state.ops = {cast("Host", box): {}}
    return call(state, box)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was told behind the name of the host; that wheels are collected is of none."""
    lines = [line for line in caplog.messages if not line.startswith("collecting wheels")]
    return [line.partition(Box.print_prefix)[2] for line in lines]


def failed(state: State, box: Box) -> bool:
    return box in cast("set[object]", state.failed_hosts)


BROUGHT: dict[str, tuple[Answers, str, list[str]]] = {
    "as asked already": ([reports("same")], "apply", ["a: same", "nothing had to be changed"]),
    "a change": ([reports("change")], "apply", ["a: change"]),
    "a conflict": ([reports("conflict")], "apply", ["error: a: conflict", "hint: a hint"]),
    "another at work": ([reports("busy")], "apply", ["error: a: busy", "hint: a hint"]),
    "from nothing": (
        [found(), INSTALLED, reports("same")],
        "apply install apply",
        ["ocprov: installed", "mine stays", "a: same"],
    ),
    "from an older one": (
        [found(OTHER), INSTALLED, reports("same")],
        "apply install apply",
        ["ocprov: replaced", "mine stays", "a: same"],
    ),
    "no room": ([found(), ""], "apply install", ["error: no", "hint: yes"]),
    "another run that has another ocprov": (
        [found(), INSTALLED, found(OTHER)],
        "apply install apply",
        [
            *("ocprov: installed", "mine stays", "error: another run put another ocprov there meanwhile"),
            "hint: run it again",
        ],
    ),
    "one that is not found afterwards": (
        [found(), INSTALLED, found(KEY)],
        "apply install apply",
        [
            *("ocprov: installed", "mine stays", "error: ocprov was installed and does not answer"),
            "hint: look into ~/.local/share/ocprov there",
        ],
    ),
    "a connection that breaks": (
        [OSError("gone\x1b[2J")],
        "apply",
        ["error: the connection broke: gone\\x1b[2J", "hint: run it again: it goes on"],
    ),
}


@pytest.mark.parametrize(("answers", "asked", "told"), BROUGHT.values(), ids=BROUGHT)
def test_what_is_done_is_told_and_is_a_success_without_an_error(
    answers: Answers, asked: str, told: list[str], mine: Turn, state: State, caplog: pytest.LogCaptureFixture
) -> None:
    box = Box([*answers])
    assert does(state, box, mine.bring) is not any(line.startswith("error: ") for line in told)
    assert said(caplog) == told
    assert [verb for verb, _ in box.asked] == asked.split()


PLANNED: dict[str, tuple[str | Exception, bool, bool, list[str]]] = {
    "as asked": (reports("same"), False, False, ["a: same"]),
    "a change": (reports("change"), True, False, ["a: change"]),
    "a conflict": (reports("conflict"), False, True, ["error: a: conflict", "hint: a hint"]),
    "nothing": (found(), True, False, ["ocprov: to be installed, with its Python 3.12"]),
    "another one": (
        reports("same", OTHER), True, False, ["ocprov: to be replaced by the one here", "a: same"],
    ),
    "an error": ("", False, True, ["error: no", "hint: yes"]),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "changes", "fails", "told"), PLANNED.values(), ids=PLANNED)
def test_a_plan_is_told_and_what_stands_against_it_fails_the_run_unless_it_is_done(
    answer: str | Exception, changes: bool, fails: bool, told: list[str], mine: Turn, state: State,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    box = Box([answer])
    assert does(state, box, mine.plan) is changes
    assert said(caplog) == told
    assert failed(state, box) is fails
    does(state, box, mine.settle)
    assert not failed(state, box)


def test_a_host_that_failed_otherwise_stays_failed(mine: Turn, state: State) -> None:
    box = Box([reports("same")])
    does(state, box, mine.plan)
    state.failed_hosts.add(cast("Host", box))
    does(state, box, mine.settle)
    assert failed(state, box)


SYNC: dict[str, tuple[str, bool]] = {
    "as asked": (reports("same"), True),
    "a change": (reports("change"), False),
    "another ocprov": (reports("same", OTHER), False),
    "none": (found(), False),
    "an error": ("", False),
}


@pytest.mark.parametrize(("answer", "expected"), SYNC.values(), ids=SYNC)
def test_whether_all_is_as_asked(
    answer: str, expected: bool, mine: Turn, state: State, caplog: pytest.LogCaptureFixture
) -> None:
    assert does(state, Box([answer]), mine.in_sync) is expected
    assert said(caplog) == ["a: same"] * expected


def test_a_host_that_does_not_answer_is_not_taken_for_one_that_differs(mine: Turn, state: State) -> None:
    with pytest.raises(NoAnswerError):
        does(state, Box([EOFError()]), mine.in_sync)


@pytest.mark.parametrize(
    ("planned", "executed", "fresh", "asks"),
    [
        (reports("same"), False, 60.0, 0),
        (reports("same"), True, 60.0, 1),
        (reports("same"), False, -1.0, 1),
        (reports("change"), False, 60.0, 1),
        (reports("same", OTHER), False, 60.0, 1),
    ],
    ids=["just seen", "something was done since", "long ago", "it differed", "another ocprov"],
)
def test_what_was_seen_is_believed_for_a_while(
    planned: str, executed: bool, fresh: float, asks: int, mine: Turn, state: State,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(turn, "FRESH", fresh)
    box = Box([planned, reports("change")])
    does(state, box, mine.plan)
    done = SimpleNamespace(operation_meta=SimpleNamespace(executed=executed))
    state.ops = {cast("Host", box): {"earlier": cast("Any", done)}}
    assert mine.in_sync(state, cast("Host", box)) is not bool(asks)
    assert box.asked[1:] == [("look", 60.0)] * asks


def test_a_look_has_a_limit_of_its_own_and_a_command_the_rights_that_pyinfra_was_told(
    mine: Turn, state: State
) -> None:
    box = Box([reports("same"), reports("same")])
    box.current_op_global_arguments = {"_sudo": True, "_timeout": 7, "_stdin": "x", "_if": None}
    does(state, box, mine.plan)
    does(state, box, mine.bring)
    assert box.asked == [("look", 60.0), ("apply", 300.0)]
    assert (box.given["_sudo"], box.given["_stdin"], "_if" in box.given) == (True, ["{}"], False)
