"""What people install: the wheel, built from the source distribution, in the three ways they will use."""

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYOUTS = [
    "layouts/development/primary.yaml.j2",
    "layouts/observability/analysis.yaml.j2",
    "layouts/observability/costs.yaml.j2",
    "layouts/observability/monitoring.yaml.j2",
]
DEPLOYED = ["deploy/bootstrap.sh", "deploy/ocmonitor.config.toml", "deploy/fleet/deploy.py"]

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Built:
    """The source distribution, and the wheel made of it; `house` also has the wheels of all that it needs."""

    sdist: Path
    wheel: Path
    house: Path


def run(*command: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """The stdout of a program that must succeed; `env` is added to ours."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
    return done.stdout


def tool(name: str) -> str:
    """The program of that name beside this Python, where tests/run puts it, or else on PATH."""
    found = shutil.which(name, path=f"{sys.prefix}/bin{os.pathsep}{os.environ['PATH']}")
    assert found, f"{name} is not installed; tests/run does that"
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Built once; with a house full of wheels every installation here is quick and needs no network."""
    place = tmp_path_factory.mktemp("built")
    house = place / "house"
    run(sys.executable, "-m", "build", "--sdist", "--outdir", place, ROOT, cwd=place)
    (sdist,) = place.glob("ocprov-*.tar.gz")
    # pipx brings its own pip up to date before it installs anything.
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--wheel-dir",
        house,
        f"{sdist}[monitor,fleet]",
        "pip",
        cwd=place,
    )
    (wheel,) = house.glob("ocprov-*.whl")
    return Built(sdist, wheel, house)


@pytest.fixture
def alone(tmp_path: Path, built: Built) -> dict[str, str]:
    """An environment in which everything that is written goes to `tmp_path`, and everything read comes from the house."""
    return {
        "HOME": str(tmp_path),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(built.house),
        "PIP_CONFIG_FILE": os.devnull,
        "PIPX_HOME": str(tmp_path / "pipx"),
        "PIPX_BIN_DIR": str(tmp_path / "bin"),
        "PIPX_MAN_DIR": str(tmp_path / "man"),
        "UV_TOOL_DIR": str(tmp_path / "uv"),
        "UV_TOOL_BIN_DIR": str(tmp_path / "bin"),
        "UV_CACHE_DIR": str(tmp_path / "uv-cache"),
        "UV_NO_CONFIG": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }


def works_anywhere(ocprov: Path, tmp_path: Path, env: Mapping[str, str]) -> None:
    """The installed command finds its layouts from a directory that knows nothing of the checkout."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert "0.1.0" in run(ocprov, "--version", cwd=elsewhere, env=env)
    assert "monitoring" in run(ocprov, "ls", cwd=elsewhere, env=env)
    assert "session_name: opencode-observability-monitoring" in run(
        ocprov, "render", "monitoring", cwd=elsewhere, env=env
    )


def test_the_wheel_holds_layouts_and_deploy(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        names = set(wheel.namelist())
    assert {f"ocprov/_data/{name}" for name in LAYOUTS + DEPLOYED} <= names
    assert [name for name in names if name.endswith(".data/data/share/man/man1/ocprov.1")]
    assert "ocprov/py.typed" in names
    assert not [name for name in names if name.startswith("tests/") or "__pycache__" in name]


def test_the_bootstrap_in_the_wheel_is_not_taken_for_a_checkout(built: Built, tmp_path: Path) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        wheel.extract("ocprov/_data/deploy/bootstrap.sh", tmp_path)
    done = subprocess.run(
        ["/bin/sh", tmp_path / "ocprov/_data/deploy/bootstrap.sh"],
        env={"HOME": str(tmp_path), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "is not a checkout of ocprov" in done.stderr


def test_the_source_distribution_has_its_tests(built: Built) -> None:
    with tarfile.open(built.sdist) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {*LAYOUTS, *DEPLOYED, "tests/run", "tests/test_packaging.py", "README.md", "LICENSE"} <= names


def test_it_works_in_an_empty_environment(built: Built, tmp_path: Path, alone: dict[str, str]) -> None:
    venv.create(tmp_path / "venv")  # without pip of its own, which is what takes long
    python = tmp_path / "venv/bin/python"
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        built.wheel,
        cwd=tmp_path,
        env=alone,
    )
    works_anywhere(tmp_path / "venv/bin/ocprov", tmp_path, alone)


def test_pipx_installs_it(built: Built, tmp_path: Path, alone: dict[str, str]) -> None:
    run(
        tool("pipx"),
        "install",
        "--python",
        sys.executable,
        f"{built.wheel}[monitor]",
        cwd=tmp_path,
        env=alone,
    )
    works_anywhere(tmp_path / "bin/ocprov", tmp_path, alone)


def test_pipx_puts_it_beside_pyinfra(built: Built, tmp_path: Path, alone: dict[str, str]) -> None:
    pipx = tool("pipx")
    run(pipx, "install", "--python", sys.executable, "pyinfra", cwd=tmp_path, env=alone)
    run(pipx, "inject", "pyinfra", f"{built.wheel}[fleet]", cwd=tmp_path, env=alone)
    assert [path.name for path in (tmp_path / "bin").iterdir()] == ["pyinfra"]
    (tmp_path / "deploy.py").write_text("from ocprov.fleet import sessions\nprint(sessions.__name__)\n")
    said = run(tmp_path / "bin/pyinfra", "@local", "deploy.py", "--dry", cwd=tmp_path, env=alone)
    assert "sessions" in said.splitlines()


def test_uv_installs_it(built: Built, tmp_path: Path, alone: dict[str, str]) -> None:
    offline = ["--offline", "--no-index", "--find-links", str(built.house)]
    run(
        tool("uv"),
        "tool",
        "install",
        *offline,
        "--python",
        sys.executable,
        f"ocprov[monitor] @ {built.wheel.as_uri()}",
        cwd=tmp_path,
        env=alone,
    )
    works_anywhere(tmp_path / "bin/ocprov", tmp_path, alone)
