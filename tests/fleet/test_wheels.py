"""Wheels for a host are collected here, once, for its kind."""

import json
import shutil
import subprocess
import tarfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from ocprov.errors import OcprovError
from ocprov.fleet import key, wheels
from ocprov.fleet.kind import Kind
from tests.conftest import Machine
from tests.fleet.house import made_up

# None of them is this machine's.
THERE = Kind("3.12", "riscv64", "musl 1.2")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A directory with wheels of all that ocprov needs directly, of nothing but their names and versions."""
    place = tmp_path / "house"
    for line in metadata.requires("ocprov") or ():
        one = Requirement(line)
        if one.marker is None:
            (version,) = [each.version for each in one.specifier if each.operator == ">="]
            made_up(place, one.name.replace("-", "_"), version)
    made_up(place, "pip", "26.0")
    return place


def names(tar: Path) -> list[str]:
    with tarfile.open(tar) as given:
        return given.getnames()


def test_all_that_a_host_needs_is_in_one_file(machine: Machine, house: Path) -> None:
    tar = wheels.collected(THERE, (), str(house))
    assert tar.parent == machine.home / ".cache/ocprov/wheels"
    assert tar.name.startswith(f"{key.key()}-cp312-riscv64-musl1.2-")
    assert tar.stat().st_mode & 0o777 == 0o600
    inside = names(tar)
    assert {path.name for path in house.iterdir()} <= set(inside)
    assert f"ocprov-{metadata.version('ocprov')}-py3-none-any.whl" in inside
    with tarfile.open(tar) as given:
        header = given.extractfile("bundle.json")
        assert header is not None
        assert json.load(header) == {"schema": 1, "python": "3.12", "requirement": "ocprov"}
    assert [path.name for path in tar.parent.iterdir() if path.name != ".lock"] == [tar.name]


def test_they_are_collected_once(machine: Machine, house: Path) -> None:
    said: list[str] = []
    tar = wheels.collected(THERE, (), str(house), said.append)
    made = tar.stat().st_ino
    assert said == ["collecting wheels for cp312-riscv64-musl1.2"]
    assert wheels.collected(THERE, (), str(house), said.append) == tar
    assert (tar.stat().st_ino, len(said)) == (made, 1)


def test_other_wheels_in_the_directory_are_collected_anew(machine: Machine, house: Path) -> None:
    before = wheels.collected(THERE, (), str(house))
    made_up(house, "rich", "99.0")
    after = wheels.collected(THERE, (), str(house))
    assert after != before
    assert "rich-99.0-py3-none-any.whl" in names(after)


def test_of_a_compiled_wheel_the_one_that_runs_there_is_taken(machine: Machine, house: Path) -> None:
    for tag in ("cp312-cp312-musllinux_1_1_riscv64", "cp311-cp311-musllinux_1_1_riscv64"):
        made_up(house, "pyyaml", "7.0", tag=tag)
    for tag in ("cp312-cp312-musllinux_1_3_riscv64", "cp312-cp312-manylinux2014_x86_64"):
        made_up(house, "pyyaml", "8.0", tag=tag)
    inside = names(wheels.collected(THERE, (), str(house)))
    assert [name for name in inside if "yaml" in name] == ["pyyaml-7.0-cp312-cp312-musllinux_1_1_riscv64.whl"]


def test_what_is_needed_there_and_not_here_is_collected_too(machine: Machine, house: Path) -> None:
    made_up(house, "rich", "99.0", needs=["only_there; platform_machine == 'riscv64'"])
    made_up(house, "only_there", needs=["and_more; platform_machine == 'riscv64'"])
    made_up(house, "and_more", "2.0")
    inside = names(wheels.collected(THERE, (), str(house)))
    assert {"only_there-1.0-py3-none-any.whl", "and_more-2.0-py3-none-any.whl"} <= set(inside)


def test_a_wheel_that_cannot_be_had_is_named_and_nothing_is_left(machine: Machine, house: Path) -> None:
    next(house.glob("rich-*")).unlink()
    with pytest.raises(OcprovError, match="rich") as caught:
        wheels.collected(THERE, (), str(house))
    assert "cp312-riscv64-musl1.2" in caught.value.message
    assert "wheels=" in caught.value.hint
    assert [path.name for path in (machine.home / ".cache/ocprov/wheels").iterdir()] == [".lock"]


def test_an_empty_directory_is_said(machine: Machine, tmp_path: Path) -> None:
    for given in (tmp_path / "missing", machine.home):
        with pytest.raises(OcprovError, match="no wheels in"):
            wheels.collected(THERE, (), str(given))


def test_a_run_that_was_killed_is_no_hindrance(machine: Machine, house: Path) -> None:
    tar = wheels.collected(THERE, (), str(house))
    tar.unlink()
    left = tar.parent / ".new-killed"
    left.mkdir()
    assert wheels.collected(THERE, (), str(house)) == tar
    assert not left.exists()


def test_the_last_ones_used_are_kept(machine: Machine, house: Path) -> None:
    first = wheels.collected(THERE, (), str(house))
    for number in range(20):
        shutil.copy2(first, first.with_name(f"{number:012x}-x.tar"))
    made_up(house, "rich", "99.0")
    second = wheels.collected(THERE, (), str(house))
    kept = {path.name for path in first.parent.glob("*.tar")}
    assert len(kept) == 8
    assert second.name in kept


def test_a_pip_that_hangs_is_ended(
    machine: Machine, house: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(wheels, "LIMIT", 0.01)
    with pytest.raises(OcprovError) as caught:
        wheels.collected(THERE, (), str(house))
    assert caught.value.exit_code == 75


def test_two_runs_at_once_make_it_once(machine: Machine, house: Path) -> None:
    import sys

    line = (
        "import sys; from ocprov.fleet import wheels; from ocprov.fleet.kind import Kind;"
        f"print(wheels.collected({THERE!r}, (), sys.argv[1], lambda s: print(s, file=sys.stderr)))"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", line, house], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    answers = [one.communicate(timeout=120) for one in both]
    assert {out for out, _ in answers} == {answers[0][0]}
    assert "".join(err for _, err in answers).count("collecting") == 1
