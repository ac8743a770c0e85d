"""The file of results: what a run that ends, however it ends, leaves for the next one."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ocprov.errors import BusyError, ConflictError, OcprovError
from ocprov.opencode.bulk.results import Result, Results, Sent, State, kept
from tests.conftest import Machine

OK = Result(0, "k0", "ok", "one", text="answer", conversation="ses_0", message="msg_0")
WRONG = Result(1, "k1", "error", "two", error="fake", conversation="ses_1", message="msg_1")
CUT = Result(2, "k2", "interrupted", "three", conversation="ses_2", message="msg_2")


@pytest.fixture
def path(machine: Machine) -> Path:
    return machine.home / "p.txt.results.jsonl"


def beside(path: Path) -> Path:
    return path.with_name(path.name + ".sent")


@contextmanager
def started(path: Path, *, again: bool = False) -> Iterator[Results]:
    with kept(path, again=again) as results:
        results.start()
        yield results


def write(path: Path, *results: Result) -> None:
    with started(path) as kept_here:
        for one in results:
            kept_here.put(one)


def states(path: Path) -> list[tuple[str, State]]:
    return [(one["key"], one["state"]) for one in map(json.loads, path.read_text().splitlines())]


def test_results_are_lines_that_only_the_owner_reads(path: Path) -> None:
    write(path, OK)
    assert json.loads(path.read_text())["text"] == "answer"
    assert path.stat().st_mode & 0o777 == 0o600
    assert not beside(path).exists()


def test_any_text_is_kept_on_one_line_as_utf_8(path: Path) -> None:
    text = "é\n\u2028\x00\ud800 \U0001f600"
    write(path, Result(0, "k", "ok", "p", text=text))
    (line,) = path.read_bytes().split(b"\n")[:-1]
    assert json.loads(line.decode())["text"] == text
    assert "é".encode() in line


def test_what_has_a_result_is_not_sent_again(path: Path) -> None:
    write(path, OK, WRONG)
    with started(path) as results:
        assert results.states == {"k0": "ok", "k1": "error"}
        assert results.before("k0") is results.before("k1") is None


def test_what_failed_is_sent_again_where_that_is_asked_for(path: Path) -> None:
    write(path, OK, WRONG)
    with started(path, again=True) as results:
        assert results.states == {"k0": "ok"}
        assert results.before("k1") == Sent("k1", "ses_1", "msg_1")
    assert states(path) == [("k0", "ok")]


def test_what_was_interrupted_is_gone_on_with(path: Path) -> None:
    write(path, CUT, OK)
    with started(path) as results:
        assert results.before("k2") == Sent("k2", "ses_2", "msg_2")
        results.put(Result(2, "k2", "ok", "three"))
    assert states(path) == [("k0", "ok"), ("k2", "ok")]


def test_what_was_about_to_be_sent_is_known_after_a_kill(path: Path) -> None:
    with started(path) as results:
        results.sending(Sent("k0", "ses_0", "msg_0"))
        results.sending(Sent("k1", "ses_1", "msg_1"))
        results.put(OK)
    with started(path) as results:
        assert results.before("k0") is None
        assert results.before("k1") == Sent("k1", "ses_1", "msg_1")


def test_what_is_to_be_sent_again_is_known_after_a_kill_at_the_start(path: Path) -> None:
    write(path, OK, WRONG)
    with started(path, again=True):
        pass
    with started(path) as results:
        assert results.before("k1") == Sent("k1", "ses_1", "msg_1")


def test_what_was_sent_anew_counts(path: Path) -> None:
    with started(path) as results:
        results.sending(Sent("k0", "ses_0", "msg_0"))
        results.sending(Sent("k0", "ses_9", "msg_9"))
    with started(path) as results:
        assert results.before("k0") == Sent("k0", "ses_9", "msg_9")


@pytest.mark.parametrize(
    "half", ["{", '{"ind', '{"index": 1, "key": "k1", "state": "ok", "text": "' + "x" * 99999]
)
def test_half_a_line_at_the_end_is_cut_off(path: Path, half: str) -> None:
    write(path, OK)
    whole = path.read_text()
    path.write_text(whole + half)
    with started(path) as results:
        assert results.states == {"k0": "ok"}
        results.put(WRONG)
    assert states(path) == [("k0", "ok"), ("k1", "error")]


@pytest.mark.parametrize("before", [[], [Sent("k0", "ses_0", "msg_0")]], ids=["alone", "behind another"])
def test_half_a_line_of_what_was_about_to_be_sent_is_cut_off(path: Path, before: list[Sent]) -> None:
    with started(path) as results:
        for sent in before:
            results.sending(sent)
    with beside(path).open("a") as file:
        file.write('{"key": "k1", "conv')
    with started(path) as results:
        assert results.before("k1") is None
        results.sending(Sent("k2", "ses_2", "msg_2"))
    with started(path) as results:
        assert results.before("k2")
        assert [results.before(sent.key) for sent in before] == before


@pytest.mark.parametrize(
    "content",
    [
        "a diary\n",
        "a diary",
        '{"other": 1}\n',
        "[]\n",
        '{"index": 0}\n',
        '{"index": 0, "key": "k", "state": "x"}\n',
        "{}\n",
    ],
)
def test_a_file_of_something_else_is_left_alone(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(ConflictError, match="is not a file of results"), started(path):
        pass
    assert path.read_text() == content
    assert not beside(path).exists()


def test_nothing_is_written_before_the_start(path: Path) -> None:
    write(path, OK, WRONG, CUT)
    before = path.read_text()
    with kept(path, again=True):
        pass
    assert path.read_text() == before
    with kept(path.with_name("new")):
        pass
    assert not path.with_name("new").exists()


def test_two_runs_do_not_have_the_same_results(path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to(path)
    with started(path), pytest.raises(BusyError), kept(link):
        pass
    with kept(path):
        pass


def test_a_link_stays_one(path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to(path)
    write(path, WRONG)
    with started(link, again=True):
        pass
    assert link.is_symlink()
    assert path.read_text() == ""


@pytest.mark.parametrize("name", [".", "missing/results", "pipe", "/dev/null"])
def test_what_cannot_be_a_file_of_results_is_refused(path: Path, name: str) -> None:
    os.mkfifo(path.with_name("pipe"))
    with pytest.raises(OcprovError), started(path.parent / name):
        pass


def test_a_full_disk_is_said_and_leaves_whole_lines(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with started(path) as results:
        results.put(OK)
        write_some = os.write

        def full(descriptor: int, data: bytes) -> int:
            if len(data) < 20:
                raise OSError(28, "No space left on device")
            return write_some(descriptor, data[:-10])

        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full)
            with pytest.raises(OcprovError, match="no space left"):
                results.put(WRONG)
        results.put(CUT)
    assert states(path) == [("k0", "ok"), ("k2", "interrupted")]


def test_only_what_each_came_to_is_kept_in_memory(path: Path) -> None:
    write(path, Result(0, "k0", "ok", "x" * 100000))
    with kept(path) as results:
        assert results.count(["k0", "unknown"]) == {"ok": 1}
        assert "x" * 1000 not in repr(vars(results))
