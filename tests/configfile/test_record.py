import json
import os
from pathlib import Path

import pytest

from ocprov.configfile import record
from ocprov.configfile.compare import sha


def test_no_record_is_an_empty_one_without_a_warning(home: Path) -> None:
    assert record.read() == record.Record({})
    assert list(home.iterdir()) == []


def test_it_reads_what_was_written_names_that_are_not_utf8_too(home: Path) -> None:
    hashes = {"/home/a": sha(b"a"), "/home/\udcff": sha(b"b")}
    record.path().parent.mkdir(parents=True)
    record.path().write_bytes(record.text(hashes))

    assert record.read() == record.Record(hashes)
    assert record.path() == home / ".local/state/ocprov/deployed.json"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"/a": "', id="cut-off"),
        pytest.param(b"[]", id="no-object"),
        pytest.param(b'{"/a": 1}', id="no-string"),
        pytest.param(b'{"/a": "abc"}', id="no-hash"),
        pytest.param(b"\xff\xfe\x00", id="not-text"),
        pytest.param(b"[" * 200_000, id="nested-too-deep"),
        pytest.param(json.dumps({"/a": sha(b"") + "\n"}).encode(), id="hash-with-more"),
    ],
)
def test_a_corrupt_record_is_a_lost_one_with_a_warning(content: bytes, home: Path) -> None:
    path = home / ".local/state/ocprov/deployed.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)

    found = record.read()

    assert found.hashes == {}
    assert str(path) in found.warning


def test_a_directory_in_its_place_is_a_lost_record_with_a_warning(home: Path) -> None:
    (home / ".local/state/ocprov/deployed.json").mkdir(parents=True)

    assert "treated as lost" in record.read().warning


def test_it_tells_the_files_whatever_is_said_of_them() -> None:
    keys = ("/home/a b", "kept /home/a b", "link /home/c", "linking /home/c", "edited /home/c.bak")

    assert record.Record(dict.fromkeys(keys, sha(b""))).places == (Path("/home/a b"), Path("/home/c"))


def test_a_fifo_in_its_place_is_a_lost_record_that_gives_way_and_nothing_hangs(home: Path) -> None:
    path = home / ".local/state/ocprov/deployed.json"
    path.parent.mkdir(parents=True)
    os.mkfifo(path)

    assert "treated as lost" in record.read().warning
    record.write({"/a": sha(b"")})
    assert record.read() == record.Record({"/a": sha(b"")})
