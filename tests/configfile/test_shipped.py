import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ocprov.cli.main import cli
from ocprov.configfile import asking
from ocprov.configfile.ocmonitor import KEYS
from ocprov.configfile.target import standard
from ocprov.resources import shipped
from tests.conftest import DEADLINE

SOURCE = shipped("deploy") / "ocmonitor.config.toml"
OCMONITOR = Path(sys.executable).with_name("ocmonitor")


def ocmonitor(home: Path, *args: str) -> str:
    """What the real ocmonitor says in an empty directory of its own."""
    cwd = home / "cwd"
    cwd.mkdir(exist_ok=True)
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "COLUMNS": "500"}
    run = subprocess.run(
        [OCMONITOR, *args], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert list(cwd.iterdir()) == [], "ocmonitor left something in the directory that it ran in"
    return run.stdout


def asked(home: Path, expression: str) -> Any:
    """A Python expression over ocmonitor's own validated `config` and `prices`, as JSON."""
    code = (
        "import json; from ocmonitor.config import config_manager as m;"
        f"config, prices = m.config, m.load_pricing_data(); print(json.dumps({expression}, default=str))"
    )
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=home, env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout)


@pytest.fixture
def deployed(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(asking, "SECONDS", 10 * DEADLINE)
    done = CliRunner().invoke(cli, ["deploy"])
    assert (done.exit_code, done.stderr) == (0, "")
    return home


def test_its_first_line_says_who_put_it_there_and_what_happens_to_edits() -> None:
    first = SOURCE.read_text().splitlines()[0]

    assert first.startswith("# Deployed by `ocprov deploy`.")
    assert "never overwrites local edits" in first


def test_ocmonitor_reads_it_from_its_place(deployed: Path) -> None:
    shown = ocmonitor(deployed, "config", "show")

    assert f"Database file: {deployed}/.local/share/opencode/opencode.db" in shown
    assert f"Export directory: {deployed}/.local/share/ocprov/exports" in shown
    assert "Live refresh interval: 3s" in shown


def test_every_key_is_one_that_ocmonitor_knows(deployed: Path) -> None:
    known = asked(deployed, "{s: list(getattr(config, s).model_dump()) for s in type(config).model_fields}")
    written = tomllib.loads(standard().read_text())

    assert {section: set(keys) - set(known[section]) for section, keys in written.items()} == {
        section: set() for section in known
    }
    assert set(written["paths"]) == set(known["paths"])


def test_our_table_of_keys_is_ocmonitors(deployed: Path) -> None:
    known = asked(
        deployed, "[f'{s}.{k}' for s in type(config).model_fields for k in getattr(config, s).model_dump()]"
    )

    assert sorted(known) == sorted(key.name for key in KEYS)


def test_the_paths_are_written_in_full_and_the_rest_is_as_shipped(deployed: Path) -> None:
    data = f"{deployed}/.local/share"
    assert tomllib.loads(standard().read_text())["paths"] == {
        "database_file": f"{data}/opencode/opencode.db",
        "opencode_storage_dir": f"{data}/opencode/storage",
        "messages_dir": f"{data}/opencode/storage/message",
        "export_dir": f"{data}/ocprov/exports",
    }
    left = [line for line in standard().read_text().splitlines() if data not in line]
    assert left == SOURCE.read_text().splitlines()


def test_it_asks_no_network_and_serves_nobody_else(deployed: Path) -> None:
    assert asked(
        deployed, "[config.models.remote_fallback, config.currency.remote_rates, config.metrics.host]"
    ) == [False, False, "127.0.0.1"]


def test_one_price_of_the_users_own_removes_no_other(deployed: Path) -> None:
    before = asked(deployed, "len(prices)")
    price = {
        "input": 1,
        "output": 1,
        "cacheWrite": 0,
        "cacheRead": 0,
        "contextWindow": 1000,
        "sessionQuota": 0,
    }
    (deployed / ".config/ocmonitor/models.json").write_text(json.dumps({"mine/own-model": price}))

    assert asked(deployed, "len(prices)") == before + 1 > 100
