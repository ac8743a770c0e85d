"""What is kept of an `up` is read back whole, or not at all."""

import json
from dataclasses import replace

import pytest

from ocprov.core import kept
from ocprov.core.desired import Pane, Session, Typed, Window
from ocprov.core.kept import Kept, Told

PANE = Pane(
    "a.2",
    "/srv/it's",
    ("one\ntwo", "$(x)"),
    restart="always",
    environment=(("A", "1"), ("B", "ü")),
    launcher=False,
    typed=(Typed("ls", enter=False, sleep_before=0.5),),
    notice="n",
    focus=True,
    window="a",
)
SESSION = Session(
    "opencode-observability-x",
    "x",
    "/d\udcff",
    (
        Window(
            "a", "a", (PANE,), index=7, layout="tiled", options=(("x", "on"),), options_after=(("y", ""),)
        ),
        Window("b", "b", (Pane("b", "/", program="top"),), focus=True),
    ),
    environment=(("E", "1"),),
    options=(("status", "off"),),
    global_options=(("@g", "1"),),
    before_script=("sh", "-c", "true"),
    notices=("n",),
)
KEPT = Kept(Told("x", "/d\udcff", True, ("a=1", "b=2 3")), SESSION, "/bin:/usr/bin", ("a",))


def test_everything_comes_back() -> None:
    again = kept.kept(kept.text(KEPT))
    assert again == KEPT
    assert again is not None
    assert again.session.notices == ("n",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        "\0",
        '{"schema": 1}',
        kept.text(KEPT)[:-3],
        kept.text(KEPT).replace('"schema": 1', '"schema": 2'),
        kept.text(KEPT).replace('"directory"', '"folder"'),
        json.dumps({"schema": 1, "kept": {"told": 1, "session": 2, "path": 3, "windows": 4}}),
    ],
)
def test_anything_else_is_not_known(text: str) -> None:
    assert kept.kept(text) is None


@pytest.mark.parametrize(
    ("before", "now", "windows"),
    [
        (None, ("a",), ("a",)),
        (("a",), ("b",), ("a", "b")),
        (("a", "b"), ("b",), ("a", "b")),
        (("a",), (), ()),
        ((), ("b",), ()),
    ],
    ids=["first", "one more", "again", "all now", "all before"],
)
def test_windows_asked_for_add_up(
    before: tuple[str, ...] | None, now: tuple[str, ...], windows: tuple[str, ...]
) -> None:
    earlier = None if before is None else replace(KEPT, windows=before)
    assert replace(KEPT, windows=now).after(earlier).windows == windows
