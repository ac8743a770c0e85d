"""The layers of the design hold; a new module has to be placed."""

import subprocess
import sys
from pathlib import Path


def test_import_contracts() -> None:
    root = Path(__file__).resolve().parent.parent
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [linter, "--no-cache"], cwd=root, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout
