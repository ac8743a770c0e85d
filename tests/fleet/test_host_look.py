"""`ocprov host look`: what a request comes to on a host, and nothing of it is touched."""

import json

import pytest

from ocprov.fleet.request import Request
from tests.conftest import Machine
from tests.fleet.asking import ask, tree
from tests.short.ways import told

NAME = "opencode-observability-boxes"
LAYOUT = """\
alias: boxes
variables: {who: me}
---
session_name: opencode-observability-boxes
windows:
  - window_name: first
    panes: [{{ ("sleep 1000 # " ~ (who | sh)) | yaml }}]
  - window_name: second
    panes: [sleep 2000]
"""
PATH = "layouts/boxes.yaml.j2"


def asked(text: str = LAYOUT) -> Request:
    """A request for the layout."""
    return Request(("boxes",), files={PATH: text.encode()}, config=False)


def test_a_host_that_has_nothing_is_told_all_and_is_not_touched(machine: Machine) -> None:
    before = tree(machine.root)
    answer = ask(machine, "look", asked())
    assert tree(machine.root) == before
    assert machine.tmux("list-sessions") == ""
    assert answer.code == 0
    assert answer.words == {PATH: "change", "boxes": "change"}
    assert answer.item(PATH).lines == (f"{PATH}: to be created, there is no file yet",)
    assert answer.item("boxes").lines == (
        f"{NAME}: to be created with 2 windows",
        "  + first   new window",
        "  + second  new window",
    )
    assert answer.report.key == ""
    assert answer.report.version


def test_an_edited_layout_is_planned_before_it_is_there(machine: Machine) -> None:
    assert ask(machine, "apply", asked()).code == 0
    before = tree(machine.home)
    answer = ask(
        machine, "look", asked(LAYOUT.replace("sleep 2000", "sleep 2001") + "  - window_name: third\n")
    )
    assert tree(machine.home) == before, "neither the plan cache nor anything else"
    assert answer.item(PATH).lines == (f"{PATH}: to be replaced, it was not edited since ocprov deployed it",)
    lines = answer.item("boxes").lines
    assert lines[0] == f"{NAME}: 3 changes to make"
    assert not [line for line in lines if "first" in line]
    assert [line for line in lines if line.split()[:2] == ["+", "third"]]
    assert [line for line in lines if line.split()[:2] == ["!", "second"]]
    assert ask(machine, "look", asked()).report.in_sync


def test_a_look_is_neither_served_from_the_plan_cache_nor_kept_in_it(machine: Machine) -> None:
    ask(machine, "apply", asked())
    cached = tree(machine.home / ".cache")
    edited = asked(LAYOUT.replace("first", "other"))
    assert "other" in "".join(ask(machine, "look", edited).item("boxes").lines)
    assert tree(machine.home / ".cache") == cached
    assert machine.ocprov("plan", "boxes").stdout == f"{NAME}: nothing to change\n"
    assert ask(machine, "apply", edited).code == 0
    assert "other" in machine.windows(NAME)[-1]


PARENT = "---\nsession_name: opencode-observability-boxes\nwindows:\n{% block all %}\n  - window_name: one\n{% endblock %}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({}, {"layouts/a/b/boxes.yaml.j2": LAYOUT}, id="in new folders"),
        pytest.param({}, {"layouts/x.yaml": LAYOUT}, id="by its alias"),
        pytest.param(
            {"layouts/boxes.yaml.j2": LAYOUT}, {"layouts/a-first.yaml.j2": LAYOUT.replace("second", "2nd")},
            id="another of that alias takes its place",
        ),
        pytest.param(
            {"layouts/boxes.yaml.j2": LAYOUT, "layouts/a.yaml.j2": LAYOUT.replace("second", "2nd")},
            {"layouts/boxes.yaml.j2": LAYOUT},
            id="the one before it goes",
        ),
        pytest.param(
            {},
            {"layouts/boxes.yaml.j2": 'alias: boxes\n---\n{% extends "p/_p.j2" %}\n', "layouts/p/_p.j2": PARENT},
            id="extends a new one in a new folder",
        ),
        pytest.param(
            {"layouts/boxes.yaml.j2": 'alias: boxes\n---\n{% extends "_p.j2" %}\n', "layouts/_p.j2": PARENT},
            {"layouts/boxes.yaml.j2": 'alias: boxes\n---\n{% extends "_p.j2" %}\n',
             "layouts/_p.j2": PARENT.replace("one", "two")},
            id="what it extends is edited",
        ),
    ],
)  # fmt: skip
def test_a_look_says_what_an_apply_then_does(
    machine: Machine, before: dict[str, str], after: dict[str, str]
) -> None:
    if before:
        assert ask(machine, "apply", with_files(before)).code == 0
    seen = ask(machine, "look", with_files(after)).item("boxes")
    done = ask(machine, "apply", with_files(after)).item("boxes")
    assert (seen.word, seen.data) == (done.word, done.data)
    assert seen.word == "change"
    assert ask(machine, "look", with_files(after)).report.in_sync


