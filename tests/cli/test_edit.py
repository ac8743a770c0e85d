"""`ocprov edit`: the live layout is never broken, whatever the editor does."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import DEADLINE, Machine, until

RIGHT = "session_name: opencode-development-mine\nwindows:\n  - window_name: a\n"
BETTER = RIGHT + "  - window_name: b\n"
WRONG = "session_name: opencode-development-mine\nwindow: []\n"

Said = tuple[int, str]


def at_terminal(machine: Machine, *arguments: str, answers: tuple[str, ...] = (), **more: str) -> Said:
    """The exit code of ocprov at a terminal, and what it said; each of `answers` is typed at a prompt."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "ocprov", "--no-color", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **more},
        cwd=machine.home,
        start_new_session=True,
    )
    os.close(theirs)
    said, left, end, seen = b"", list(answers), time.monotonic() + DEADLINE, 0
    while time.monotonic() < end:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                said += os.read(ours, 4096)
            except OSError:  # the terminal is closed
                break
        if left and said[seen:].endswith(b"[e]: "):
            os.write(ours, f"{left.pop(0)}\n".encode())
            seen = len(said)
    os.close(ours)
    return child.wait(DEADLINE), said.decode().replace("\r\n", "\n")


def editor(machine: Machine, *scripts: str) -> str:
    """An editor that does each of these to the file "$1", one at a time, the last of them from then on."""
    path = machine.root / "editor dir" / "ed"
    path.parent.mkdir(exist_ok=True)
    lines = [f"{number}) {script} ;;" for number, script in enumerate(scripts, 1)]
    count = f'n=$(($(cat "{path}.n" 2>/dev/null) + 1)); [ $n -le {len(scripts)} ] || n={len(scripts)}; echo $n >"{path}.n"'
    path.write_text("\n".join(["#!/bin/sh", '[ "$1" = -w ] && shift', count, "case $n in", *lines, "esac"]))
    path.chmod(0o755)
    return f"'{path}' -w"


def write(text: str) -> str:
    return f"cat >\"$1\" <<'END'\n{text}END\n"


def drafts(machine: Machine) -> list[Path]:
    return [path for path in (machine.state / "edit").rglob("*") if path.is_file()]


def test_what_is_right_takes_its_place(machine: Machine) -> None:
    path = machine.layout("mine", RIGHT)
    path.chmod(0o640)
    code, said = at_terminal(machine, "edit", "mine", EDITOR=editor(machine, write(BETTER)))
    assert (code, said) == (0, "mine: fine, 2 windows, saved to .config/ocprov/layouts/mine.yaml.j2\n")
    assert path.read_text() == BETTER
    assert path.stat().st_mode & 0o777 == 0o640
    assert drafts(machine) == []


def test_the_live_layout_is_not_what_is_edited(machine: Machine) -> None:
    path = machine.layout("mine", RIGHT)
    check = f'cmp "{path}" "$1" || exit 9; echo broken >"$1"; [ "$(cat "{path}")" != broken ] || exit 9; {write(BETTER)}'
    assert at_terminal(machine, "edit", "mine", EDITOR=editor(machine, check))[0] == 0


def test_the_copy_is_private_and_has_the_name_of_the_layout(machine: Machine) -> None:
    machine.layout("mine", RIGHT)
    look = f'stat -c "%a %n" "$1" "$(dirname "$1")" >"{machine.root}/seen"'
    at_terminal(machine, "edit", "mine", EDITOR=editor(machine, look))
    file, folder = (machine.root / "seen").read_text().splitlines()
    assert file.startswith("600 ")
    assert file.endswith("/mine.yaml.j2")
    assert folder.startswith("700 ")


def test_visual_comes_before_editor_but_not_on_a_dumb_terminal(machine: Machine) -> None:
    path = machine.layout("mine", RIGHT)
    visual = editor(machine, write(BETTER))
    assert at_terminal(machine, "edit", "mine", VISUAL=visual, EDITOR="false", TERM="dumb")[0] == 1
    assert path.read_text() == RIGHT
    assert at_terminal(machine, "edit", "mine", VISUAL=visual, EDITOR="false")[0] == 0


