"""What `ocprov chat` prints of conversations: nothing that a terminal obeys, nothing wider than it."""

import re
from pathlib import Path

import pytest

from ocprov.cli import show_chat, show_messages
from ocprov.opencode.api.values import Asked, Info, Message, Part, Permission, Problem, Question
from ocprov.opencode.heard.standing import Standing, State
from ocprov.opencode.record import Record
from ocprov.opencode.talk import shell
from ocprov.opencode.talk.listing import Listing, Row
from ocprov.picker.text import width

AT = 10_000.0
HOME = "/home/dev"
ONE = "ses_e01199890ffe1omO2uyJPkVrfm"


def row(
    title: str = "a title", directory: str = "/home/dev/src/shop", state: State = "idle", cost: float = 0
) -> Row:
    info = Info(ONE, title, directory, AT, AT, cost=cost)
    return Row(info, Standing(state, active=AT - 3700), Record(directory))


def seen(lines: list[str]) -> list[str]:
    return [re.sub(r"\033\[[0-9;]*m", "", line) for line in lines]


ROWS = (row(), row("漢字" * 40, "/srv/" + "long/" * 20, "interrupted", 12.3456), row("\x1b]0;x\x07" * 9))


@pytest.mark.parametrize("columns", [80, 100, 132, 200])
def test_a_line_is_no_wider_than_the_terminal(columns: int) -> None:
    lines = seen(show_chat.lines(Listing(ROWS), AT, HOME, columns))
    assert max(map(width, lines)) <= columns
    assert all(line.startswith(ONE) for line in lines)


def test_where_nobody_looks_nothing_is_cut() -> None:
    lines = seen(show_chat.lines(Listing(ROWS), AT, HOME, None))
    assert (
        lines[0] == f"{ONE}  idle         1h 1m          ~/src/shop" + lines[0][lines[0].index("shop") + 4 :]
    )
    assert lines[0].endswith("a title")
    assert "漢字" * 40 in lines[1]
    assert r"\x1b]0;x\x07" in lines[2]


def test_the_directory_is_told_where_there_are_several() -> None:
    assert "~/src/shop" not in show_chat.lines(Listing((row(), row())), AT, HOME, 80)[0]


@pytest.mark.parametrize(
    ("standing", "lines"),
    [
        pytest.param(Standing("idle", "aborted"), ["aborted, ~/src/shop"], id="aborted"),
        pytest.param(
            Standing("error", "APIError: \x1b[2J"), ["error, ~/src/shop", r"APIError: \x1b[2J"], id="an error"
        ),
        pytest.param(
            Standing("busy", unanswered=("a", "b")),
            ["busy, ~/src/shop", "2 prompts queued behind the one that it works on"],
            id="queued",
        ),
        pytest.param(
            Standing("interrupted", unanswered=("a",)),
            [
                "interrupted, ~/src/shop",
                f"1 prompt without an answer; let it answer: ocprov chat resume {ONE}",
            ],
            id="cut off",
        ),
        pytest.param(
            Standing("waiting", permissions=(Permission("per_1", ONE, "bash", ("rm \x1b[m",), ("rm *",)),)),
            [
                "waiting, ~/src/shop",
                r"waits for permission bash: rm \x1b[m",
                f"  answer: ocprov chat reply {ONE} once|always|reject (always: rm *)",
            ],
            id="a permission",
        ),
        pytest.param(
            Standing("waiting", questions=(Question("que_1", ONE, (Asked("Which?", ("a", "b")),)),)),
            [
                "waiting, ~/src/shop",
                "waits for an answer to question: Which?",
                "  one of: a, b",
                f"  answer: ocprov chat reply {ONE} TEXT",
            ],
            id="a question",
        ),
        pytest.param(
            Standing(
                "waiting",
                permissions=(Permission("per_1", ONE, "edit"),),
                questions=(Question("que_1", ONE, (Asked("A?", multiple=True), Asked("B?"))),),
            ),
            [
                "waiting, ~/src/shop",
                "waits for permission edit",
                f"  answer: ocprov chat reply {ONE} --request per_1 once|always|reject",
                "waits for an answer to question: A? / B?",
                f"  answer: ocprov chat reply {ONE} --request que_1 TEXT TEXT",
            ],
            id="several",
        ),
    ],
)
def test_what_a_conversation_needs_is_told_with_the_line_that_gives_it(
    standing: Standing, lines: list[str]
) -> None:
    found = seen(show_chat.head(row().info, standing, AT, HOME))
    assert [found[1].rpartition(",")[0], *found[2:]] == lines


def said(*parts: Part, problem: Problem | None = None) -> list[str]:
    message = Message("msg_1", ONE, "assistant", AT, parts, completed=AT, problem=problem, agent="build")
    return seen(show_messages.lines([message]))[2:]


def test_a_call_of_a_tool_is_a_line() -> None:
    ran = Part(
        "1", "tool", tool="bash", status="completed", output="a\nb\n", given={"command": "ls\n\x1b[2J"}
    )
    failed = Part("2", "tool", tool="edit", status="error", output="no\nfile", given={"filePath": "/x"})
    busy = Part("3", "tool", tool="task", status="running", given={"description": "look", "prompt": "…"})
    assert said(ran, failed, busy) == [
        r"  [bash] ls \x1b[2J (2 lines)",
        "  [edit] /x (error: no file)",
        "  [task] look (running)",
    ]


def test_a_long_message_is_cut_and_said_so() -> None:
    found = said(Part("1", "text", "\n".join(f"line {number}" for number in range(100))))
    assert found[-2:] == ["  line 38", "  … 61 more lines: --json has all"]
    assert width(said(Part("1", "text", "x" * 100_000))[0]) < 500


def test_text_is_shown_without_what_a_terminal_obeys() -> None:
    assert said(Part("1", "text", "a\tb\x1b[2Jc\u202ed")) == ["  a       b\\x1b[2Jc\\u202ed"]


def test_a_message_with_a_problem_says_it() -> None:
    assert said(problem=Problem("APIError", "fake\x07")) == ["  APIError: fake\\x07"]
    assert said(problem=Problem("MessageAbortedError", "Aborted")) == ["  aborted"]


@pytest.mark.parametrize(
    "line", ["ls -la", "x='$HOME'; echo \"$x\" | wc -c", "a\\b `date`", "é 漢", "exit 3"]
)
def test_a_line_of_shell_is_shown_as_it_was_typed(line: str, tmp_path: Path) -> None:
    sent = shell.encode(line, tmp_path / "spill").line
    shown = said(Part("1", "tool", tool="bash", status="running", given={"command": sent}))
    assert shown == [f"  [bash] {line} (running)"]
