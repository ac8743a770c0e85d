"""Which files of a dotfiles repository hosts get, and what a call of `sessions()` comes to as a request."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocprov.errors import OcprovError
from ocprov.fleet import asked, request, source


def write(place: Path, *names: str) -> None:
    for name in names:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(name)


def test_layouts_and_settings_are_taken_and_nothing_else(tmp_path: Path) -> None:
    wanted = [
        "config.toml",
        "layouts/_common.j2",
        "layouts/a/b/deep.yaml.j2",
        "layouts/top.yaml.j2",
        "ocmonitor.config.toml",
    ]
    write(tmp_path, *wanted)
    write(
        tmp_path, "README.md", "trust.json", "layouts/.hidden", "layouts/.git/config", "layouts/top.yaml.j2~"
    )
    found = source.files(tmp_path)
    assert sorted(found) == wanted
    assert found["layouts/a/b/deep.yaml.j2"] == b"layouts/a/b/deep.yaml.j2"


def test_a_link_to_a_file_is_that_file(tmp_path: Path) -> None:
    write(tmp_path, "elsewhere/real.yaml.j2", "source/layouts/a.yaml.j2")
    (tmp_path / "source/layouts/link.yaml.j2").symlink_to("../../elsewhere/real.yaml.j2")
    assert source.files(tmp_path / "source")["layouts/link.yaml.j2"] == b"elsewhere/real.yaml.j2"


def nothing(place: Path) -> None:
    place.mkdir()


def link_to_directory(place: Path) -> None:
    write(place, "layouts/a.yaml.j2", "other/b.yaml.j2")
    (place / "layouts/more").symlink_to("../other")


def dangling(place: Path) -> None:
    (place / "layouts").mkdir(parents=True)
    (place / "layouts/a.yaml.j2").symlink_to("nowhere")


def pipe(place: Path) -> None:
    (place / "layouts").mkdir(parents=True)
    os.mkfifo(place / "layouts/a.yaml.j2")


def file_for_directory(place: Path) -> None:
    write(place, "layouts")


def large(place: Path) -> None:
    write(place, "layouts/a.yaml.j2")
    with (place / "config.toml").open("wb") as out:
        out.truncate(request.LARGEST)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (nothing, "nothing of ocprov's"),
        (lambda _: None, "nothing of ocprov's"),
        (link_to_directory, "is a link to a directory"),
        (dangling, "no such file"),
        (pipe, "is not a file"),
        (file_for_directory, "not a directory"),
        (large, "larger than"),
    ],
    ids=["empty", "missing", "link to a directory", "dangling link", "pipe", "file for directory", "large"],
)
def test_what_cannot_be_sent_is_refused_by_name(
    tmp_path: Path, make: Callable[[Path], None], message: str
) -> None:
    make(tmp_path / "source")
    with pytest.raises(OcprovError, match=message) as raised:
        source.files(tmp_path / "source")
    assert raised.value.hint


def test_a_call_becomes_a_request(tmp_path: Path) -> None:
    write(tmp_path, "config.toml")
    given = {"a": "x y", "b": 3, "c": True, "d": Path("/p")}
    text = asked.made("one", given, "~/work", tmp_path, {"prune": True}, 300)
    made = request.parse(text)
    assert made.layouts == ("one",)
    assert made.settings == ("a=x y", "b=3", "c=true", "d=/p")
    assert (made.directory, made.prune, made.config, made.wait) == ("~/work", True, True, 60)
    assert dict(made.files) == {"config.toml": b"config.toml"}


def test_a_host_says_who_it_waits_for_before_it_is_given_up() -> None:
    assert request.parse(asked.made([], {}, "", None, {}, 10)).wait == 5


@pytest.mark.parametrize("value", [None, 1.5, ["a"], {"a": 1}, b"x"], ids=repr)
def test_a_variable_is_a_word_a_number_or_a_switch(value: object) -> None:
    with pytest.raises(OcprovError, match="the variable a is a"):
        asked.made([], {"a": value}, "", None, {}, 300)


@pytest.mark.parametrize("given", [0, -1, None, "5", float("nan"), float("inf")], ids=repr)
def test_a_time_limit_is_some_seconds(given: object) -> None:
    with pytest.raises(OcprovError, match="no host answers within"):
        asked.seconds(given)
    assert (asked.seconds(0.5), asked.seconds(300)) == (0.5, 300.0)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"layouts": None}, "'None' is no list of words"),
        ({"layouts": ["desk\n"]}, "cannot be printed"),
        ({"variables": ["a=1"]}, "variables= is a list"),
        ({"variables": {"word": "two\nlines"}}, "cannot be printed"),
        ({"variables": {"word": "\ud800"}}, "cannot be printed"),
        ({"flags": {"force": "yes"}}, "force= is 'yes'"),
        ({"files": Path("/nowhere")}, "nothing of ocprov's"),
    ],
    ids=[
        "no layouts", "newline in a layout", "a list of variables", "newline in a value", "half a character",
        "no flag", "no source",
    ],
)  # fmt: skip
def test_what_no_host_would_understand_is_refused_in_two_lines(more: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {
        "layouts": [],
        "variables": {},
        "directory": "",
        "files": None,
        "flags": {},
        "limit": 300,
    }
    with pytest.raises(OcprovError, match=message) as raised:
        asked.made(**(given | more))
    assert raised.value.hint