def test_unchanged_is_said(machine: Machine) -> None:
    path = machine.layout("mine", RIGHT)
    before = path.stat()
    slow = editor(machine, "sleep 1.1")
    assert at_terminal(machine, "edit", "mine", EDITOR=slow) == (0, "ocprov: mine: unchanged\n")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_an_editor_that_does_not_wait_is_told_about(machine: Machine) -> None:
    machine.layout("mine", RIGHT)

    def told() -> str:  # the second line, which none is where `true` took longer than a second
        return "".join(at_terminal(machine, "edit", "mine", EDITOR="true")[1].splitlines()[1:2])

    assert until(told).startswith("ocprov: is the editor open yet? what it saves now is lost")


def test_what_was_wrong_before_is_told_even_when_unchanged(machine: Machine) -> None:
    machine.layout("mine", WRONG)
    code, said = at_terminal(machine, "edit", "mine", EDITOR="true")
    assert code == 1
    assert "mine: unchanged" in said
    assert 'unknown key "window" in session' in said


def test_one_with_a_broken_header_can_be_edited(machine: Machine) -> None:
    path = machine.layout("mine", "alias: [\n---\n")
    assert at_terminal(machine, "edit", "mine", EDITOR=editor(machine, write(RIGHT)))[0] == 0
    assert path.read_text() == RIGHT


def test_what_is_wrong_can_be_edited_again(machine: Machine) -> None:
    path = machine.layout("mine", RIGHT)
    words = editor(machine, write(WRONG), write(BETTER))
    code, said = at_terminal(machine, "edit", "mine", answers=("",), EDITOR=words)
    assert code == 0
    assert 'error: .config/ocprov/layouts/mine.yaml.j2:2: unknown key "window" in session' in said
    assert path.read_text() == BETTER


def test_what_is_wrong_is_not_put_in_its_place(machine: Machine) -> None:
    path = machine.layout("mine", RIGHT)
    code, said = at_terminal(machine, "edit", "mine", answers=("q",), EDITOR=editor(machine, write(WRONG)))
    assert (code, path.read_text()) == (0, RIGHT)
    assert "mine: left as it was" in said
    assert drafts(machine) == []


def test_unless_the_person_insists(machine: Machine) -> None:
    path = machine.layout("mine", RIGHT)
    code, _ = at_terminal(machine, "edit", "mine", answers=("s",), EDITOR=editor(machine, write(WRONG)))
    assert (code, path.read_text()) == (1, WRONG)


def test_a_layout_that_is_a_link_stays_one(machine: Machine) -> None:
    dotfiles = machine.root / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "mine.yaml.j2").write_text(RIGHT)
    machine.layouts.mkdir(parents=True)
    link = machine.layouts / "mine.yaml.j2"
    link.symlink_to(dotfiles / "mine.yaml.j2")
    assert at_terminal(machine, "edit", "mine", EDITOR=editor(machine, write(BETTER)))[0] == 0
    assert link.is_symlink()
    assert (dotfiles / "mine.yaml.j2").read_text() == BETTER
    assert [path.name for path in dotfiles.iterdir()] == ["mine.yaml.j2"]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 3", "ended with 3"),
        ("kill -9 $$", "was ended by SIGKILL"),
        ('rm "$1"', "cannot read"),
        ('rm "$1"; mkdir "$1"', "is not a file"),
    ],
    ids=["fails", "is-killed", "removes", "replaces-by-a-directory"],
)
def test_an_editor_that_fails_changes_nothing(machine: Machine, script: str, said: str) -> None:
    path = machine.layout("mine", RIGHT)
    code, told = at_terminal(machine, "edit", "mine", EDITOR=editor(machine, script))
    assert code == 1
    assert said in told
    assert path.read_text() == RIGHT
    assert drafts(machine) == []


def test_what_was_written_before_the_editor_failed_is_kept(machine: Machine) -> None:
    path = machine.layout("mine", RIGHT)
    code, said = at_terminal(machine, "edit", "mine", EDITOR=editor(machine, f"{write(BETTER)}\nexit 1"))
    assert (code, path.read_text()) == (1, RIGHT)
    (draft,) = drafts(machine)
    assert draft.read_text() == BETTER
    assert f"what you wrote is kept in {draft}" in said.replace("\n", "")


def test_one_that_was_changed_meanwhile_is_not_overwritten(machine: Machine) -> None:
    path = machine.layout("mine", RIGHT)
    script = f'echo "# other" >>"{path}"; {write(BETTER)}'
    code, said = at_terminal(machine, "edit", "mine", EDITOR=editor(machine, script))
    assert code == 4
    assert "was changed by another program meanwhile" in said
    assert path.read_text() == RIGHT + "# other\n"
    assert [draft.read_text() for draft in drafts(machine)] == [BETTER]


