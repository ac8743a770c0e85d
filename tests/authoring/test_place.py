"""Putting a layout in its place."""

from pathlib import Path

import pytest

from ocprov.authoring import place
from ocprov.errors import ConflictError, OcprovError


def test_of_two_who_save_at_once_one_wins_and_nothing_is_mixed(tmp_path: Path) -> None:
    path = tmp_path / "layouts/a.yaml.j2"
    place.save(path, b"first")
    with pytest.raises(ConflictError, match="is there already"):
        place.save(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(path.parent.iterdir()) == [path]


def test_a_link_to_nowhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    with pytest.raises(ConflictError):
        place.save(tmp_path / "a", b"x")
    assert not (tmp_path / "b").exists()


def test_a_file_that_is_gone_meanwhile_is_an_error_not_a_new_file(tmp_path: Path) -> None:
    with pytest.raises(OcprovError, match="cannot write"):
        place.replace(tmp_path / "a", b"x", before=b"y")
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_too_large_is_not_edited(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as file:
        file.truncate(2_000_000)
    with pytest.raises(OcprovError, match="larger than 1 MiB"):
        place.read(tmp_path / "a")
