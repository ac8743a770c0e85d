"""Wheels for a host are collected here, once, for its kind."""

import json
import os
import subprocess
import sys
import tarfile
from importlib import metadata
from pathlib import Path

import pytest

from ocprov.errors import OcprovError
from ocprov.fleet import key, wheels
from ocprov.fleet.kind import Kind
from tests.conftest import Machine
from tests.fleet.house import made_up, thin

# None of them is this machine's.
THERE = Kind("3.12", "riscv64", "musl 1.2")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    return thin(tmp_path / "house")


def names(tar: Path) -> list[str]:
    with tarfile.open(tar) as given:
        return given.getnames()


def test_all_that_a_host_needs_is_in_one_file_made_once(machine: Machine, house: Path) -> None:
    said: list[str] = []
    left = machine.home / ".cache/ocprov/wheels/.new-killed"  # by a run that was killed
    left.mkdir(parents=True)
    tar = wheels.collected(THERE, (), str(house), said.append)
    assert tar.parent == left.parent
    assert tar.name.startswith(f"{key.key()}-cp312-riscv64-musl1.2-")
    assert tar.stat().st_mode & 0o777 == 0o600
    inside = names(tar)
    assert {path.name for path in house.iterdir()} <= set(inside)
    assert f"ocprov-{metadata.version('ocprov')}-py3-none-any.whl" in inside
    with tarfile.open(tar) as given:
        header = given.extractfile("bundle.json")
        assert header is not None
        assert json.load(header) == {"python": "3.12", "requirement": "ocprov"}
    assert [path.name for path in tar.parent.iterdir() if path.name != ".lock"] == [tar.name]

    made = tar.stat().st_ino
    assert wheels.collected(THERE, (), str(house), said.append) == tar
    assert tar.stat().st_ino == made
    assert said == ["collecting wheels for cp312-riscv64-musl1.2"]


def test_of_a_compiled_wheel_the_one_that_runs_there_is_taken_and_what_is_needed_only_there(
    machine: Machine, house: Path
) -> None:
    before = wheels._mark(str(house))
    for tag in ("cp312-cp312-musllinux_1_1_riscv64", "cp311-cp311-musllinux_1_1_riscv64"):
        made_up(house, "pyyaml", "7.0", tag=tag)
    for tag in ("cp312-cp312-musllinux_1_3_riscv64", "cp312-cp312-manylinux2014_x86_64"):
        made_up(house, "pyyaml", "8.0", tag=tag)
    made_up(house, "rich", "99.0", needs=["only_there; platform_machine == 'riscv64'"])
    made_up(house, "only_there", needs=["and_more; platform_machine == 'riscv64'"])
    made_up(house, "and_more", "2.0")
    tar = wheels.collected(THERE, (), str(house))
    assert wheels._mark(str(house)) != before  # other wheels are collected anew
    assert wheels._mark(str(house)) in tar.name
    inside = names(tar)
    assert [name for name in inside if "yaml" in name] == ["pyyaml-7.0-cp312-cp312-musllinux_1_1_riscv64.whl"]
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


def test_the_last_ones_used_are_kept(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number:012x}-x.tar").touch()
        os.utime(tmp_path / f"{number:012x}-x.tar", (number, number))
    wheels._forget(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{number:012x}-x.tar" for number in range(12, 20)
    ]


def test_a_pip_that_hangs_is_ended(machine: Machine, house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "LIMIT", 0.01)
    with pytest.raises(OcprovError, match="pip still loads wheels") as caught:
        wheels.collected(THERE, (), str(house))
    assert caught.value.exit_code == 1


def test_two_runs_at_once_make_it_once(machine: Machine, house: Path) -> None:
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
