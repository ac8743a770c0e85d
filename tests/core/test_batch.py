"""A batch is one line that tmux, and a shell, read back word for word."""

import shlex
from dataclasses import replace

import pytest

from ocprov.core import attention, batch, build
from ocprov.core.observed import SESSION_TAG, STATE_TAG
from ocprov.core.plan import Wish, plan
from tests.core.values import NAME, live, pane, session, window, with_pane, without_window

TERMS = build.Terms(lambda key: f"/state/run/{key}")
NASTY = [
    "",
    "a b",
    "it's",
    '"',
    "$HOME",
    "`x`",
    "#{pid}",
    "#(x)",
    ";",
    "a;",
    "\\",
    "a\nb",
    "\t",
    "{",
    "}",
    "~",
    "%1",
    "é",
    "-x",
]


@pytest.mark.parametrize("word", NASTY)
def test_a_word_comes_back_as_it_was(word: str) -> None:
    assert shlex.split(batch.shown(("set-option", "@x", word))) == ["set-option", "@x", word]


def commands(*windows: object) -> list[tuple[str, ...]]:
    wanted = session(*windows)  # type: ignore[arg-type] # windows
    return list(batch.commands(plan(wanted, None, {}, Wish()), TERMS))


def test_one_line_whatever_the_number_of_windows() -> None:
    line = batch.line(commands(*(window(f"w{number}") for number in range(200))))
    assert line.count("\n") == 1
    assert line.endswith("\n")


def test_the_session_gets_its_name_last_and_then_is_looked_at() -> None:
    made = commands(window("a"), window("b"))
    assert made[0][:4] == ("new-session", "-d", "-s", build.building(session()))
    assert made[-4] == ("rename-session", "-t", f"={build.building(session())}:", NAME)
    assert made[-3:] == [*attention.COMPOSE, batch.OBSERVE]


def test_text_over_several_lines_keeps_its_blanks_and_backslashes() -> None:
    # tmux drops the blanks that a line begins with, and a backslash at the end of the one before, inside quotes too.
    assert batch.line([("set-environment", "A", "a\\\n  b")]) == "set-environment A 'a\\'\"\\n\"'  b'\n"


def test_no_directory_is_given_to_tmux_to_expand() -> None:
    made = commands(window("a", panes=(pane("a", directory="/x/#(touch pwn)", focus=True),)))
    assert not [
        command for command in made if "-c" in command[: command.index("--") if "--" in command else None]
    ]


def test_the_words_of_a_command_are_in_its_launcher_and_not_in_the_batch() -> None:
    made = commands(window("a", "echo secret"))
    assert "secret" not in batch.line(made)


def test_only_what_has_commands_gets_a_launcher() -> None:
    wanted = session(window("a"), window("shell", panes=(pane("shell", focus=True),)))
    assert [one.key for one in batch.launchers(plan(wanted, None, {}, Wish()))] == ["a"]


def test_a_session_that_came_back_is_ours_again_with_the_last_command() -> None:
    wanted = session(window("a"), window("shell", panes=(pane("shell", focus=True),)))
    there = without_window(live(wanted), 1)
    made = batch.commands(plan(wanted, replace(there, tag=None), {}, Wish()), TERMS)
    assert any(command[0] == "new-window" for command in made)
    *before, tag, _, _, _ = made
    assert SESSION_TAG in tag
    assert made[-3:] == (*attention.COMPOSE, batch.OBSERVE)
    assert SESSION_TAG not in [word for command in before for word in command]


def test_a_plain_shell_that_came_back_is_marked_as_one() -> None:
    wanted = session(window("shell", panes=(pane("shell", focus=True),)))
    bare = with_pane(live(wanted), 0, key="", digest="")
    made = batch.commands(plan(wanted, replace(bare, tag=None), {}, Wish()), TERMS)
    assert ("set-option", "-p", "-F", "-t", "%0", STATE_TAG, "plain 0 - #{pane_pid}") in made
