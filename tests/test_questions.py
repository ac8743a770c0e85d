"""What a plan may depend on, asked of a real machine."""

import os
import shutil
from pathlib import Path

import pytest

from ocprov import questions


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of ocprov, all of the same age, that takes itself for the one that runs."""
    copy = tmp_path / "ocprov"
    shutil.copytree(Path(questions.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for path in copy.rglob("*.py"):
        os.utime(path, (1, 1))
    monkeypatch.setattr(questions, "__file__", str(copy / "questions.py"))
    return copy


def code() -> object:
    return questions.answer("code", "")


def test_any_other_code_of_ocprovs_is_noticed(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = code()
    build = package / "core/build.py"
    build.write_text(build.read_text() + "\n")
    os.utime(build, (1, 1))
    longer = code()
    assert longer != before
    os.utime(build, (0, 0))
    assert code() not in (before, longer)
    moved = package.rename(package.parent / "newer")
    monkeypatch.setattr(questions, "__file__", str(moved / "questions.py"))
    assert code() != before


def test_what_an_editor_leaves_beside_it_is_not_code(package: Path) -> None:
    before = code()
    (package / ".#lock.py").symlink_to("nobody@nowhere.1")
    (package / "core/__pycache__").mkdir()
    assert code() == before


def test_a_folder_is_its_names_but_for_hidden_ones(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("")
    (tmp_path / ".b.swp").write_text("")
    (tmp_path / "a").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    assert questions.answer("names", str(tmp_path)) == ("a/", "b", "loop")
    assert questions.answer("names", str(tmp_path / "b")) is None


def test_a_program_is_found_as_a_shell_finds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plain").write_text("")
    (tmp_path / "folder").mkdir()
    (tmp_path / "runs").write_text("")
    (tmp_path / "runs").chmod(0o755)
    monkeypatch.setenv("PATH", f"/nonexistent::{tmp_path}")
    found = [
        name
        for name in ("plain", "folder", "runs", "absent", str(tmp_path / "runs"))
        if questions.answer("have", name)
    ]
    assert found == ["runs", str(tmp_path / "runs")]


@pytest.mark.parametrize("size", [0, 10, questions.LARGEST, questions.LARGEST + 5])
def test_a_text_is_read_up_to_what_is_too_much(tmp_path: Path, size: int) -> None:
    (tmp_path / "file").write_bytes(b"x" * size)
    found = questions.answer("text", str(tmp_path / "file"))
    assert isinstance(found, bytes)
    assert len(found) == min(size, questions.LARGEST + 1)


def test_what_is_no_text(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "absent", ".", "a\0b"):
        assert questions.answer("text", str(tmp_path / name)) is None


def test_changes_are_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "vi")
    inputs = [
        ("env", "EDITOR", questions.fingerprint("vi")),
        ("isdir", str(tmp_path), questions.fingerprint(True)),
    ]
    assert questions.changed(inputs) == ""
    monkeypatch.delenv("EDITOR")
    assert questions.changed(inputs) == "the environment variable EDITOR"


BESIDE = {
    "both-on-the-path": (("ocprov", "ocmonitor"), ("ocprov", "ocmonitor"), False),
    "neither": (("ocprov", "ocmonitor"), (), True),
    "no-ocprov": (("ocprov", "ocmonitor"), ("ocmonitor",), True),
    "no-ocmonitor": (("ocprov", "ocmonitor"), ("ocprov",), True),
    "no-ocmonitor-anywhere": (("ocprov",), ("ocprov",), False),
    "nothing-installed": ((), (), False),
}


@pytest.mark.parametrize(("own", "on_path", "added"), BESIDE.values(), ids=BESIDE)
def test_commands_find_ocprov_and_its_ocmonitor(
    own: tuple[str, ...],
    on_path: tuple[str, ...],
    added: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for folder, programs in (("venv", own), ("usual", on_path)):
        (tmp_path / folder).mkdir()
        for program in programs:
            (tmp_path / folder / program).touch(mode=0o755)
    usual = str(tmp_path / "usual")
    monkeypatch.setenv("PATH", usual)
    monkeypatch.setattr("sys.executable", f"{tmp_path}/venv/python")
    assert questions.search_path() == (f"{usual}:{tmp_path}/venv" if added else usual)
