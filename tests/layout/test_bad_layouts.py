"""Everything wrong in a layout is refused with its file and line, soon, and without a traceback."""

import resource
import time
from pathlib import Path

import pytest

from ocprov.errors import LayoutError
from ocprov.layout.load import load
from ocprov.layout.source import find
from tests.layout.conftest import Load, Write

MINE = "~/.config/ocprov/layouts/mine.yaml.j2"

TEMPLATES = {
    "45-mro": ("{{ ''.__class__.__mro__ }}", "unsafe"),
    "45-mro-by-item": ("{{ ''['__class__'] }}", "unsafe"),
    "46-cycler": ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "'cycler' is undefined"),
    "46-joiner": ("{{ joiner }}", "'joiner' is undefined"),
    "46-namespace": ("{{ namespace.__init__.__globals__ }}", "unsafe"),
    "46-function": ("{{ have.__globals__ }}", "unsafe"),
    "46-facts": ("{{ have.__self__ }}", "unsafe"),
    "46-macro": ("{% macro m() %}{% endmacro %}{{ m.__init__.__globals__ }}", "unsafe"),
    "46-self": ("{{ self._TemplateReference__context }}", "unsafe"),
    "46-type": ("{{ dict.fromkeys([1]) }}", "unsafe"),
    "46-mutation": ("{{ [1].append(2) }}", "unsafe"),
    "47-lipsum": ("{{ lipsum.__globals__['os'] }}", "'lipsum' is undefined"),
    "48-attr": ("{{ ('{0.__class__}'|attr('format'))(1) }}", "attr"),
    "48-format": ("{{ '{0.__class__}'.format(1) }}", "str.format is not for layouts"),
    "48-format-map": ("{{ '{a.__class__}'.format_map({'a': 1}) }}", "str.format is not for layouts"),
    "48-map-attribute": ("{{ ['']|map(attribute='__class__')|first }}", "unsafe"),
    "49-include": ("{% include '/etc/passwd' %}", 'no file "/etc/passwd" in the layouts'),
    "49-include-up": ("{% include '../../../../etc/passwd' %}", "in the layouts"),
    "49-include-hidden": ("{% include '.hidden' %}", "in the layouts"),
    "49-include-nul": ("{% include 'a\\0b' %}", "in the layouts"),
    "49-import": ("{% import 'os' as o %}", 'no file "os" in the layouts'),
    "49-extends": ("{% extends '/etc/passwd' %}", 'no file "/etc/passwd" in the layouts'),
    "50-undefined": ("{{ undefinedvar }}", "'undefinedvar' is undefined"),
    "50-undefined-if": ("{% if undefinedvar %}{% endif %}", "'undefinedvar' is undefined"),
    "50-undefined-for": ("{% for x in undefinedvar %}{% endfor %}", "'undefinedvar' is undefined"),
    "50-undefined-yaml": ("{{ undefinedvar|yaml }}", "'undefinedvar' is undefined"),
    "51-times": ("{{ 'a'*3000000000 }}", "too much text"),
    "51-times-turned": ("{{ 3000000000*'a' }}", "too much text"),
    "51-list-times": ("{{ [0]*3000000000 }}", "too much text"),
    "51-power": ("{{ 9**(9**9) }}", "too large a number"),
    "51-numbers": (
        "{% set n = namespace(x=9**3000) %}{% set n.x = n.x*n.x %}{{ n.x }}",
        "too large a number",
    ),
    "51-center": ("{{ 'a'|center(10**9) }}", "center"),
    "51-percent": ("{{ '%1000000000d' % 1 }}", "too much text"),
    "51-percent-star": ("{{ '%*d' % (10**9, 1) }}", "too much text"),
    "51-format-filter": ("{{ '%.1000000000f'|format(1) }}", "too much text"),
    "51-ljust": ("{{ 'a'.ljust(10**9) }}", "unsafe"),
    "51-zfill": ("{{ 'a'.zfill(10**9) }}", "unsafe"),
    "51-to-bytes": ("{{ (1).to_bytes(10**9, 'big') }}", "unsafe"),
    "51-indent": ("{{ 'a\nb'|indent(10**9) }}", "too much text"),
    "51-range": ("{{ range(10**9)|list }}", "the range is longer"),
    "51-replace": ("{{ ('a'*1000000)|replace('a', 'b'*1000000) }}", "too much text"),
    "51-join": ("{{ range(99999)|join('a'*99999) }}", "too much text"),
    "51-doubling": (
        "{% set n = namespace(x='aa') %}{% for i in range(40) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
        "too much text",
    ),
    "51-adding": (
        "{% set n = namespace(x='aa') %}{% for i in range(40) %}{% set n.x = n.x + n.x %}{% endfor %}",
        "too much text",
    ),
    "51-lists": (
        "{% set n = namespace(x=[1]) %}{% for i in range(40) %}{% set n.x = n.x + n.x %}{% endfor %}",
        "too long a list",
    ),
    "51-slices": (
        "{% set n = namespace(x=[]) %}{% set a = 'a'*1000000 %}"
        "{% for i in range(999) %}{% set n.x = n.x + [a[1:]] %}{% endfor %}",
        "too much text",
    ),
    "51-output": (
        "{% for i in range(99999) %}# {{ i }} aaaaaaaaaaaaaaaaaaaaa\n{% endfor %}",
        "more than 1 MiB",
    ),
    "51-captured": (
        "{% set x %}{% for i in range(99999) %}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{% endfor %}{% endset %}",
        "too much text",
    ),
    "52-loops": (
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "too long",
    ),
    "52-loops-in-macro": (
        "{% macro m() %}{% for a in range(99999) %}{% for b in range(99999) %}xx{% endfor %}{% endfor %}"
        "{% endmacro %}{{ m() }}",
        "too long",
    ),
    "52-calls": (
        "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(60) }}",
        "too long",
    ),
    "52-filters": (
        "{% for a in range(9999) %}{{ range(99999)|map('string')|select('eq', 'x')|list|length }}\n{% endfor %}",
        "took longer than 2 s",
    ),
    "53-open": ("{{", "unexpected"),
    "53-raw": ("{% raw %}", "raw"),
    "53-block": ("{% block x %}", "unexpected end of template"),
    "53-macro": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "without end"),
    "53-self-include": ("{% include 'mine.yaml.j2' %}", "in the layouts"),
    "53-block-recursion": ("{% block x %}{{ self.x() }}{% endblock %}", "without end"),
    "53-parentheses": ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", ""),
    "54-zero": ("{{ 1/0 }}", "division by zero"),
    "54-type": ("{{ 1 + 'a' }}", "unsupported operand"),
    "54-arguments": ("{{ have() }}", "missing 1 required positional argument"),
    "54-filter-arguments": ("{{ 'a'|upper(1, 2) }}", "argument"),
    "54-unknown-filter": ("{{ 'a'|shell }}", "shell"),
    "54-env-nul": ("{{ env('a\\0b') }}", "NUL"),
    "54-path-nul": ("{{ path('a\\0b') }}", "NUL"),
    "54-yaml-of-function": ("{{ have|yaml }}", "cannot be written as YAML"),
}


