"""A program of a layout's author that is run outside tmux: in a directory, with a limit, its output on our stderr."""

from collections.abc import Mapping, Sequence

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.tmux.here import environment

# Seconds.
LIMIT = 600
_STDERR = 2


def run(
    what: str,
    command: Sequence[str],
    shown: str,
    directory: str,
    *,
    more: Mapping[str, str] | None = None,
    hint: str = "",
) -> None:
    """Run `command`; `what` and `shown` name it, `more` goes to its environment, `hint` is for when it cannot start.

    OcprovError when it cannot be run, fails, or takes over 10 minutes.
    """
    import subprocess  # late: few layouts have such a thing

    try:
        code = subprocess.run(
            command,
            cwd=directory,
            env={**environment(), **(more or {})},
            stdin=subprocess.DEVNULL,
            stdout=_STDERR,
            timeout=LIMIT,
            check=False,
        ).returncode
    except OSError as error:
        if error.filename == directory:
            raise OcprovError(
                f"cannot run {what} in {printable(directory)}: {error.strerror}",
                f"look at it: ls -ld {printable(directory)}",
            ) from error
        raise OcprovError(f"cannot run {what} {shown}: {error.strerror}", hint) from error
    except subprocess.TimeoutExpired as error:
        raise OcprovError(f"{what} took longer than {LIMIT} s: {shown}", "run it by hand") from error
    if code:
        raise OcprovError(f"{what} ended with {code}: {shown}", f"run it by hand in {printable(directory)}")
