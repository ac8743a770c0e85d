"""The other form: a link to the source of truth, and changes between the forms."""

from pathlib import Path

import pytest

from ocprov.configfile import record
from ocprov.configfile.change import Change, Manner
from ocprov.configfile.compare import sha
from ocprov.configfile.install import deploy
from ocprov.configfile.plan import Answers, Wanted
from ocprov.configfile.rollback import rollback
from ocprov.configfile.target import standard
from ocprov.errors import OcprovError

ONE, TWO, MINE = b"a = 1\n", b"a = 2\n", b"mine = true\n"


def put(source: Path, *, link: bool = True, force: bool = False, data: bytes | None = None) -> Change:
    content = source.read_bytes() if data is None else data
    wanted = Wanted(source, sha(content), content, link)
    return deploy(wanted, standard(), Manner(answers=Answers(force=force), wait=0))


@pytest.fixture
def source(home: Path) -> Path:
    path = home / "dotfiles/ocmonitor.toml"
    path.parent.mkdir()
    path.write_bytes(ONE)
    return path


def test_it_leads_to_the_source_and_an_edit_of_that_needs_no_deployment(source: Path) -> None:
    assert put(source).action == "create"
    assert standard().readlink() == source
    inode = standard().lstat().st_ino

    source.write_bytes(TWO)

    assert put(source).action == "none"
    assert standard().read_bytes() == TWO
    assert standard().lstat().st_ino == inode


def test_a_copy_becomes_a_link_and_a_link_a_copy(source: Path) -> None:
    put(source, link=False)
    first, second = put(source), put(source, link=False)

    assert [first.action, second.action] == ["replace", "replace"]
    assert not standard().is_symlink()
    assert standard().read_bytes() == ONE
    assert source.read_bytes() == ONE
    assert [first.backup, second.backup] == [None, None]
    assert put(source, link=False).action == "none"
    assert record.read().hashes == {str(standard()): sha(ONE)}


def test_a_link_that_takes_the_place_of_an_older_copy_keeps_that(source: Path) -> None:
    put(source, link=False)
    source.write_bytes(TWO)

    backup = put(source).backup

    assert backup is not None
    assert backup.read_bytes() == ONE
    assert backup.parent == standard().parent


def test_a_persons_file_is_no_place_for_a_link(source: Path) -> None:
    standard().parent.mkdir(parents=True)
    standard().write_bytes(MINE)

    assert put(source).action == "conflict"
    assert standard().read_bytes() == MINE
    backup = put(source, force=True).backup
    assert backup is not None
    assert backup.read_bytes() == MINE
    assert standard().readlink() == source


def test_ocprovs_own_link_follows_the_source_also_when_it_leads_nowhere(source: Path) -> None:
    put(source)
    moved = source.rename(source.with_name("moved.toml"))

    assert put(moved).action == "replace"
    assert standard().readlink() == moved


@pytest.mark.parametrize("link", [True, False], ids=["link", "copy"])
def test_a_link_that_leads_nowhere_and_is_not_ocprovs_is_refused(link: bool, source: Path) -> None:
    standard().parent.mkdir(parents=True)
    standard().symlink_to("gone")

    with pytest.raises(OcprovError, match="does not exist"):
        put(source, link=link)


def test_a_persons_own_link_to_something_else_is_a_conflict_and_what_it_led_to_stays(
    source: Path, home: Path
) -> None:
    (home / "other").write_bytes(MINE)
    standard().parent.mkdir(parents=True)
    standard().symlink_to(home / "other")

    assert put(source).reason == f"it is a link to {home}/other"
    backup = put(source, force=True).backup
    assert standard().readlink() == source
    assert (home / "other").read_bytes() == MINE
    assert backup is not None
    assert backup.read_bytes() == MINE


@pytest.mark.parametrize("link", [True, False], ids=["link", "copy"])
def test_a_persons_own_link_to_the_source_is_as_wanted(link: bool, source: Path) -> None:
    standard().parent.mkdir(parents=True)
    standard().symlink_to(source)

    assert put(source, link=link).action == "none"


def test_the_source_of_truth_is_never_written_through_a_link_to_it(source: Path) -> None:
    standard().parent.mkdir(parents=True)
    standard().symlink_to(source)

    refused = put(source, link=False, data=TWO)

    assert (refused.action, refused.reason) == (
        "conflict",
        "it is the source itself, which cannot be used as it is",
    )
    assert put(source, link=False, data=TWO, force=True).action == "replace"
    assert source.read_bytes() == ONE
    assert (standard().is_symlink(), standard().read_bytes()) == (False, TWO)


@pytest.mark.parametrize("link", [True, False], ids=["link", "copy"])
def test_a_source_that_is_or_leads_to_the_target_is_refused(link: bool, home: Path) -> None:
    standard().parent.mkdir(parents=True)
    standard().write_bytes(MINE)
    (home / "back").symlink_to(standard())

    for source in (standard(), home / "back"):
        with pytest.raises(OcprovError, match=r"is, or leads to, .* itself"):
            put(source, link=link, force=True)

    assert standard().read_bytes() == MINE


def test_going_back_from_a_link_leaves_the_source_alone(source: Path) -> None:
    put(source, link=False)
    source.write_bytes(TWO)
    put(source)

    change = rollback(standard(), 1, Manner(wait=0))

    assert (change.action, change.backup) == ("restore", None)
    assert (standard().is_symlink(), standard().read_bytes()) == (False, ONE)
    assert source.read_bytes() == TWO
    assert put(source).action == "none"


def test_a_link_that_a_killed_run_did_not_record_is_known_for_ocprovs(source: Path, home: Path) -> None:
    known = record.read()
    (home / ".local/state/ocprov").mkdir(parents=True)
    record.write(record.linking(known, standard(), str(source)))
    standard().parent.mkdir(parents=True)
    standard().symlink_to(source)
    other = home / "other.toml"
    other.write_bytes(TWO)

    assert put(other, link=False, force=True).action == "replace"
    assert source.read_bytes() == ONE
    assert (standard().is_symlink(), standard().read_bytes()) == (False, TWO)
