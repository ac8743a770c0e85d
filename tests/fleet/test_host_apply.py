"""`ocprov host apply`: a host is made as the request says, or left as it is, and the report tells which."""

import os
from pathlib import Path

import pytest

from ocprov.fleet.request import Request
from ocprov.lock import held
from tests.conftest import Machine
from tests.fleet.asking import OCPROV, Answer, ask, tree
from tests.fleet.test_host_look import LAYOUT, NAME, PATH, asked

EDITED = LAYOUT.replace("first", "other")


def config(machine: Machine) -> Path:
    return machine.home / ".config/ocprov"


def without_talk(answer: Answer) -> tuple[int, dict[str, str]]:
    return answer.code, answer.words


def test_from_nothing_to_a_session_and_a_second_run_changes_nothing(machine: Machine) -> None:
    request = Request(("boxes",), files={PATH: LAYOUT.encode()})
    first = ask(machine, "apply", request)
    assert without_talk(first) == (0, {PATH: "change", "ocmonitor": "change", "boxes": "change"})
    assert first.item("boxes").lines == (f"{NAME}: created with 2 windows",)
    assert first.item(PATH).lines == (f"{PATH}: created, there is no file yet",)
    assert machine.windows(NAME) == ["0 first", "1 second"]
    assert (config(machine) / PATH).read_text() == LAYOUT
    modes = {path.stat().st_mode & 0o777 for path in (config(machine), *config(machine).rglob("*"))}
    assert modes == {0o700, 0o600}
    second = ask(machine, "apply", request)
    assert second.code == 0
    assert second.report.in_sync
    assert ask(machine, "look", request).report == second.report


def test_equal_files_are_taken_over_and_from_then_on_replaced(machine: Machine) -> None:
    machine.layout("boxes", LAYOUT)
    assert ask(machine, "apply", asked()).item(PATH).lines == (
        f"{PATH}: recorded as put there, the same bytes are there already",
    )
    assert ask(machine, "apply", asked(EDITED)).code == 0


def test_what_the_source_has_no_more_goes_unless_it_was_edited(machine: Machine) -> None:
    files = {
        PATH: LAYOUT.encode(),
        "layouts/a/b/old.yaml": b"a: 1",
        "layouts/edited.j2": b"x",
        "layouts/gone.j2": b"y",
    }
    assert ask(machine, "apply", Request(files=files, config=False)).code == 0
    (config(machine) / "layouts/edited.j2").write_text("mine")
    (config(machine) / "layouts/gone.j2").unlink()
    answer = ask(machine, "apply", asked())
    assert answer.item("layouts/a/b/old.yaml").lines == (
        "layouts/a/b/old.yaml: removed, it is wanted no longer",
    )
    assert "stays, for it was edited" in answer.item("layouts/edited.j2").lines[0]
    assert "gone already" in answer.item("layouts/gone.j2").lines[0]
    assert sorted(path.name for path in (config(machine) / "layouts").iterdir()) == [
        "boxes.yaml.j2",
        "edited.j2",
    ]
    assert ask(machine, "look", asked()).report.in_sync


def test_a_request_without_files_leaves_all_files(machine: Machine) -> None:
    ask(machine, "apply", asked())
    before = tree(config(machine))
    assert ask(machine, "apply", Request(("boxes",), config=False)).words == {"boxes": "same"}
    assert tree(config(machine)) == before


def test_on_a_full_disk_nothing_is_half_there_and_the_next_run_completes(machine: Machine) -> None:
    files = {PATH: LAYOUT.encode(), "layouts/z-large.j2": b"{# " + b"x" * 60_000 + b" #}"}
    request = Request(("boxes",), files=files, config=False)
    # In blocks of 512 bytes: the small file fits, the large one does not.
    full = ask(machine, "apply", request, command=("/bin/sh", "-c", 'ulimit -f 40; exec "$@"', "sh", *OCPROV))
    assert full.code == 1, full
    assert full.words == {PATH: "failed", "layouts/z-large.j2": "skipped", "boxes": "skipped"}
    assert "File too large" in next(item for item in full.report.items if item.word == "failed").lines[0]
    assert not [*config(machine).rglob("*")]
    assert machine.tmux("list-sessions") == ""
    assert ask(machine, "apply", request).code == 0
    assert ask(machine, "look", request).report.in_sync