def test_ctrl_c_in_the_editor_is_the_editors(machine: Machine) -> None:
    path = machine.layout("mine", RIGHT)
    script = f"trap : INT; kill -INT $PPID; {write(BETTER)}"
    assert at_terminal(machine, "edit", "mine", EDITOR=editor(machine, script))[0] == 0
    assert path.read_text() == BETTER


def test_an_editor_is_not_deaf_to_ctrl_c(machine: Machine) -> None:
    machine.layout("mine", RIGHT)
    code, said = at_terminal(machine, "edit", "mine", EDITOR=editor(machine, "kill -INT $$; exit 0"))
    assert code == 1
    assert f"ended by {signal.SIGINT.name}" in said


EDITORS = {
    "unset": ("", "no editor is known"),
    "blank": ("  ", "no editor is known"),
    "missing": ("/nowhere/ed", "is not on PATH: /nowhere/ed"),
    "quotes": ("ed 'x", "no closing quotation"),
}


@pytest.mark.parametrize(("words", "said"), EDITORS.values(), ids=EDITORS)
def test_without_a_usable_editor_there_is_a_hint(machine: Machine, words: str, said: str) -> None:
    machine.layout("mine", RIGHT)
    code, told = at_terminal(machine, "edit", "mine", EDITOR=words, PATH="/nowhere")
    assert code == 1
    assert said in told
    assert "hint: export EDITOR=" in told


def test_vi_is_the_editor_of_whoever_set_none(machine: Machine) -> None:
    path = machine.layout("mine", RIGHT)
    words = editor(machine, write(BETTER)).split("'")[1]
    Path(words).rename(Path(words).with_name("vi"))
    assert at_terminal(machine, "edit", "mine", PATH=f"{Path(words).parent}:{os.environ['PATH']}")[0] == 0
    assert path.read_text() == BETTER


def test_without_a_terminal_it_refuses(machine: Machine) -> None:
    machine.layout("mine", RIGHT)
    result = machine.ocprov("edit", "mine")
    assert result.returncode == 1
    assert result.stderr == "error: there is no terminal for an editor\nhint: run it in a terminal\n"


def test_of_a_shipped_layout_it_offers_one_of_yours(machine: Machine) -> None:
    words = editor(machine, 'echo "# mine" >>"$1"')
    code, said = at_terminal(machine, "edit", "monitoring", answers=("",), EDITOR=words)
    assert code == 0
    assert "monitoring is shipped, and not yours to change" in said
    text = (machine.layouts / "monitoring.yaml.j2").read_text()
    assert "{% extends" in text
    assert text.endswith("# mine\n")


def test_or_a_copy_which_can_be_asked_for(machine: Machine) -> None:
    words = editor(machine, 'echo "# mine" >>"$1"')
    assert at_terminal(machine, "edit", "--copy", "costs", EDITOR=words)[0] == 0
    assert "{% block daily" in (machine.layouts / "costs.yaml.j2").read_text()
    code, said = at_terminal(machine, "edit", "--copy", "costs", EDITOR=words)
    assert (code, "costs is yours already" in said) == (1, True)


@pytest.mark.parametrize("answer", ["q", "c"], ids=["quits", "leaves-it-unchanged"])
def test_or_nothing(machine: Machine, answer: str) -> None:
    code, said = at_terminal(machine, "edit", "monitoring", answers=(answer,), EDITOR="true")
    assert code == 0
    assert ("nothing was changed" in said) == (answer == "q")
    assert ("so none of yours was made" in said) == (answer == "c")
    assert not list(machine.layouts.rglob("*"))


def test_one_that_is_not_there(machine: Machine) -> None:
    code, said = at_terminal(machine, "edit", "monitorin", EDITOR="true")
    assert code == 1
    assert 'did you mean "monitoring"?' in said


def test_new_opens_what_it_wrote(machine: Machine) -> None:
    words = editor(machine, 'echo "  - window_name: two" >>"$1"')
    code, said = at_terminal(machine, "new", "-e", "notes", EDITOR=words)
    assert code == 0
    assert "notes: fine, 2 windows" in said
