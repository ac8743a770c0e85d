"""A workspace written as a layout comes back as it was, whatever is in it."""

import random
from pathlib import Path

import pytest

from ocprov.authoring.text import layout
from ocprov.errors import LayoutError
from ocprov.layout.document import read
from ocprov.layout.facts import Facts
from ocprov.layout.render import render

TEXTS = [
    "plain", "", " ", "~", "null", "yes", "On", "0123", "1:30", "2026-01-01", "1e3", ".inf", "-", "- a", "a: b", "a #b",
    "{a: b}", "*x", "&x", "!x", "%x", "@x", "`x`", "'", '"', "\\", "a\\{{ b", "{{ dir }}", "{% raw %}x{% endraw %}",
    "{# x #}", "{{{", "{", "{%", "}}", "%}", "#}", "{\n{", "#(touch pwn)", "$HOME", "a\nb", "a\n", "\na", "a\n\n b\n  c",
    " a\nb", "a \nb ", "a\tb", "a\n\tb", "---", "...", "ünï ☃ 🐈", "\ufeff", "\u2028", "\u202e", "\ufdd0", "<<", "=", "?",
    "key:", "a\n---\nb", "| pipe", "> fold", "C:\\x\\y{{", "x" * 300, "/a b/c", "~/x", "x ", "\u0085",
]  # fmt: skip


def back(workspace: dict[str, object], tmp_path: Path) -> dict[str, object]:
    """What is read of a layout that was written."""
    path = tmp_path / "x.yaml.j2"
    text = layout(workspace, alias="x", description="a: {{ # b", notes=["{{ note", "a\nb"])
    rendered = render(path, (), "/", Facts({("text", str(path)): text.encode()})).rendered
    return read(rendered.text, rendered.where).data


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_comes_back(text: str, tmp_path: Path) -> None:
    workspace: dict[str, object] = {
        "a": text,
        "b": [text, [text], {"c": text, "d": {"e": text}}],
        "f": {f"k{text}": text},
    }
    assert back(workspace, tmp_path) == workspace


def test_any_value_comes_back(tmp_path: Path) -> None:
    values: list[object] = [
        None,
        True,
        False,
        0,
        -1,
        1.5,
        1e300,
        [],
        {},
        [[]],
        [{}],
        [[1, [2]]],
        {"a": {"b": []}},
    ]
    workspace: dict[str, object] = {"values": values, "last": {"x": values}}
    assert back(workspace, tmp_path) == workspace


def test_what_is_put_together_at_random_comes_back(tmp_path: Path) -> None:
    chance = random.Random(5)  # noqa: S311 # the same each time
    for _ in range(200):
        text = "".join(chance.choices("{}%#\\\"' \n-:ab$", k=chance.randint(1, 12)))
        assert back({"a": [text], "b": text}, tmp_path) == {"a": [text], "b": text}


def test_text_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(LayoutError, match="not UTF-8"):
        layout({"a": "\udcff"})


def test_lines_stay_readable() -> None:
    assert layout({"a": ["one", "x\n  y\n\nz"]}).endswith("a:\n  - one\n  - |-\n    x\n      y\n\n    z\n")
