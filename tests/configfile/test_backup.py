"""What is kept of a file before it is changed."""

import stat
from pathlib import Path

import pytest

from ocprov.configfile import backup


def test_copies_are_private_and_beside_the_file_and_never_the_same(tmp_path: Path) -> None:
    file = tmp_path / "a.conf"

    copies = [backup.keep(file, data) for data in (b"a", b"b", b"a")]

    assert [copy.read_bytes() for copy in copies] == [b"a", b"b", b"a"]
    assert {copy.parent for copy in copies} == {tmp_path}
    assert {stat.S_IMODE(copy.stat().st_mode) for copy in copies} == {0o600}


def test_a_directory_that_does_not_take_a_copy_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        backup.keep(tmp_path / "none/a.conf", b"a")
