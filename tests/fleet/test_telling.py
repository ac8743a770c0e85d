"""What a person reads of a host's report, which is that host's word alone."""

import pytest

from ocprov.errors import OcprovError
from ocprov.fleet import telling
from ocprov.fleet.report import Item, Report, Word


@pytest.mark.parametrize("word", ["change", "skipped", "failed", "conflict", "busy"])
def test_of_a_thing_without_words_its_name_is_told_without_its_escapes(word: Word) -> None:
    report = Report("", "", (Item("file", "\x1b[2J", word, ()),))
    told = [
        *telling.lines(report),
        *(line for one in telling.problems(report) for line in telling.two_lines(one)),
    ]
    (line,) = told
    assert "\\x1b[2J" in line
    assert line.isprintable()


@pytest.mark.parametrize(
    ("word", "lines", "told"),
    [
        ("change", ("a: created", "  + b"), ["a: created", "  + b"]),
        ("change", (), ["file a"]),
        ("same", ("a window that is not ours",), ["a window that is not ours"]),
        ("skipped", ("a: to be created", "more"), ["a: to be created: not tried"]),
        ("skipped", (), ["a: not tried"]),
        ("failed", ("a: no room",), []),
        ("change", ("\x1b[2J\n\u202e",), ["\\x1b[2J\\n\\u202e"]),
    ],
)
def test_what_is_or_was_done_is_told(word: Word, lines: tuple[str, ...], told: list[str]) -> None:
    assert telling.lines(Report("", "", (Item("file", "a", word, lines),))) == told


def test_what_stands_against_it_is_told_in_two_lines() -> None:
    item = Item("file", "a", "conflict", ("error: a was edited", "  there"), "give force=True")
    (problem,) = telling.problems(Report("", "", (item, Item("file", "b", "same"))))
    assert list(telling.two_lines(problem)) == ["error: a was edited; there", "hint: give force=True"]


def test_no_host_can_say_more_than_a_person_reads() -> None:
    long = Item("file", "a", "change", ("x" * 10_000_000,) * 1000)
    against = [Item("file", "a", "failed", ("x",) * 9, "y" * 10_000_000)] * 1000
    report = Report("", "", (*[long] * 1000, *against))
    told = telling.lines(report)
    assert (len(told), len(told[0]), told[-1]) == (301, 1000, "… and more")
    assert len(telling.problems(Report("", "", tuple(against[:400])))) == 300
    lines = list(telling.two_lines(OcprovError("x" * 10_000_000, "y" * 10_000_000)))
    assert max(map(len, lines)) < 1100
