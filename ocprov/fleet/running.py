"""Which of a fleet's ocprovs this is."""

import os
import sys


def key() -> str:
    """The key that this very ocprov was put on the host under; empty for one that came there another way."""
    folder, name = os.path.split(os.path.realpath(sys.prefix))
    return name if os.path.basename(folder) == "fleet" else ""  # noqa: PTH119 # pathlib is slow to import
