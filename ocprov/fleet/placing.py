"""The last step of an installation on a host, done by what was installed, the installer's lock being held.

`current` leads to it, `~/.local/bin` has links where nothing else is, and what nothing uses any more is removed.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ocprov.state import home, state_dir

_KEPT = 2
_KEY = re.compile(r"[0-9a-f]{12}")
_PROGRAMS = ("ocprov", "ocmonitor")


def main() -> None:
    """Answer with a line of JSON: whether anything was `changed`, and `notices` for a person."""
    venv = Path(sys.prefix)
    changed = _lead(venv.parent / "current", venv.name)
    notices = []
    for name in _PROGRAMS:
        program, link = venv.parent / "current/bin" / name, home() / ".local/bin" / name
        if _is_free(link, venv.parent):
            changed |= _lead(link, str(program)) if program.exists() else _taken_away(link)
        elif program.exists():
            notices.append(f"{link} is not the fleet's and stays; the fleet's is {program}")
    for old in unused(venv):
        _remove(old)
    sys.stdout.write(json.dumps({"changed": changed, "notices": notices}) + "\n")


def unused(venv: Path) -> Iterator[Path]:
    """Environments older than the last two that nothing which runs, and no launcher, has to do with."""
    folders = (path.parent for path in venv.parent.glob("*/bin"))
    others = [path for path in folders if path != venv and _KEY.fullmatch(path.name)]
    old = sorted(others, key=_age, reverse=True)[_KEPT - 1 :]
    if old:
        in_use = _in_use()
        yield from (one for one in old if in_use is not None and f"fleet/{one.name}/" not in in_use)


def _age(venv: Path) -> float:
    """When it was completed; 0 for one that never was."""
    complete = venv / "complete"
    return complete.stat().st_mtime if complete.is_file() else 0.0


def _in_use() -> str | None:
    """The command lines of what runs, and the launchers; None where that cannot be known."""
    try:
        done = subprocess.run(
            ["ps", "-A", "-ww", "-o", "args="],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=True,
        )  # fmt: skip
        launchers = [path.read_bytes() for path in (state_dir() / "run").rglob("*") if path.is_file()]
    except (OSError, subprocess.SubprocessError):
        return None
    return _text([done.stdout, *launchers])


def _text(parts: Iterable[bytes]) -> str:
    return b"\n".join(parts).decode("utf-8", "surrogateescape")


def _is_free(link: Path, fleet: Path) -> bool:
    """Whether there is nothing, or a link of ours."""
    return link.readlink().is_relative_to(fleet) if link.is_symlink() else not link.exists()


def _lead(link: Path, target: str) -> bool:
    """Let a link lead to `target`, by a rename; whether it did not."""
    if link.is_symlink() and str(link.readlink()) == target:
        return False
    link.parent.mkdir(parents=True, exist_ok=True)
    new = link.with_name(f".{link.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(link)
    return True


def _taken_away(link: Path) -> bool:
    there = link.is_symlink()
    link.unlink(missing_ok=True)
    return there


def _remove(venv: Path) -> None:
    (venv / "complete").unlink(missing_ok=True)  # first: a half removed environment is none
    shutil.rmtree(venv, ignore_errors=True)


if __name__ == "__main__":
    main()
