"""The user's editor: which program that is, and running it on a file."""

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from ocprov.core.names import printable
from ocprov.errors import OcprovError

_HINT = "export EDITOR=vim (or another one; words are taken apart as a shell does: EDITOR='code -w')"


def words(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The editor and its arguments: `VISUAL`, or `EDITOR`, else vi; OcprovError where there is none to be had."""
    # A dumb terminal has no place for what is visual.
    names = ("EDITOR",) if environment.get("TERM") == "dumb" else ("VISUAL", "EDITOR")
    name = next((name for name in names if environment.get(name, "").strip()), "")
    if not name:
        if shutil.which("vi", path=environment.get("PATH")):
            return ("vi",)
        raise OcprovError("no editor is known: neither VISUAL nor EDITOR is set, and there is no vi", _HINT)
    try:
        program, *arguments = shlex.split(environment[name])
    except ValueError as error:
        raise OcprovError(f"cannot read {name}: {str(error).lower()}", _HINT) from error
    program = os.path.expanduser(program)  # noqa: PTH111 # a bare name stays one
    if not program or not shutil.which(program, path=environment.get("PATH")):
        raise OcprovError(f"the editor of {name} is not on PATH: {printable(program)}", _HINT)
    return (program, *arguments)


def run(editor: tuple[str, ...], file: Path) -> None:
    """Have `file` edited; OcprovError when the editor does not end well."""
    try:
        with _left_to_the_editor():
            code = subprocess.run([*editor, str(file)], check=False).returncode
    except OSError as error:
        raise OcprovError(f"cannot run {printable(editor[0])}: {error.strerror}", _HINT) from error
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        raise OcprovError(f"the editor {printable(editor[0])} was ended by {name}", "nothing was changed")
    if code:
        raise OcprovError(f"the editor {printable(editor[0])} ended with {code}", "nothing was changed")


@contextmanager
def _left_to_the_editor() -> Iterator[None]:
    r"""Ctrl-C and Ctrl-\ are the editor's; a handler, other than being deaf, is not inherited."""
    before = {number: signal.signal(number, _nothing) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _nothing(number: int, frame: FrameType | None) -> None:
    """What a signal of the keyboard's does to us."""
