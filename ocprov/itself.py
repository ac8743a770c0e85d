"""How to call this very ocprov from a file that stays: a tmux.conf, a service."""

import os
import sys
from pathlib import Path


def command() -> tuple[str, ...]:
    """The absolute argument list that runs this ocprov, without any argument of ours."""
    called = Path(sys.argv[0])
    beside = Path(sys.executable).with_name("ocprov")
    if called.name == "ocprov" and os.access(called, os.X_OK):
        # As it was called, links kept: ~/.local/bin/ocprov outlives the environment that it points to.
        return (str(called.absolute()),)
    if os.access(beside, os.X_OK):
        return (str(beside),)
    return (sys.executable, "-m", "ocprov")
