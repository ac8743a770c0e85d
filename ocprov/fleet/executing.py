"""Files of Python of the user's that say something: what they print is talk, and what goes wrong is theirs."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ocprov.core.names import printable
from ocprov.errors import OcprovError

_STDOUT, _STDERR = 1, 2


def executed(file: Path) -> Mapping[str, Any]:
    """The names that a file has set, in its order; OcprovError when it cannot be run, with its line."""
    names: dict[str, Any] = {"__file__": str(file)}
    with _importing(file), _stdout_is_talk():
        try:
            exec(compile(file.read_bytes(), str(file), "exec"), names)  # noqa: S102 # as pyinfra does
        except (Exception, SystemExit) as error:
            raise wrong(file, error) from error
    names.pop("__builtins__", None)
    return names


def imported(file: Path) -> set[str]:
    """The names that a file, which could be run, imports."""
    import ast

    lines = ast.parse(file.read_bytes()).body
    found = [line.names for line in lines if isinstance(line, (ast.Import, ast.ImportFrom))]
    return {one.asname or one.name.partition(".")[0] for names in found for one in names}


def around(file: Path) -> Path | None:
    """The working directory where the file is in it, or below: what lies there belongs to it, and may be run as well.

    pyinfra runs what lies in any working directory, somebody else's too.
    """
    here = Path.cwd()
    return here if file.parent.resolve().is_relative_to(here) else None


@contextmanager
def _importing(file: Path) -> Iterator[None]:
    """What lies around the file can be imported, as where pyinfra runs."""
    before = list(sys.path)
    sys.path += [str(here)] if (here := around(file)) else []
    try:
        yield
    finally:
        sys.path[:] = before


@contextmanager
def _stdout_is_talk() -> Iterator[None]:
    """What is printed meanwhile, by programs too, goes to stderr: stdout is the answer."""
    if sys.stdout:  # it was closed when Python started, else
        sys.stdout.flush()
    kept = os.dup(_STDOUT)
    stream, sys.stdout = sys.stdout, sys.stderr
    os.dup2(_STDERR, _STDOUT)
    try:
        yield
    finally:
        sys.stdout = stream
        os.dup2(kept, _STDOUT)
        os.close(kept)


def _line(error: BaseException, file: Path) -> int:
    """The last line of the file that had to do with an error; 0 where none had."""
    line = error.lineno or 0 if isinstance(error, SyntaxError) and error.filename == str(file) else 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(file):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def wrong(file: Path, error: BaseException) -> OcprovError:
    """What is wrong with a file, and where."""
    line = _line(error, file)
    place = printable(f"{file}:{line}" if line else str(file))
    what = error.msg if isinstance(error, SyntaxError) else str(error)
    said = " ".join(f"{type(error).__name__}: {what}".splitlines())
    hint = "correct it; pyinfra INVENTORY debug-inventory shows what is in one"
    if isinstance(error, ModuleNotFoundError) and error.name:
        hint = f"it has to be beside the inventory, or installed where ocprov is: pipx inject ocprov {printable(error.name)}"
    return OcprovError(f"{place}: {printable(said)[:200]}", hint)
