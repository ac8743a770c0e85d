"""A template's text, the lines it is from, and the values that stay what they are."""

import select
import shlex
import signal
import threading
from pathlib import Path

import pytest
import yaml

from ocprov.errors import LayoutError
from ocprov.layout.facts import Facts
from ocprov.layout.limits import Expired, time_limit
from ocprov.layout.load import load
from ocprov.layout.marks import Rendered
from ocprov.layout.render import render
from ocprov.layout.source import find
from tests.layout.conftest import Load, Write

HEAD = "session_name: opencode-development-x\nwindows:\n  - window_name: one\n"


def rendered(path: Path, *settings: str) -> Rendered:
    return render(path, settings, "/srv/here", Facts()).rendered


def origins(text: Rendered) -> list[str]:
    """Each line that is not empty, as `file:line text`."""
    return [
        f"{path.name.partition('.')[0]}:{number} {line.strip()}"
        for (path, number), line in zip(text.origins, text.text.split("\n"), strict=True)
        if line.strip()
    ]


ORIGINS = {
    "header": ("alias: x\n\n---\na: 1\nb: 2\n", ["mine:4 a: 1", "mine:5 b: 2"]),
    "first-line-dashes": ("---\na: 1\n", ["mine:1 ---", "mine:2 a: 1"]),
    "header-between-dashes": ("---\nalias: x\n---\na: 1\n", ["mine:4 a: 1"]),
    "crlf": ("alias: x\r\n---\r\na: 1\r\nb: 2\r\n", ["mine:3 a: 1", "mine:4 b: 2"]),
    "bom": ("\ufeffa: 1\nb: 2\n", ["mine:1 a: 1", "mine:2 b: 2"]),
    "comment": ("a: 1\n{# one\ntwo #}\nb: 2\n", ["mine:1 a: 1", "mine:4 b: 2"]),
    "loop": (
        "{% for n in [1, 2] %}\n{% if n %}\n- {{ n }}\n{% endif %}\n{% endfor %}\nz: 1\n",
        ["mine:3 - 1", "mine:3 - 2", "mine:6 z: 1"],
    ),
    "trimmed": ("a: 1\n\n{%- if true %}\n\n\nb: 2\n{%- endif %}\n\nc: 3\n", None),
    "tag-over-lines": ("{% set x = [\n1,\n2] %}\na: {{\nx[0]\n}}\nb: 1\n", ["mine:4 a: 1", "mine:7 b: 1"]),
    "raw": ("{% raw %}\na: '{{ x }}'\n{% endraw %}\nb: 1\n", ["mine:2 a: '{{ x }}'", "mine:4 b: 1"]),
    "macro": (
        "{% macro m(x) %}\n- {{ x }}\n{% endmacro %}\na: 1\n{{ m(5) }}\nb: 2\n",
        ["mine:4 a: 1", "mine:2 - 5", "mine:6 b: 2"],
    ),
    "indented-macro": (
        "{% macro m(x) %}\n- {{ x }}\n- 7\n{% endmacro %}\na: 1\n{{ m(5)|indent(2, true) }}\nb: 2\n",
        ["mine:5 a: 1", "mine:2 - 5", "mine:3 - 7", "mine:7 b: 2"],
    ),
    "call": (
        "{% macro m() %}\nx: 1\n{{ caller() }}\n{% endmacro %}\n{% call m() %}\ny: 2\n{% endcall %}\n",
        ["mine:2 x: 1", "mine:6 y: 2"],
    ),
    "filter-block": ("a: 1\n{% filter indent(2, true) %}\nb: 1\nc: 2\n{% endfilter %}\n", None),
    "value-first": ("a: 1\n\n{% if true %}\n{{ 'b' }}: 1\n{% endif %}\n", ["mine:1 a: 1", "mine:4 b: 1"]),
}


@pytest.mark.parametrize(("text", "wanted"), ORIGINS.values(), ids=ORIGINS)
def test_each_line_knows_where_it_is_from(text: str, wanted: list[str] | None, write: Write) -> None:
    found = origins(rendered(write(text)))
    lines = text.split("\n")
    if wanted is None:  # then each line is to be found as it is, at its own number
        assert found
        wanted = [
            f"mine:{lines.index(line.partition(' ')[2]) + 1} {line.partition(' ')[2]}" for line in found
        ]
    assert found == wanted


def test_lines_through_extends_loop_include_and_super(write: Write) -> None:
    write(
        "alias: base\n---\nwindows:\n{% block one %}\n  - one\n{% endblock %}\n{% for n in range(2) %}\n"
        '  - loop{{ n }}\n{% include "_part.yaml.j2" %}\n{% endfor %}\n{% block two %}\n  - two\n{% endblock %}\n',
        "sub/base.yaml.j2",
    )
    write("\n    panes:\n      - ls\n", "_part.yaml.j2")
    kid = write(
        '---\nalias: kid\n---\n{% extends "sub/base.yaml.j2" %}\n\n{% block two %}\n{{ super() }}\n  - three\n{% endblock %}\n',
        "kid.yaml.j2",
    )
    assert origins(rendered(kid)) == [
        "base:3 windows:",
        "base:5 - one",
        "base:8 - loop0",
        "_part:2 panes:",
        "_part:3 - ls",
        "base:8 - loop1",
        "_part:2 panes:",
        "_part:3 - ls",
        "base:12 - two",
        "kid:8 - three",
    ]
    assert [path.name for path in rendered(kid).files] == ["kid.yaml.j2", "base.yaml.j2", "_part.yaml.j2"]


PLACES = {
    "in-include": ("_part.yaml.j2", "ok: 1\n\n{{ 1/0 }}\n", "_part.yaml.j2:3: division by zero"),
    "syntax-of-include": (
        "_part.yaml.j2",
        "ok: 1\n{% nothing %}\n",
        "_part.yaml.j2:2: encountered unknown tag",
    ),
    "in-macro-of-import": (
        "_lib.yaml.j2",
        "{% macro m() %}\n\n{{ nowhere }}\n{% endmacro %}\n",
        "_lib.yaml.j2:3: 'nowhere' is undefined",
    ),
    "in-parent": (
        "base.yaml.j2",
        "a: 1\n\nb: {{ gone }}\n{% block x %}{% endblock %}",
        "base.yaml.j2:3: 'gone'",
    ),
    "yaml-of-include": ("_part.yaml.j2", "\nnonsense: 1\n", '_part.yaml.j2:2: unknown key "nonsense"'),
}


@pytest.mark.parametrize(("name", "text", "said"), PLACES.values(), ids=PLACES)
def test_an_error_names_the_file_that_it_is_in(
    name: str, text: str, said: str, write: Write, tmp_path: Path
) -> None:
    write(text, name)
    use = {"_part": '{% include "_part.yaml.j2" %}', "_lib": '{% from "_lib.yaml.j2" import m %}{{ m() }}'}
    body = use.get(name.partition(".")[0], "") or '{% extends "base.yaml.j2" %}'
    write(f"alias: mine\n---\n{body}\n" if "extends" in body else f"{HEAD}\n{body}\n")
    with pytest.raises(LayoutError) as caught:
        load(find("mine"), directory=tmp_path)
    assert caught.value.message.startswith(f"~/.config/ocprov/layouts/{said}")