@pytest.mark.parametrize(("template", "said"), TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_that_a_layout_may_not_hold(template: str, said: str, load_mine: Load) -> None:
    begun = time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(LayoutError) as caught:
        load_mine(f"session_name: x\n\n{template}\n")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert said in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.message.startswith(f"{MINE}:")
    assert caught.value.hint
    assert time.process_time() - begun < 3
    assert grown < 100_000  # KiB


LAUGHS = "\n".join(
    ["a0: &a0 [lol, lol]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))]
)
DOCUMENTS = {
    "58-python": ("a: !!python/object/apply:os.system ['id']", 1, "the tag !!python/object"),
    "58-own-tag": ("a: !mine x", 1, "the tag !mine is not for layouts"),
    "58-set": ("a:\n  b: !!set {x}", 2, "the tag !!set"),
    "58-binary": ("a: !!binary aGk=", 1, "the tag !!binary"),
    "59-duplicate": (
        "session_name: a\nx: 1\nsession_name: b",
        3,
        'key "session_name" is given twice, first at',
    ),
    "59-duplicate-deep": ("a:\n  - b: 1\n    c: 2\n    b: 3", 4, 'key "b" is given twice'),
    "60-laughs": (LAUGHS, 2, "more than 20000 values"),
    "60-recursive": ("a: &a\n  - *a", 2, "anchor &a"),
    "60-recursive-map": ("a: &a {b: *a}", 1, "anchor &a"),
    "60-merge-bomb": (
        "a0: &a0 {x: 1}\n"
        + "\n".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 9)),
        1,
        "more than 20000 values",
    ),
    "60-deep": ("a: " + "[" * 100_000, 1, "nested deeper than 40 levels"),
    "60-deep-block": ("- " * 5000 + "a", 1, "nested deeper"),
    "60-many": ("a: [" + "1," * 100_000 + "]", 1, "more values than a layout can need"),
    "61-list": ("- a\n- b", 1, "the top level is not a mapping"),
    "61-scalar": ("just text", 1, "the top level is not a mapping"),
    "61-empty": ("", 1, "it is empty"),
    "61-comment": ("# nothing", 1, "it is empty"),
    "61-nul": ("a: 1\nb: x\0y", 2, "a control character"),
    "61-escape": ("a: 1\nb: \x1b[31m", 2, "a control character"),
    "61-tab": ("a:\n\tb: 1", 2, "a tab in the indentation"),
    "61-syntax": ("a: 1\nb: [1, 2\nc: 3", 3, "flow sequence"),
    "61-key": ("a:\n  ? [1, 2]\n  : x", 2, "a key that is not text"),
    "61-alias": ("a: 1\nb: *nowhere", 2, "anchor &nowhere"),
    "61-number": ("a: 1\nb: " + "9" * 5000, 2, "is no int"),
    "62-session": (
        "session_name: x\nbefor_script: y\nwindows: []",
        2,
        'unknown key "befor_script" in session',
    ),
    "62-window": (
        "session_name: x\nwindows:\n  - window_name: a\n    pane: []",
        4,
        'unknown key "pane" in window',
    ),
}