def with_files(files: dict[str, str]) -> Request:
    contents = {name: text.encode() for name, text in files.items()}
    return Request(("boxes",), files=contents, config=False, prune=True)


def test_an_include_that_goes_is_missed_before_it_is_gone(machine: Machine) -> None:
    extending = 'alias: boxes\n---\n{% extends "_p.j2" %}\n'
    ask(machine, "apply", with_files({PATH: extending, "layouts/_p.j2": PARENT}))
    answer = ask(machine, "look", with_files({PATH: extending}))
    assert answer.words == {PATH: "same", "layouts/_p.j2": "change", "boxes": "failed"}
    assert 'no file "_p.j2" in the layouts' in answer.item("boxes").lines[0]


def test_what_stands_against_one_layout_is_said_of_it_alone(machine: Machine) -> None:
    machine.layout("needs", LAYOUT.replace("variables: {who: me}", "requires: {no-such-program: get it}"))
    wrong = Request(("needs", "no-such-layout", "monitoring:nowhere", "demo"), config=False)
    answer = ask(machine, "look", Request(("boxes", *wrong.layouts), files=asked().files, config=False))
    words = {name: word for name, word in answer.words.items() if name != PATH}
    assert words == dict.fromkeys(wrong.layouts, "failed") | {"boxes": "change"}
    assert answer.code == 0
    assert answer.report.exit_code == 1
    item = answer.item("no-such-layout")
    assert item.lines == ('no-such-layout: no layout is called "no-such-layout"',)
    assert item.hint


def test_the_directory_is_of_the_host_and_relative_ones_start_at_its_home(machine: Machine) -> None:
    (machine.home / "work").mkdir()
    text = LAYOUT.replace("boxes\nwindows", "{{ project }}\nwindows")
    names = set()
    for directory in ("~/work", "work", str(machine.home / "work")):
        request = Request(("boxes",), directory=directory, files={PATH: text.encode()}, config=False)
        item = ask(machine, "look", request).item("boxes")
        names.add(item.lines[0])
    assert len(names) == 1
    assert "observability-work-" in names.pop()


VALUES = ("it's", "$(touch ran)", "a; touch ran", "`touch ran`", '"; touch ran #', "%H", "-x")


def test_a_value_never_runs_anything(machine: Machine) -> None:
    names = [f"v{number}" for number in range(len(VALUES))]
    text = f"alias: boxes\nvariables: {{{', '.join(f'{name}: x' for name in names)}}}\n---\nsession_name: {NAME}\nwindows:\n"
    for name in names:
        text += (
            f"""  - window_name: {name}\n    panes: [{{{{ ("sleep 1000 # " ~ ({name} | sh)) | yaml }}}}]\n"""
        )
    given = tuple(f"{name}={value}" for name, value in zip(names, VALUES, strict=True))
    request = Request(("boxes",), given, files={PATH: text.encode()}, config=False)
    assert ask(machine, "look", request).item("boxes").word == "change"
    assert ask(machine, "apply", request).code == 0
    told(machine)
    assert ask(machine, "look", request).report.in_sync
    assert not [*machine.root.rglob("ran")]


def test_a_layout_that_this_tmux_does_not_know_is_told_by_a_look(machine: Machine) -> None:
    mirrored = LAYOUT.replace("window_name: first", "window_name: first\n    layout: main-vertical-mirrored")
    front = machine.root / "front"
    front.mkdir()
    (front / "tmux").write_text('#!/bin/sh\ncase "$*" in *-V) echo tmux 3.4 ;; *) exit 1 ;; esac\n')
    (front / "tmux").chmod(0o755)
    answer = ask(machine, "look", asked(mirrored), PATH=f"{front}:/usr/bin:/bin")
    assert answer.item("boxes").word == "failed"
    assert "needs tmux 3.5" in answer.item("boxes").lines[0]


def test_a_host_s_answer_is_one_line_of_json(machine: Machine) -> None:
    answer = ask(machine, "look", asked())
    assert answer.out.count("\n") == 1
    assert set(json.loads(answer.out)) == {"schema", "ocprov", "version", "items"}