HOSTILE = [
    "/tmp/a\nbefore_script: touch pwn", "/tmp/a #b", "/tmp/a: b", "'x", '"x', "{a: b}", "*x", "&x", "- x", "%x", "@x",
    "~", "null", "yes", "0123", "1:30", "2026-01-01", "", " ", "a\\nb", "\\", "\t", "é", "😀", "\u2028", "\x85", "\x7f",
    "\x00", "\ufeff", "{{ 1 }}", "$HOME", "<<", "=", "!x", "|", ">", "# c", "[", "\U000e0001",
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
def test_rows_55_to_57_a_value_round_trips(value: str, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("key: {{ given|yaml }}\nlist: {{ [given, 1, true, none, 1.5]|yaml }}\n")
    monkeypatch.setattr("ocprov.layout.render._functions", lambda _facts, _directory: {"given": value})
    text = rendered(path).text
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        found = yaml.load(text, Loader=loader)  # noqa: S506 # both are safe
        assert found == {"key": value, "list": [value, 1, True, None, 1.5]}


@pytest.mark.parametrize("value", ["a b", "a'b", "$(touch x)", "a;b", "", "-x", "é"])
def test_the_filter_sh_makes_one_word(value: str, write: Write) -> None:
    path = write(f"variables: {{v: ''}}\n---\n{HEAD}    panes: [{{{{ ('echo ' ~ v|sh)|yaml }}}}]\n")
    found = yaml.safe_load(rendered(path, f"v={value}").text)
    assert shlex.split(found["windows"][0]["panes"][0]) == ["echo", value]


def test_captured_text_is_what_the_author_sees(write: Write) -> None:
    path = write(
        "{% macro m() %}abc{% endmacro %}\n"
        "{% set x %}  abc{% endset %}\n"
        "a: [{{ m() == 'abc' }}, {{ x|trim|length }}, {{ x|upper }}, {{ m()|yaml }}, {{ {'abc': 1}[m()] }}]\n"
        "c: {{ x == '  abc' }} {{ x[2] }}\n"
        "b: {{ x ~ m() }}, {{ (x + 'd')|sh }}, {{ [m(), x]|join('-') }}\n"
    )
    assert (
        rendered(path).text
        == "a: [True, 3,   ABC, \"abc\", 1]\nc: True a\nb:   abcabc, '  abcd', abc-  abc\n"
    )


def test_what_a_template_can_ask(write: Write, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "nano")
    monkeypatch.delenv("NOWHERE", raising=False)
    path = write(
        "- {{ dir }}\n- {{ project[:5] }}\n- {{ home }}\n- {{ have('sh') }} {{ have('no-such-program') }}\n"
        "- {{ env('EDITOR', 'vi') }} {{ env('NOWHERE', 'vi') }} {{ env('NOWHERE') }}\n"
        "- {{ path('~/a') }} {{ path('$EDITOR/b') }} {{ isdir('~') }} {{ isdir('/nowhere') }}\n"
    )
    facts = Facts()
    assert render(path, (), "/srv/here", facts).rendered.text.splitlines() == [
        "- /srv/here",
        "- here-",
        f"- {home}",
        "- True False",
        "- nano vi ",
        f"- {home}/a /srv/here/nano/b True False",
    ]
    assert facts.asked["env", "NOWHERE"] is None
    assert facts.asked["have", "sh"] is True
    assert facts.asked["isdir", "/nowhere"] is False


def test_an_environment_value_with_a_newline_is_refused(
    load_mine: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVIL", "x\nbefore_script: touch pwn")
    with pytest.raises(
        LayoutError, match=r"mine\.yaml\.j2:1: environment variable EVIL has a control character"
    ):
        load_mine("session_name: {{ env('EVIL') }}\n")


def test_a_user_file_of_the_same_path_extends_the_shipped_one(shipped_layouts: Path, write: Write) -> None:
    (shipped_layouts / "sub").mkdir()
    (shipped_layouts / "sub/base.yaml.j2").write_text("a: 1\n{% block b %}\nb: 2\n{% endblock %}\n")
    path = write(
        '{% extends "sub/base.yaml.j2" %}\n{% block b %}\nb: 3\n{% endblock %}\n', "sub/base.yaml.j2"
    )
    assert rendered(path).text == "a: 1\nb: 3\n"
    assert rendered(path).where(1) == "layouts/sub/base.yaml.j2:1"


def test_a_loop_of_include_by_a_variable_name(write: Write) -> None:
    write("x: 1\n", "_one.yaml.j2")
    path = write("{% for n in ['one'] %}\n{% include '_' ~ n ~ '.yaml.j2' %}\n{% endfor %}\n")
    assert origins(rendered(path)) == ["_one:1 x: 1"]


def test_the_time_limit_is_put_back(write: Write) -> None:
    def handler(_number: int, _frame: object) -> None: ...

    before = signal.signal(signal.SIGPROF, handler)
    signal.setitimer(signal.ITIMER_PROF, 1000)
    try:
        rendered(write("a: 1\n"))
        assert signal.getsignal(signal.SIGPROF) is handler
        assert signal.getitimer(signal.ITIMER_PROF)[0] > 900
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def test_a_machine_that_stands_still_costs_a_template_nothing() -> None:
    with time_limit(0.2):
        select.select([], [], [], 0.5)


def test_what_computes_for_too_long_is_ended() -> None:
    with pytest.raises(Expired), time_limit(0.2):
        any(False for _ in iter(int, 1))  # without end


def test_another_thread_can_render(write: Write) -> None:
    path, found = write("a: {{ 1 }}\n"), []
    thread = threading.Thread(target=lambda: found.append(rendered(path).text))
    thread.start()
    thread.join()
    assert found == ["a: 1\n"]
