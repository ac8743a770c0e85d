"""YAML that a layout may hold: what it becomes, and on which line each part is."""

import pytest

from ocprov.errors import LayoutError
from ocprov.layout.document import Document, read


def document(text: str) -> Document:
    return read(text, lambda line: f"x:{line}")


DATA: dict[str, tuple[str, dict[str, object]]] = {
    "types": ("a: 1\nb: 1.5\nc: true\nd: ~\ne: x\nf: 'yes'\ng:", dict(zip("abcdefg", [1, 1.5, True, None, "x", "yes", None], strict=True))),
    "date": ("a: 2026-01-01\nb: 2026-01-01 10:00:00", {"a": "2026-01-01", "b": "2026-01-01 10:00:00"}),
    "yaml-1.1": ("a: yes\nb: 0123\nc: 1:30", {"a": True, "b": 83, "c": 90}),
    "explicit-str": ("a: !!str 5", {"a": "5"}),
    "equals": ("a: =\nb: <<", {"a": "=", "b": "<<"}),
    "keys-as-written": ("on: 1\n5: 2\n~: 3", {"on": 1, "5": 2, "~": 3}),
    "bom": ("\ufeffa: 1", {"a": 1}),
    "document-marks": ("---\na: 1\n...\n", {"a": 1}),
    "block": ("a: |\n  x\n  y\nb: >-\n  x\n  y", {"a": "x\ny\n", "b": "x y"}),
    "alias": ("a: &x [1, {b: 2}]\nc: *x\nd: *x", {"a": [1, {"b": 2}], "c": [1, {"b": 2}], "d": [1, {"b": 2}]}),
    "alias-again": ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
    "merge": ("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}", {"a": {"p": 1, "q": 2}, "b": {"p": 1, "q": 3}}),
    "merge-list": (
        "a: &a {p: 1}\nb: &b {p: 2, q: 2}\nc: {<<: [*a, *b]}",
        {"a": {"p": 1}, "b": {"p": 2, "q": 2}, "c": {"p": 1, "q": 2}},
    ),
    "icons": ("a: \U000f0001 \ue0b0 😀", {"a": "\U000f0001 \ue0b0 😀"}),
    "empty-inside": ("a: {}\nb: []", {"a": {}, "b": []}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "data"), DATA.values(), ids=DATA)
def test_yaml_becomes_plain_data(text: str, data: dict[str, object]) -> None:
    assert document(text).data == data


def test_aliases_share_nothing() -> None:
    found = document("a: &x [1]\nb: *x").data
    assert found["a"] is not found["b"]


def test_each_path_has_its_line() -> None:
    found = document("a:\n  - b: 1\n    c:\n      - x\n\n      - y\nd: &k\n  e: 1\nf:\n  <<: *k\n")
    assert {path: found.line(path) for path in found.lines} == {
        (): 1,
        ("a",): 1,
        ("a", 0): 2,
        ("a", 0, "b"): 2,
        ("a", 0, "c"): 3,
        ("a", 0, "c", 0): 4,
        ("a", 0, "c", 1): 6,
        ("d",): 7,
        ("d", "e"): 8,
        ("f",): 9,
        ("f", "e"): 8,
    }


def test_a_path_that_is_not_written_has_the_line_of_what_is_around_it() -> None:
    assert document("a: 1\nb:\n  - c: 1").line(("b", 0, "panes", 0, "shell")) == 3


def test_both_lines_of_a_duplicate_are_named() -> None:
    with pytest.raises(LayoutError) as caught:
        document("a: 1\nb: 2\na: 3")
    assert caught.value.message == 'x:3: key "a" is given twice, first at x:1'


def test_without_libyaml_it_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yaml.__with_libyaml__", False)
    for text, data in DATA.values():
        assert document(text).data == data
    with pytest.raises(LayoutError, match="x:2: a tab"):
        document("a:\n\tb: 1")
