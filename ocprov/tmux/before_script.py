"""A layout's `before_script`: run before its session is made, and never the end of a session that is there."""

from collections.abc import Callable

from ocprov.core.desired import Session
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.tmux.here import environment

_LIMIT = 600
_STDERR = 2


def run(session: Session, tell: Callable[[str], None]) -> None:
    """Run it in the session's directory, its output to stderr; OcprovError when it fails or takes over 10 minutes."""
    if not session.before_script:
        return
    import subprocess  # late: few layouts have one

    shown = printable(" ".join(session.before_script))
    tell(f"running {shown}")
    try:
        code = subprocess.run(
            session.before_script,
            cwd=session.directory,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=_STDERR,
            timeout=_LIMIT,
            check=False,
        ).returncode
    except OSError as error:
        raise OcprovError(
            f"cannot run before_script {shown}: {error.strerror}", "it is no shell line"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise OcprovError(f"before_script took longer than {_LIMIT} s: {shown}", "run it by hand") from error
    if code:
        raise OcprovError(
            f"before_script ended with {code}: {shown}", f"run it by hand in {printable(session.directory)}"
        )