@pytest.mark.parametrize(("text", "line", "said"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_yaml_that_a_layout_may_not_hold(text: str, line: int, said: str, load_mine: Load) -> None:
    begun = time.process_time()
    with pytest.raises(LayoutError) as caught:
        load_mine(text)
    assert caught.value.message.startswith(f"{MINE}:{line}: ")
    assert said in caught.value.message
    assert time.process_time() - begun < 2


def test_a_second_document_is_refused(load_mine: Load) -> None:
    with pytest.raises(LayoutError, match=r"mine\.yaml\.j2:4: a second document"):
        load_mine("alias: mine\n---\nsession_name: x\n---\nsession_name: y\n")


def test_an_unknown_key_has_a_hint(load_mine: Load) -> None:
    with pytest.raises(LayoutError) as caught:
        load_mine("session_name: x\nbefor_script: y\nwindows: []")
    assert caught.value.hint == 'did you mean "before_script"?'


def test_an_undefined_variable_has_a_hint(load_mine: Load) -> None:
    with pytest.raises(LayoutError) as caught:
        load_mine("variables: {interval: 5}\n---\na: {{ intervall }}\n")
    assert caught.value.hint == 'did you mean "interval"?'


FILES = {
    "61-100-mb": "larger than 1 MiB",
    "not-utf-8": ":2: not UTF-8",
    "fifo": "is not a file",
    "directory": "is not a file",
    "absent": "no such file",
    "nul": "cannot read",
}


@pytest.mark.parametrize(("kind", "said"), FILES.items(), ids=FILES)
def test_a_file_that_is_no_layout(kind: str, said: str, tmp_path: Path) -> None:
    import os

    path = tmp_path / "x.yaml"
    match kind:
        case "61-100-mb":
            path.touch()
            os.truncate(path, 100_000_000)
        case "not-utf-8":
            path.write_bytes(b"a: 1\nb: \xff\n")
        case "fifo":
            os.mkfifo(path)
        case "directory":
            path.mkdir()
        case "nul":
            path = tmp_path / "a\0b.yaml"
    with pytest.raises(LayoutError, match=said):
        load(path, directory=tmp_path)


def test_a_layout_cannot_extend_itself(write: Write, tmp_path: Path) -> None:
    write('{% extends "b.yaml.j2" %}', "a.yaml.j2")
    write('\n{% extends "a.yaml.j2" %}', "b.yaml.j2")
    with pytest.raises(LayoutError, match=r"b\.yaml\.j2:2: it extends itself"):
        load(find("a"), directory=tmp_path)


def test_layouts_that_include_each_other_end(write: Write, tmp_path: Path) -> None:
    write('{% include "b.yaml.j2" %}', "a.yaml.j2")
    write('{% include "a.yaml.j2" %}', "b.yaml.j2")
    with pytest.raises(LayoutError, match="without end"):
        load(find("a"), directory=tmp_path)
