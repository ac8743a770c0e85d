"""How OpenCode is judged, and gathered from its files and from programs of that name."""

from pathlib import Path

import pytest

from ocprov.core.value import replace
from ocprov.doctor.opencode import Opencode, judge
from ocprov.doctor.seen import opencode as seen
from ocprov.doctor.seen.program import Said
from tests.conftest import Machine
from tests.doctor.samples import FIXES, program, told, troubles

DATA, LOGS = "/home/me/.local/share/opencode/opencode.db", "/home/me/.local/share/opencode/log"
GOOD = Opencode("/bin/opencode", Said("1.18.33\n"), (), DATA, DATA, LOGS, frozenset([DATA, LOGS]))


def test_all_is_well() -> None:
    assert told(judge(GOOD, FIXES)) == [
        ("opencode", "ok", "1.18.33, /bin/opencode"),
        ("data", "ok", DATA),
        ("log", "ok", f"in {LOGS}"),
    ]


@pytest.mark.parametrize(
    ("wrong", "what", "state", "found", "fix"),
    [
        pytest.param(
            replace(GOOD, path="", needed=("development",)), "opencode", "warn", "development does not come up", "npm",
            id="missing",
        ),
        pytest.param(replace(GOOD, version=Said("2.0.32\n")), "opencode", "warn", "2.0.32", "npm", id="version 2"),
        pytest.param(replace(GOOD, version=Said("boo")), "opencode", "warn", "but: boo", "--version", id="rubbish"),
        pytest.param(replace(GOOD, version=Said("1.2.3", 1)), "opencode", "warn", "but:", "--version", id="it fails"),
        pytest.param(
            replace(GOOD, version=Said(trouble="gave no answer within 5 s")), "opencode", "warn", "no answer", "run it",
            id="hangs",
        ),
        pytest.param(replace(GOOD, there=frozenset([LOGS])), "data", "warn", "wait for it", "ocprov demo", id="no data"),
        pytest.param(replace(GOOD, there=frozenset([DATA])), "log", "warn", "none yet", "start opencode", id="no log"),
        pytest.param(replace(GOOD, why="cannot read it"), "data", "fail", "cannot read it", "ls -l", id="unreadable"),
        pytest.param(
            replace(GOOD, read="/else/opencode.db"), "one place", "warn", "reads /else/opencode.db",
            "OCMONITOR_DATABASE_FILE=", id="two places",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(wrong: Opencode, what: str, state: str, found: str, fix: str) -> None:
    (check,) = troubles(judge(wrong, FIXES))
    assert (check.what, check.state) == (what, state)
    assert found in check.found
    assert fix in check.fix


def data(machine: Machine, content: bytes = b"SQLite format 3\0") -> Path:
    folder = machine.home / ".local/share/opencode"
    (folder / "log").mkdir(parents=True)
    (folder / "log/opencode.log").write_text("")
    (folder / "opencode.db").write_bytes(content)
    return folder


def test_its_data_and_log_are_found(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    data(machine)
    program(machine, monkeypatch, "opencode", "echo 1.18.33")
    assert troubles(judge(seen.opencode(()), FIXES)) == []


def test_data_that_is_none(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    data(machine, b"not a database at all")
    program(machine, monkeypatch, "opencode", "echo 1.18.33")
    (check,) = troubles(judge(seen.opencode(()), FIXES))
    assert "no database" in check.found


def test_ocmonitor_ignores_xdg_data_home(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    data(machine)
    program(machine, monkeypatch, "opencode", "echo 1.18.33")
    (machine.root / "data").mkdir()
    (machine.home / ".local/share/opencode").rename(machine.root / "data/opencode")
    monkeypatch.setenv("XDG_DATA_HOME", str(machine.root / "data"))

    (check,) = troubles(judge(seen.opencode(()), FIXES))
    assert check.what == "one place"

    config = machine.home / ".config/ocmonitor/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'[paths]\ndatabase_file = "{machine.root}/data/opencode/opencode.db"\n')
    assert troubles(judge(seen.opencode(()), FIXES)) == []

    monkeypatch.setenv("OCMONITOR_DATABASE_FILE", "/else")
    (check,) = troubles(judge(seen.opencode(()), FIXES))
    assert check.found.endswith("ocmonitor by itself reads /else")


def test_asking_for_the_version_leaves_nothing_behind(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    dirs = (
        "for d in DATA CONFIG STATE CACHE; do eval mkdir -p '\"${XDG_'$d'_HOME:?}/opencode\"' || exit 1; done"
    )
    program(machine, monkeypatch, "opencode", f"{dirs}; touch $TMPDIR/a.so; echo 1.18.33")
    before = sorted(machine.root.rglob("*"))

    assert seen.opencode(()).version.text == "1.18.33\n"
    assert sorted(machine.root.rglob("*")) == before


def test_directories_that_are_there_are_used_as_they_are(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    data(machine)
    program(machine, monkeypatch, "opencode", 'echo "${XDG_DATA_HOME-none} ${XDG_CONFIG_HOME-none}"')
    told, other = seen.opencode(()).version.text.split()
    assert (told, other == "none") == ("none", False)
