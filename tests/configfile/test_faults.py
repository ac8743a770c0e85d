"""`ocprov deploy` dies, or is refused, at every single file operation: the old file is there or the new one."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("faults.py")
QUICK = ("create", "old")
SCENARIOS = [
    name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)
    for name in ("create", "old", "edited", "kept", "same", "open_to_all", "link", "copy", "back")
]
# What may be without the operation: a record that cannot be read is a lost one (a conflict where it mattered), and the
# look by ocmonitor and the cache of the last source are help only.
DONE_WITHOUT = (0, 4)
NO_SUCH_CALL = 100


def run(tmp_path: Path, scenario: str, fault: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What happened at each operation, and in the run without a fault."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "ocmonitor").write_text("#!/bin/sh\ncat >/dev/null\necho Configuration\n")
    (programs / "ocmonitor").chmod(0o755)
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "LANG": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(tmp_path / "home"), scenario, fault],
        env=environment, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    *faults, whole = json.loads(done.stdout)
    assert len(faults) > 10
    assert whole["code"] == NO_SUCH_CALL
    return faults, whole


def check(entry: dict[str, Any], whole: dict[str, Any]) -> None:
    """What must hold after any fault, and after the next run."""
    assert entry["after"] in (entry["before"], whole["after"])
    assert (entry["again"], entry["settled"], entry["left_then"]) == (0, 0, [])
    assert entry["then"] in (whole["then"], entry["before"] if whole["rolled_back"] else whole["then"])
    assert set(entry["backups"]) <= set(entry["whole"]), "a backup holds something that no file ever held"


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_kill_at_any_operation_leaves_the_old_file_or_the_new_one_and_the_next_run_completes_it(
    scenario: str, tmp_path: Path
) -> None:
    faults, whole = run(tmp_path, scenario, "kill")

    assert {entry["code"] for entry in faults} == {-9}
    for entry in faults:
        check(entry, whole)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(
    "fault", ["EIO", *(pytest.param(name, marks=pytest.mark.slow) for name in ("ENOSPC", "EACCES", "EXDEV"))]
)
def test_an_operation_that_is_refused_is_an_error_in_two_lines_and_leaves_no_temporary_file(
    scenario: str, fault: str, tmp_path: Path
) -> None:
    faults, whole = run(tmp_path, scenario, fault)

    assert any(entry["code"] == 1 for entry in faults)
    for entry in faults:
        check(entry, whole)
        assert entry["left"] == []
        if entry["code"] not in DONE_WITHOUT:
            assert entry["code"] == 1
            error, hint = entry["said"].splitlines()
            assert error.startswith("error: ")
            assert hint.startswith("hint: ")
