"""One command on a host of pyinfra's, its standard input, what it answers and why it answers nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import gevent
from paramiko import SSHException
from pyinfra.api.command import StringCommand
from pyinfra.api.host import Host
from pyinfra.api.state import State

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.fleet.command import answered

# Seconds over the time limit: pyinfra counts only from when all was sent, and ends what it started by itself.
_LONGER = 5.0
# Characters of what a host says about itself.
_LONGEST = 200
_QUIET = "let what its shell reads at its start, .bashrc and the like, print nothing, or UTF-8"


class NoAnswerError(OcprovError):
    """The host did not answer in time, or the connection to it broke."""


@dataclass(frozen=True, slots=True)
class Output:
    """The lines that a command printed, and whether it ended with 0."""

    ok: bool
    lines: tuple[str, ...]
    errors: tuple[str, ...]


def run(
    state: State,
    host: Host,
    command: str,
    stdin: Iterable[str],
    limit: float,
    arguments: Mapping[str, Any],
) -> Output:
    """Run a line of POSIX shell; NoAnswerError where the host does not answer within `limit` seconds.

    `arguments` are pyinfra's for a connector: whose rights, which environment.
    """
    try:
        with gevent.Timeout(limit + _LONGER, TimeoutError):
            done, output = host.run_shell_command(
                StringCommand(command),
                print_output=False,
                print_input=state.print_input,
                _stdin=list(stdin),
                _timeout=limit,
                **arguments,
            )
    except TimeoutError as error:
        raise NoAnswerError(
            f"no answer within {limit:g} s", "look at the host; timeout= of sessions() gives it longer"
        ) from error
    except (OSError, EOFError, SSHException) as error:
        raise NoAnswerError(
            f"the connection broke: {_short(str(error)) or type(error).__name__}", "run it again: it goes on"
        ) from error
    return Output(bool(done), tuple(output.stdout_lines), tuple(output.stderr_lines))


def failure(output: Output) -> OcprovError:
    """What went wrong with a command that answered nothing of use: its own two lines, or the last that it said."""
    what, hint = (_said(output.errors, word) for word in ("error: ", "hint: "))
    if what:
        return OcprovError(what, hint)
    printed = answered("\n".join([*output.lines, ""]))
    last = _last(output.errors) or _last(output.lines if printed is None else printed.splitlines())
    if last:
        return OcprovError(f"no answer: {last}", "try it by hand: ssh HOST ocprov --version")
    if output.ok:
        return OcprovError("no answer that can be read", _QUIET)
    return OcprovError("the connection ended without an answer", "run it again: it goes on")


def _said(lines: Sequence[str], word: str) -> str:
    """What follows a word at the start of the first line that has it there."""
    return next((_short(line.removeprefix(word)) for line in lines if line.startswith(word)), "")


def _last(lines: Sequence[str]) -> str:
    return next((_short(line) for line in reversed(lines) if line.strip()), "")


def _short(text: str) -> str:
    return printable(text.strip()[:_LONGEST])
