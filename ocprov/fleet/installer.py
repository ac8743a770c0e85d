"""Puts an ocprov on the host that it runs on: `python3 installer.py TAR KEY`, with wheels from `ocprov.fleet.bundle`.

Only the standard library, and one file: it is sent there before anything else. An environment for each key, in
`~/.local/share/ocprov/fleet`; what is in it counts once its file `complete` is there, so that a killed run leaves
nothing that counts, and the next one completes it. One run at a time. What follows is `ocprov.fleet.placing`.
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import Any, NamedTuple

WAIT = 60.0  # seconds for another run
_LIMIT = 600  # of one program
_KEY = re.compile(r"[0-9a-f]{12}")
# A shell reads the first lines of programs whose path has blanks, and would obey these.
_ODD = frozenset('"$`\\')


class Failure(Exception):  # noqa: N818 # read as a word
    """What a person is told, in two lines, and the exit code."""

    def __init__(self, what: str, hint: str, code: int = 1) -> None:
        super().__init__(what)
        self.what, self.hint, self.code = what, hint, code


class Place(NamedTuple):
    """Where things are: the fleet's `root`, of a key its environment, that one's Python and mark; wheels meanwhile."""

    root: Path
    key: str
    venv: Path
    python: Path
    complete: Path
    wheels: Path


def main(arguments: list[str]) -> int:
    """Install, and answer with a line of JSON: whether anything was `changed`, and `notices` for a person."""
    try:
        answer = installed(*_meant(arguments))
    except Failure as failure:
        return _told(failure)
    except KeyboardInterrupt:
        return 130
    except (OSError, tarfile.TarError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        about = getattr(error, "filename", None)
        where = f"{about}: " if about else ""
        return _told(Failure(f"ocprov could not be installed: {where}{why}", _look(Path.home())))
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


def installed(tar: Path, place: Place) -> dict[str, Any]:
    """Make what is missing; the answer."""
    place.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = locked(place.root / ".lock")
    try:
        made = not (place.complete.is_file() and os.access(place.python, os.X_OK))
        if made:
            _make(tar, place, lock)
        placed = json.loads(_run([str(place.python), "-I", "-m", "ocprov.fleet.placing"], lock))
        return {"schema": 1, "key": place.key, **placed, "changed": made or placed["changed"]}
    finally:
        os.close(lock)


def locked(path: Path, wait: float = WAIT) -> int:
    """A descriptor that holds the lock, as long as any program has it: none works on after this one was killed."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                os.close(descriptor)
                why = f"another run still installs ocprov here after {wait:g} s"
                raise Failure(why, f"wait for it and run this again, or see: fuser {path}", 75) from None
            time.sleep(0.1)
        else:
            return descriptor


def _meant(arguments: list[str]) -> tuple[Path, Place]:
    if len(arguments) != 2 or not _KEY.fullmatch(arguments[1]):
        raise Failure("this takes a tar and a key", "run: python3 installer.py TAR KEY", 2)
    data = os.environ.get("XDG_DATA_HOME", "")
    root = Path(data) if data.startswith("/") else Path.home() / ".local/share"
    if not str(root).isprintable() or _ODD & set(str(root)):
        what = f"programs cannot be installed below {str(root)!a}"
        raise Failure(what, "set XDG_DATA_HOME to another directory")
    return Path(arguments[0]), _place(root / "ocprov/fleet", arguments[1])


def _place(root: Path, key: str) -> Place:
    venv = root / key
    return Place(root, key, venv, venv / "bin/python", venv / "complete", root / ".wheels")


def _told(failure: Failure) -> int:
    sys.stderr.write(f"error: {' '.join(failure.what.split())}\nhint: {failure.hint}\n")
    return failure.code


def _look(place: Path) -> str:
    return f"is there room on its disk? df -h {place}"


def _make(tar: Path, place: Place, lock: int) -> None:
    """Make the environment, or nothing."""
    try:
        _clear(place)
        header = _unpacked(tar, place.wheels)
        _run([_python(header), "-I", "-m", "venv", "--without-pip", str(place.venv)], lock)
        _install(place, header["requirement"], lock)
        os.sync()  # a machine that stops now must not come back with the mark and half of the rest
        place.complete.write_text(f"{place.key}\n")
    except BaseException:  # also of Ctrl-C
        _clear(place)
        raise
    shutil.rmtree(place.wheels)


def _clear(place: Place) -> None:
    place.complete.unlink(missing_ok=True)  # first: a half removed environment is none
    for folder in (place.wheels, place.venv):
        if folder.is_dir():
            shutil.rmtree(folder)


def _unpacked(tar: Path, wheels: Path) -> dict[str, str]:
    """Write the wheels into a new directory; what the tar says of them."""
    wheels.mkdir(mode=0o700)
    with tarfile.open(tar) as given:
        for member in given:
            content = given.extractfile(member)
            if content is None or "/" in member.name or member.name.startswith("."):
                raise Failure(f"{member.name!a} has no place among wheels", "collect the wheels anew")
            with (wheels / member.name).open("wb") as out:
                shutil.copyfileobj(content, out)
    try:
        header = json.loads((wheels / "bundle.json").read_bytes())
        return {name: str(header[name]) for name in ("python", "requirement")}
    except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
        raise Failure(f"{tar} is not what ocprov collects", "collect the wheels anew") from error


def _python(header: dict[str, str]) -> str:
    """The Python for the environment, by a name that still means the same after the system's has moved on."""
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if header["python"] != here:
        raise Failure(f"the wheels are for Python {header['python']}, this is {here}", "collect others")
    base = Path(getattr(sys, "_base_executable", "") or sys.executable)
    named = base.with_name(f"python{here}")
    return str(named if named.exists() and named.samefile(base) else base)


def _install(place: Place, requirement: str, lock: int) -> None:
    """Have pip, run from its own wheel, put the wheels into the environment; what it makes must start."""
    # Compiling all of it takes as long as the rest; Python compiles what is used, when it is.
    options = ("--no-index", "--no-cache-dir", "--no-input", "--no-compile", "--quiet")
    pip = next(place.wheels.glob("pip-*.whl"), None)
    if pip is None:
        raise Failure("pip is not among the wheels", "collect the wheels anew")
    words = ["install", *options, "--find-links", str(place.wheels), requirement]
    _run([str(place.python), "-I", str(pip / "pip"), *words], lock)
    _run([str(place.python), "-I", "-m", "ocprov", "--version"], lock)


def _run(command: list[str], lock: int) -> str:
    """What a program prints, which keeps the lock even when this one is killed; Failure with its reason."""
    mine = {name: text for name, text in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    try:
        done = subprocess.run(
            command, env={**mine, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            timeout=_LIMIT, pass_fds=(lock,), check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        why = f"{' '.join(command[:4])} took longer than {_LIMIT} s"
        raise Failure(why, "is its disk slow? run this again") from error
    if done.returncode == 0:
        return done.stdout
    said = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    why = ([line for line in said if line.startswith("ERROR: ")] or said or [f"{command[0]} failed"])[-1]
    raise Failure(f"ocprov could not be installed: {why.removeprefix('ERROR: ')}", _look(Path.home()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
