"""One command on a host of pyinfra's, its standard input, what it answers; the only other part that knows pyinfra."""

from collections.abc import Iterable, Mapping
from typing import Any

import gevent
from paramiko import SSHException
from pyinfra.api.command import StringCommand
from pyinfra.api.host import Host
from pyinfra.api.state import State

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError

# Seconds over the time limit: pyinfra counts only from when all was sent, and ends what it started by itself.
_LONGER = 5.0


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
        raise NoAnswerError(f"the connection broke: {_said(error)}", "run it again: it goes on") from error
    return Output(bool(done), tuple(output.stdout_lines), tuple(output.stderr_lines))


def _said(error: Exception) -> str:
    return printable(str(error)) or type(error).__name__


def failure(output: Output) -> OcprovError:
    """What went wrong with a command that answered nothing of use: its own two lines, or the last that it said."""
    said = [printable(line) for line in output.errors if line.strip()]
    what = next((line.removeprefix("error: ") for line in said if line.startswith("error: ")), "")
    hint = next((line.removeprefix("hint: ") for line in said if line.startswith("hint: ")), "")
    if what:
        return OcprovError(what, hint)
    if not said:
        return OcprovError("the connection ended without an answer", "run it again: it goes on")
    return OcprovError(f"no answer: {said[-1]}", "try it by hand: ssh HOST ocprov --version")
