"""What is composed for the status line, as text."""

import pytest

from ocprov.core import attention


def test_one_client_composes_it_whatever_it_does_before() -> None:
    first, second = attention.COMPOSE
    assert attention.compose() == (*first, ";", *second)
    assert all(command[:2] == ("set-option", "-gF") for command in attention.COMPOSE)


def test_nothing_in_it_runs_or_is_expanded_twice() -> None:
    text = " ".join(attention.compose())
    assert not [mark for mark in ("#(", "#{E:", "#{T:", "%", "'", "\n") if mark in text]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$105%", "$105%"),
        ("", ""),
        ("#(touch pwn)", "(touch pwn)"),
        ("#[fg=red]!", "[fg=red]!"),
        ("##", ""),
        (" a\nb\x1b[2J ", "ab[2J"),
        ("?1 é", "?1 é"),
        ("\u202e1", "1"),
    ],
)
def test_a_source_is_one_line_without_styles(text: str, shown: str) -> None:
    assert attention.shown(text) == shown
