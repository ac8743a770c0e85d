import os
from pathlib import Path

import pytest

from ocprov.opencode.life import rotation


def test_three_logs_of_before_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    for number in range(6):
        rotation.begin(log)
        log.write_text(str(number))
    rotation.begin(tmp_path / "server.log")

    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {
        "server.log.1": "5",
        "server.log.2": "4",
        "server.log.3": "3",
    }


def test_an_empty_log_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "server.log").touch()
    rotation.begin(tmp_path / "server.log")

    assert [one.name for one in tmp_path.iterdir()] == ["server.log"]


def test_a_log_that_grows_is_put_away_while_it_is_written(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with os.fdopen(rotation.open_for(log), "wb", buffering=0) as written:
        written.write(b"x" * 10)
        rotation.limit(log, 10)
        assert log.stat().st_size == 10
        written.write(b"y")
        rotation.limit(log, 10)
        written.write(b"after")

    assert log.read_bytes() == b"after"
    assert log.with_name("server.log.1").read_bytes() == b"x" * 10 + b"y"
    assert log.with_name("server.log.1").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", ""),
        (b"one\ntwo\n\n", "two"),
        (b"\033[31mred\xff", "\\x1b[31mred�"),
        (b"x" * 9000, "x" * 200),
    ],
    ids=["empty", "blank-lines", "foreign", "long"],
)
def test_the_end_of_a_log_for_a_person(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(content)

    assert rotation.end(tmp_path / "log") == said


def test_no_log_says_nothing(tmp_path: Path) -> None:
    assert rotation.end(tmp_path / "log") == ""
