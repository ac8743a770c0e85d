"""What is kept of a failure that nobody foresaw."""

import sys
import time
import traceback

from ocprov import __version__
from ocprov.errors import OcprovError
from ocprov.state import private_dir, state_dir


def remember(error: BaseException) -> str:
    """Write the traceback to a file of its own; its path, or what can be said without one.

    The arguments are left out, as they may hold secrets.
    """
    try:
        path = private_dir(state_dir() / "log") / f"crash-{time.strftime('%Y%m%dT%H%M%S')}.log"
        path.touch(mode=0o600)
        path.write_text(
            f"ocprov {__version__}, Python {sys.version}\n{''.join(traceback.format_exception(error))}"
        )
    except (OSError, OcprovError):
        return "the command that you ran"
    return str(path)
