"""A program that lets `ocprov deploy` fail or die at every file operation, one after the other; run by test_faults.py.

faults.py HOME SCENARIO FAULT prints a JSON list, an entry for each operation. The operations are those of `os`, wrapped in
a forked child, so that the fault is a real one: SIGKILL before the call or in the middle of a write, or an errno once.
"""

import errno
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ocprov.cli.main import cli

CALLS = (
    "open", "write", "pwrite", "fsync", "fchmod", "chmod", "ftruncate", "rename", "replace", "unlink", "mkdir", "link", "symlink",
)  # fmt: skip

OLD, NEW, MINE = (f'[ui]\ntheme = "{theme}"\n# {theme}\n' for theme in ("dark", "light", "dark # mine"))
PATHS = '[paths]\ndatabase_file = "/d"\nopencode_storage_dir = "/s"\nmessages_dir = "/m"\nexport_dir = "/e"\n'

Setup = Callable[[Path, Path], tuple[str, ...]]


def old(source: Path, target: Path) -> tuple[str, ...]:
    source.write_text(PATHS + OLD)
    deploy(str(source))
    source.write_text(PATHS + NEW)
    return (str(source),)


def create(source: Path, target: Path) -> tuple[str, ...]:
    source.write_text(PATHS + NEW)
    return (str(source),)


def edited(source: Path, target: Path) -> tuple[str, ...]:
    old(source, target)
    target.write_text(PATHS + MINE)
    return (str(source), "--force")


def kept(source: Path, target: Path) -> tuple[str, ...]:
    edited(source, target)
    return (str(source), "--keep")


def same(source: Path, target: Path) -> tuple[str, ...]:
    source.write_text(PATHS + NEW)
    target.parent.mkdir(parents=True)
    target.write_text(PATHS + NEW)
    return (str(source),)


def open_to_all(source: Path, target: Path) -> tuple[str, ...]:
    same(source, target)
    deploy(str(source))
    target.chmod(0o666)
    return (str(source),)


def link(source: Path, target: Path) -> tuple[str, ...]:
    return (*old(source, target), "--symlink")


def copy(source: Path, target: Path) -> tuple[str, ...]:
    source.write_text(PATHS + NEW)
    deploy(str(source), "--symlink")
    return (str(source),)


def back(source: Path, target: Path) -> tuple[str, ...]:
    source.write_text(PATHS + NEW)
    deploy(str(source))
    source.write_text(PATHS + OLD)
    deploy(str(source))
    return ("", "--rollback")


SCENARIOS: dict[str, Setup] = {
    setup.__name__: setup for setup in (create, old, edited, kept, same, open_to_all, link, copy, back)
}


def deploy(source: str, *options: str) -> int:
    """The exit code of the command, run in this process."""
    try:
        cli.main(["deploy", *options, *(("--source", source) if source else ())], prog_name="ocprov")
    except SystemExit as over:
        return int(over.code or 0)


class Fault:
    """Lets the call number `at` fail in its way, and counts them."""

    def __init__(self, kind: str, at: int) -> None:
        self.kind, self.left, self.name = kind, at, ""

    def wrap(self, name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self.left -= 1
            if self.left != -1:
                return real(*args, **kwargs)
            self.name = name
            if self.kind == "kill" and name == "write":
                real(args[0], bytes(args[1])[: len(args[1]) // 2])
            if self.kind == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            number = getattr(errno, self.kind)
            raise OSError(number, os.strerror(number), *args[:1])

        return wrapped


def faulty(home: Path, fault: Fault, source: str, options: tuple[str, ...]) -> dict[str, Any]:
    """What a child said and how it ended, the fault in it."""
    child = os.fork()
    if child == 0:
        said = os.open(home / "said", os.O_WRONLY | os.O_CREAT)
        os.dup2(said, 1)
        os.dup2(said, 2)
        for name in CALLS:
            setattr(os, name, fault.wrap(name))
        try:
            code = deploy(source, *options)
            sys.stdout.flush()
            sys.stderr.flush()
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(99)
        os._exit(code if fault.left < 0 else 100)  # 100: there was no such call any more
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return {"code": code, "said": (home / "said").read_text()}


def main(home: Path, scenario: str, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    os.environ["HOME"] = str(home)
    target = home / ".config/ocmonitor/config.toml"
    while not found or found[-1]["code"] != 100:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        source, *options = SCENARIOS[scenario](home / "source.toml", target)
        before = content(target)
        entry = faulty(home, Fault(kind, len(found)), source, tuple(options))
        entry |= {"before": before, "after": content(target), "left": leftovers(home)}
        again = () if "--rollback" in options else tuple(options)
        code = deploy(source or str(home / "source.toml"), *again)
        entry |= {"again": code, "then": content(target), "left_then": leftovers(home)}
        entry["rolled_back"] = "--rollback" in options
        entry["whole"] = [PATHS + OLD, PATHS + NEW, PATHS + MINE]
        entry["backups"] = [path.read_text() for path in target.parent.glob("*.bak")]
        entry["settled"] = deploy(source or str(home / "source.toml"), "--check", *again)
        found.append(entry)
    return found


def content(path: Path) -> str | None:
    """What a file holds, and where it leads."""
    return (
        path.read_text() + (f"-> {path.readlink()}" if path.is_symlink() else "") if path.exists() else None
    )


def leftovers(home: Path) -> list[str]:
    return [str(path) for path in home.rglob(".ocprov-new-*")]


if __name__ == "__main__":
    answer, quiet = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.write(answer, json.dumps(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])).encode())