def test_what_was_done_is_told_where_the_rest_failed(machine: Machine) -> None:
    failing = LAYOUT.replace("boxes", "fails").replace("windows:", "before_script: /bin/false\nwindows:")
    files = {PATH: LAYOUT.encode(), "layouts/fails.yaml.j2": failing.encode()}
    hooked = LAYOUT.replace("boxes", "hooked").replace("windows:", "x-ocprov: {on_start: exit 3}\nwindows:")
    files["layouts/hooked.yaml.j2"] = hooked.encode()
    answer = ask(machine, "apply", Request(("fails", "hooked", "boxes"), files=files, config=False))
    words = dict.fromkeys(files, "change") | {"fails": "failed", "hooked": "failed", "boxes": "change"}
    assert without_talk(answer) == (1, words)
    why, made = answer.item("hooked").lines
    assert "ended with 3" in why
    assert made.endswith("hooked: created with 2 windows"), "it came up all the same"
    assert machine.windows(NAME) == ["0 first", "1 second"]


def test_a_missing_program_is_found_before_anything_is_touched(machine: Machine) -> None:
    needing = LAYOUT.replace("boxes", "needs").replace("variables", "requires: {no-such: get it}\nvariables")
    files = {PATH: LAYOUT.encode(), "layouts/needs.yaml.j2": needing.encode()}
    answer = ask(machine, "apply", Request(("boxes", "needs"), files=files, config=False))
    assert answer.code == 1
    assert answer.item("needs").word == "failed"
    assert answer.item("needs").lines == ("needs: needs needs no-such, which is not on PATH",)
    assert {answer.words[PATH], answer.words["boxes"]} == {"skipped"}
    assert not config(machine).exists()
    assert machine.tmux("list-sessions") == ""


def test_settings_that_no_command_would_take_are_not_put_there(machine: Machine) -> None:
    answer = ask(machine, "apply", Request(files={"config.toml": b"[deploy]\nsauce = 1\n"}, config=False))
    assert answer.code == 1
    assert answer.words == {"config.toml": "skipped", "settings": "failed"}
    assert "deploy.sauce" in answer.item("settings").lines[0]
    assert not config(machine).exists()


def test_a_second_apply_waits_for_the_first_and_then_says_who_it_is(machine: Machine) -> None:
    machine.state.mkdir(parents=True)
    with held(machine.state / "fleet.lock", wait=0, blocked=lambda: None):
        answer = ask(machine, "apply", Request(wait=0))
    assert (answer.code, answer.out) == (75, "")
    assert answer.err.splitlines()[0].startswith(
        f"error: another ocprov (process {os.getpid()}) is still at work"
    )


def test_where_up_is_running_the_session_is_busy_and_another_one_is_made(machine: Machine) -> None:
    ask(machine, "apply", asked())
    (lock,) = (path for path in machine.state.joinpath("lock").rglob(f"{NAME}.lock"))
    files = {PATH: EDITED.encode(), "layouts/two.yaml.j2": LAYOUT.replace("boxes", "two").encode()}
    with held(lock, wait=0, blocked=lambda: None):
        answer = ask(machine, "apply", Request(("boxes", "two"), files=files, config=False, wait=0))
    assert answer.code == 75
    assert answer.words == {
        PATH: "change", "layouts/two.yaml.j2": "change", "boxes": "busy", "two": "change",
    }  # fmt: skip
    assert "still at work" in answer.item("boxes").lines[0]
    assert ask(machine, "apply", Request(("boxes", "two"), files=files, config=False)).code == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"schema": 2, "files": {}}',
        '{"schema": 1, "files": [1]}',
        '{"schema": 1, "files": {"a": 1}}',
    ],
)
def test_a_manifest_that_is_not_ocprov_s_is_told_and_nothing_touched(machine: Machine, text: str) -> None:
    machine.state.mkdir(parents=True)
    (machine.state / "fleet.json").write_text(text)
    answer = ask(machine, "apply", asked())
    assert answer.code == 1
    assert "is not what ocprov wrote" in answer.item("fleet.json").lines[0]
    assert not config(machine).exists()
