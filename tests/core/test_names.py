"""Names that tmux would read as something else are refused."""

import pytest

from ocprov.core.names import printable, project, why_not_name, why_not_session

BAD_NAMES = {
    "empty": "",
    "space": " ",
    "dot, which tmux turns into _": "a.b",
    "colon, which separates session and window": "a:b",
    "exact-match mark": "=x",
    "session id": "$1",
    "window id": "@1",
    "pane id": "%1",
    "option": "-x",
    "long option": "--help",
    "special target": "{last}",
    "last window": "!",
    "next window": "+1",
    "glob": "x*",
    "glob class": "[ab]",
    "question mark": "?",
    "format that runs a command": "#(touch pwn)",
    "format": "#S",
    "300 characters": "x" * 300,
    "newline": "a\nb",
    "escape sequence": "a\x1b[31m",
    "dollar, which tmux escapes": "a$b",
    "not ASCII": "ünï",
    "right-to-left override": "a\u202eb",
    "zero width": "a\u200bb",
    "number, which is an index": "12",
}


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES)
def test_refused_as_a_window_and_as_a_session(name: str) -> None:
    assert why_not_name(name)
    assert why_not_session(name)


@pytest.mark.parametrize("name", ["workspace", "ocmonitor-live-feed", "a", "A_1", "1a"])
def test_plain_names_are_fine(name: str) -> None:
    assert why_not_name(name) == ""


@pytest.mark.parametrize(
    "name", ["main", "opencode-other-x", "opencode-observability-", "opencode-development"]
)
def test_a_session_needs_one_of_our_prefixes_and_more(name: str) -> None:
    assert "must start with" in why_not_session(name)


def test_a_session_with_a_prefix_is_fine() -> None:
    assert why_not_session("opencode-observability-monitoring") == ""


def test_directories_of_one_name_are_different_projects() -> None:
    assert project("/a/api") != project("/b/api")
    assert project("/a/api").startswith("api-")


@pytest.mark.parametrize(
    "directory", ["/", "/x/…", "/x/#(touch pwn)", "/x/" + "y" * 300, "/x/a.b", "/x/\udcff"]
)
def test_a_project_is_always_a_name(directory: str) -> None:
    assert why_not_session(f"opencode-development-{project(directory)}") == ""


def test_no_project_is_the_prefix_of_another() -> None:
    names = [project(f"/src/{name}") for name in ("api", "api2", "api-2", "ap")]
    assert not [1 for one in names for other in names if one != other and other.startswith(one)]


def test_what_is_printed_cannot_move_the_cursor() -> None:
    assert printable("a\x1b[31m\nb\u202e\udcffé") == "a\\x1b[31m\\nb\\u202e\\udcffé"
