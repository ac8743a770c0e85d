"""An installation of a small ocprov on a host, by the installer that is sent there."""

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ocprov.fleet import bundle, installer
from tests.conftest import Machine
from tests.fleet import house

KEY, OTHER = "0123456789ab", "ba9876543210"
PACKAGE = Path(installer.__file__).parents[1]
# Of ocprov what the last step needs, so that an installation takes a second.
FILES = ("errors.py", "state.py", "fleet/__init__.py", "fleet/placing.py")
# Takes a tenth of the real one's time, where what pip does is not what a test is about.
PIP = """
import pathlib, sys, sysconfig, zipfile
(wheel,) = pathlib.Path(sys.argv[sys.argv.index("--find-links") + 1]).glob("ocprov-*.whl")
zipfile.ZipFile(wheel).extractall(sysconfig.get_path("purelib"))
for name in ("ocprov", "ocmonitor"):
    program = pathlib.Path(sysconfig.get_path("scripts"), name)
    program.write_text(f"#!{sys.executable}\\nfrom ocprov.__main__ import main\\nmain()\\n")
    program.chmod(0o755)
"""
Result = subprocess.CompletedProcess[str]


def small() -> dict[str, str]:
    contents = {f"ocprov/{name}": (PACKAGE / name).read_text() for name in FILES}
    script = "def main():\n    print('ocprov 1.0')\nif __name__ == '__main__':\n    main()\n"
    entry = "[console_scripts]\nocprov = ocprov.__main__:main\nocmonitor = ocprov.__main__:main\n"
    start = {"ocprov/__init__.py": "", "ocprov/__main__.py": script}
    return {**contents, **start, "ocprov-1.0.dist-info/entry_points.txt": entry}


def tar_of(
    machine: Machine,
    pip: Path | None = None,
    needs: Sequence[str] = (),
    contents: Mapping[str, str] | None = None,
) -> Path:
    """What the installer takes, with a small ocprov in it, and the real `pip` or a quick one."""
    wheels = machine.root / "tar.wheels"
    house.made_up(wheels, "ocprov", needs=needs, contents={**small(), **(contents or {})})
    if pip is None:
        house.made_up(wheels, "pip", contents={"pip/__main__.py": PIP})
    else:
        shutil.copy(pip, wheels)
    path = machine.root / "tar"
    bundle.write(path, wheels, house.here(), ())
    return path


def command(tar: Path, key: str = KEY) -> list[str | Path]:
    return [sys.executable, "-I", installer.__file__, tar, key]


def install(machine: Machine, tar: Path, key: str = KEY, before: str = "") -> Result:
    """Run the installer, behind `before` in a shell."""
    return subprocess.run(
        ["sh", "-c", f'{before}exec "$@"', "sh", *command(tar, key)],
        cwd=machine.home, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def fleet(machine: Machine) -> Path:
    return machine.home / ".local/share/ocprov/fleet"


def there(machine: Machine) -> list[str]:
    """The keys that count."""
    return sorted(path.parent.name for path in fleet(machine).glob("?" * 12 + "/complete"))


def left(machine: Machine) -> list[str]:
    return sorted(path.name for path in fleet(machine).iterdir())


def runs(machine: Machine, path: Path) -> str:
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return done.stdout
