"""Of a run that was killed the next one knows all files for ocprov's, whatever the source holds by then."""

import os
from pathlib import Path

import pytest

from ocprov import state
from ocprov.cli import host_making, host_seen
from ocprov.cli.host_seen import Seen
from ocprov.errors import ConflictError, OcprovError
from ocprov.fleet import files, manifest, putting
from ocprov.fleet.files import Step
from ocprov.fleet.lingering import Logout
from tests.conftest import Machine

ONE = {"layouts/a.yaml": b"a: 1\n", "layouts/b.yaml": b"b: 1\n"}
TWO = {"layouts/a.yaml": b"a: 2\n", "layouts/b.yaml": b"b: 2\n"}
THREE = {"layouts/a.yaml": b"a: 3\n", "layouts/b.yaml": b"b: 3\n"}


def decided(wanted: dict[str, bytes]) -> tuple[Step, ...]:
    return files.steps(wanted, manifest.read(), force=False)


def put(wanted: dict[str, bytes]) -> putting.Done:
    return putting.put(decided(wanted), manifest.read())


def actions(wanted: dict[str, bytes]) -> list[str]:
    return [step.action for step in decided(wanted)]


def killed(monkeypatch: pytest.MonkeyPatch, after: int, wanted: dict[str, bytes]) -> None:
    """Be killed after so many files."""
    seen: list[Step] = []
    real = putting._do

    def dying(step: Step, fresh: Path | None) -> None:
        if len(seen) == after:
            raise KeyboardInterrupt
        seen.append(step)
        real(step, fresh)

    with monkeypatch.context() as patch:
        patch.setattr(putting, "_do", dying)
        with pytest.raises(KeyboardInterrupt):
            put(wanted)


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("then", [ONE, TWO, THREE], ids=["before", "the same", "after"])
def test_what_a_killed_run_left_is_never_a_conflict(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, after: int, then: dict[str, bytes]
) -> None:
    assert put(ONE).failure is None
    killed(monkeypatch, after, TWO)
    assert "conflict" not in actions(then)
    assert put(then).failure is None
    assert actions(then) == ["none", "none"]
    assert {name: (state.config_dir() / name).read_bytes() for name in then} == then
    assert sorted(path.name for path in (state.config_dir() / "layouts").iterdir()) == ["a.yaml", "b.yaml"]


def test_nor_is_what_two_killed_runs_left(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert put(ONE).failure is None
    killed(monkeypatch, 1, TWO)
    killed(monkeypatch, 0, THREE)
    for then in (ONE, TWO, THREE):
        assert "conflict" not in actions(then)


def test_what_a_killed_run_left_beside_the_files_goes(machine: Machine) -> None:
    put(ONE)
    left = state.config_dir() / "layouts/.ocprov-new-1-0"
    left.write_text("half")
    put(TWO)
    assert not left.exists()


def test_also_where_only_another_file_is_written(machine: Machine) -> None:
    put(ONE)
    left = state.config_dir() / "layouts/.ocprov-new-1-0"
    left.write_text("half")
    put({**ONE, "config.toml": b""})
    assert not left.exists()


def test_what_could_not_be_written_is_not_known_as_put_there(machine: Machine) -> None:
    with pytest.raises(OcprovError, match="cannot write"):
        putting.put((Step("layouts/" + "x" * 300, "create", "", data=b"x"),), {})
    assert manifest.read() == {}
    assert not (state.config_dir() / "layouts").exists()


@pytest.mark.parametrize("kind", ["a folder", "a link", "a file where its folder was"])
def test_what_is_another_thing_by_now_is_forgotten_and_stays(machine: Machine, kind: str) -> None:
    put({**ONE, "layouts/more/c.yaml": b"c"})
    place = state.config_dir() / "layouts/more/c.yaml"
    place.unlink()
    if kind == "a folder":
        place.mkdir()
    elif kind == "a link":
        place.symlink_to("/dev/null")
    else:
        place.parent.rmdir()
        place.parent.write_text("mine")
    assert actions(TWO) == ["replace", "replace", "forget"]
    assert put(TWO).failure is None
    assert actions(TWO) == ["none", "none"]
    assert place.parent.read_text() == "mine" if kind.startswith("a file") else os.path.lexists(place)


def test_an_edit_between_the_look_and_the_writing_is_a_conflict_and_nothing_is_touched(
    machine: Machine,
) -> None:
    put(ONE)
    steps = decided(TWO)
    (state.config_dir() / "layouts/b.yaml").write_text("mine")
    with pytest.raises(ConflictError, match="changed meanwhile"):
        putting.put(steps, manifest.read())
    assert (state.config_dir() / "layouts/a.yaml").read_bytes() == ONE["layouts/a.yaml"]
    assert actions(TWO) == ["replace", "conflict"]


def test_files_that_were_done_before_one_failed_are_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(ONE)
    real = putting._do

    def failing(step: Step, fresh: Path | None) -> None:
        if step.name.endswith("b.yaml"):
            raise OSError(5, "Input/output error")
        real(step, fresh)

    with monkeypatch.context() as patch:
        patch.setattr(putting, "_do", failing)
        done = put(TWO)
        items = host_making._files(_seen(THREE))
    assert [step.name for step in done.steps] == ["layouts/a.yaml"]
    assert isinstance(done.failure, OcprovError)
    assert done.failed
    assert done.failed.name == "layouts/b.yaml"
    assert {item.name: item.word for item in items} == {
        "layouts/a.yaml": "change",
        "layouts/b.yaml": "failed",
    }
    assert actions(THREE) == ["none", "replace"]


def _seen(wanted: dict[str, bytes]) -> Seen:
    steps = decided(wanted)
    return Seen(steps, manifest.read(), tuple(map(host_seen._file, steps)), (), Logout(), (), ())


def test_that_it_could_not_be_recorded_is_told(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    put(ONE)
    real, told = manifest.write, OcprovError("no room", "make some")

    def failing(known: manifest.Known) -> None:
        if all(len(hashes) == 1 for hashes in known.values()):
            raise told
        real(known)

    with monkeypatch.context() as patch:
        patch.setattr(manifest, "write", failing)
        assert put(TWO).failure is told
    assert actions(TWO) == ["none", "none"]


def test_folders_that_hold_nothing_any_more_go_but_for_those_that_every_machine_has(machine: Machine) -> None:
    put({"layouts/a/b/c.yaml": b"c", "config.toml": b""})
    put({"config.toml": b""})
    assert not list((state.config_dir() / "layouts").iterdir())


def test_a_file_that_any_user_can_write_is_closed(machine: Machine) -> None:
    put(ONE)
    place = state.config_dir() / "layouts/a.yaml"
    place.chmod(0o666)
    assert actions(ONE) == ["chmod", "none"]
    put(ONE)
    assert place.stat().st_mode & 0o777 == 0o664
    assert actions(ONE) == ["none", "none"]


def test_a_mode_that_its_owner_chose_stays(machine: Machine) -> None:
    put(ONE)
    place = state.config_dir() / "layouts/a.yaml"
    place.chmod(0o644)
    put(TWO)
    assert place.stat().st_mode & 0o777 == 0o644
    assert (state.config_dir() / "layouts/b.yaml").stat().st_mode & 0o777 == 0o600
