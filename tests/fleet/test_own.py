"""The wheel of this very ocprov, and its key."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ocprov.fleet import key, own

ROOT = Path(__file__).resolve().parents[2]


def test_a_key_is_twelve_hex_digits_and_stays_the_same() -> None:
    assert key.key() == key.key()
    assert len(key.key()) == 12
    assert int(key.key(), 16)


def test_a_key_depends_on_the_extras_not_on_their_order() -> None:
    assert key.key(["monitor", "plot"]) == key.key(["plot", "monitor", "plot"])
    assert len({key.key(), key.key(["plot"]), key.key(["plot", "monitor"])}) == 3


@pytest.mark.parametrize("changed", ["content", "name"])
def test_a_key_depends_on_every_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str) -> None:
    before, files = key.key(), key.files()
    name, path = list(files.items())[-1]
    (tmp_path / "other").write_bytes(path.read_bytes() + b"\n" * (changed == "content"))
    del files[name]
    new = {**files, name + "x" * (changed == "name"): tmp_path / "other"}
    monkeypatch.setattr(key, "files", lambda: new)
    assert key.key() != before


def test_what_python_and_editors_leave_is_no_file_of_ours(tmp_path: Path) -> None:
    for name in ("a.py", "__pycache__/a.pyc", ".hidden", ".git/x", "a.py~", "b/c.yaml.j2"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert sorted(key._below(tmp_path)) == ["a.py", "b/c.yaml.j2"]


def test_the_same_files_make_the_same_wheel(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    assert own.wheel(tmp_path / "one").read_bytes() == own.wheel(tmp_path / "two").read_bytes()


@pytest.mark.slow
def test_it_has_what_the_build_puts_into_a_wheel(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path / "built", ROOT],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=300,
        check=True,
    )
    (built,) = (tmp_path / "built").glob("*.whl")
    ours = own.wheel(tmp_path)
    assert ours.name == built.name
    with zipfile.ZipFile(ours) as one, zipfile.ZipFile(built) as other:
        assert _contents(one) == _contents(other)


def _contents(wheel: zipfile.ZipFile) -> dict[str, tuple[bytes, bool]]:
    """What counts in a wheel, and what can be run; the manual is not of use where nobody reads it."""
    left_out = ("/RECORD", "/WHEEL", "/METADATA")  # METADATA is of the time of the installation here
    return {
        one.filename: (wheel.read(one), bool(one.external_attr >> 16 & 0o100))
        for one in wheel.infolist()
        if not one.filename.endswith(left_out) and ".data/" not in one.filename
    }
