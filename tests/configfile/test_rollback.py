"""Going back to an earlier file."""

import stat
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
from tests.configfile.conftest import tree

ONE, TWO, THREE, MINE = b"a = 1\n", b"a = 2\n", b"a = 3\n", b"mine = true\n"


def put(content: bytes, *, force: bool = False) -> Change:
    wanted = Wanted(Path("/source"), sha(content), content)
    return deploy(wanted, standard(), Manner(answers=Answers(force=force), wait=0))


def back(number: int = 1, *, dry_run: bool = False) -> Change:
    return rollback(standard(), number, Manner(dry_run, wait=0))


def test_the_newest_backup_comes_back_and_going_back_again_undoes_it(home: Path) -> None:
    put(ONE)
    put(TWO)

    change = back()

    assert (change.action, change.sha_old, change.sha_new) == ("restore", sha(TWO), sha(ONE))
    assert standard().read_bytes() == ONE
    assert change.backup is not None
    assert change.backup.read_bytes() == TWO
    back()
    assert standard().read_bytes() == TWO


def test_an_older_one_comes_back_by_its_number(home: Path) -> None:
    for content in (ONE, TWO, THREE):
        put(content)

    back(2)

    assert standard().read_bytes() == ONE


def test_the_same_source_does_not_undo_it_and_a_changed_one_is_deployed_again(home: Path) -> None:
    put(ONE)
    put(TWO)
    back()

    assert (put(TWO).action, standard().read_bytes()) == ("none", ONE)
    assert (put(THREE).action, standard().read_bytes()) == ("replace", THREE)


def test_a_persons_version_that_comes_back_stays_a_persons(home: Path) -> None:
    put(ONE)
    standard().write_bytes(MINE)
    put(TWO, force=True)

    back()

    assert standard().read_bytes() == MINE
    assert [put(TWO).action, put(THREE).action] == ["none", "conflict"]


def test_an_edited_file_is_kept_when_going_back(home: Path) -> None:
    put(ONE)
    put(TWO)
    standard().write_bytes(MINE)
    standard().chmod(0o640)

    change = back()

    assert change.backup is not None
    assert change.backup.read_bytes() == MINE
    assert (standard().read_bytes(), stat.S_IMODE(standard().stat().st_mode)) == (ONE, 0o640)


def test_a_removed_file_comes_back(home: Path) -> None:
    put(ONE)
    put(TWO)
    standard().unlink()

    assert back().backup is None
    assert standard().read_bytes() == ONE


def test_a_persons_version_stays_a_persons_though_the_file_was_removed(home: Path) -> None:
    put(ONE)
    standard().write_bytes(MINE)
    put(TWO, force=True)
    standard().unlink()

    back()

    assert [put(TWO).action, put(THREE).action] == ["none", "conflict"]
    assert standard().read_bytes() == MINE


def test_with_the_record_lost_what_comes_back_counts_as_a_persons(home: Path) -> None:
    put(ONE)
    put(TWO)
    record.path().unlink()

    back()

    assert put(THREE).action == "conflict"


def test_a_persons_version_stays_a_persons_though_a_run_was_killed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(ONE)
    standard().write_bytes(MINE)
    with monkeypatch.context() as patch:
        patch.setattr("ocprov.configfile.install._remember", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            put(TWO, force=True)
    put(TWO)

    back()

    assert [put(TWO).action, put(THREE).action] == ["none", "conflict"]
    assert standard().read_bytes() == MINE


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_dry_run_writes_nothing(home: Path) -> None:
    put(ONE)
    put(TWO)
    before = tree(home)

    assert back(dry_run=True).action == "restore"
    assert tree(home) == before


@pytest.mark.parametrize(
    ("contents", "number", "said"),
    [
        pytest.param([], 1, "there is no backup of", id="nothing-deployed"),
        pytest.param([ONE], 1, "there is no backup of", id="nothing-replaced"),
        pytest.param([ONE, TWO], 2, "there is no backup 2 of .*, but 1", id="too-far"),
    ],
)
def test_what_is_not_there_cannot_come_back(
    contents: list[bytes], number: int, said: str, home: Path
) -> None:
    for content in contents:
        put(content)
    before = tree(home)

    with pytest.raises(OcprovError, match=said) as caught:
        back(number)

    assert caught.value.hint
    assert tree(home) == before
