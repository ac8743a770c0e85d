"""Anybody's names, as names that are safe in tmux."""

import pytest

from ocprov.authoring import naming
from ocprov.core.names import why_not_name, why_not_session

NAMES = [
    "",
    "a",
    "a.b",
    "a:b",
    "=x",
    "$1",
    "7",
    "-x",
    "x*",
    "#(id)",
    "a\nb",
    "ünï",
    "☃",
    "x" * 300,
    "my win",
    "_a_",
    "é" * 200,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_session_has_a_safe_name(name: str) -> None:
    assert why_not_session(naming.session(name)) == ""


@pytest.mark.parametrize("name", ["opencode-development-x", "opencode-observability-monitoring"])
def test_a_safe_one_is_left_alone(name: str) -> None:
    assert naming.session(name) == name


@pytest.mark.parametrize("name", NAMES)
def test_a_window_has_a_safe_name_that_is_free(name: str) -> None:
    taken: set[str] = set()
    for number in range(1, 4):
        called = naming.window(name, number, taken)
        assert why_not_name(called) == ""
        assert called not in taken
        taken.add(called)


def test_names_stay_recognisable() -> None:
    assert naming.window("my ünï win!", 1, ()) == "my-uni-win"
    assert naming.session("site.com") == "opencode-development-site-com"
    assert naming.beside("opencode-observability-costs", "mine") == "opencode-observability-mine"
