"""Whether ocprov saves by a timer, whoever runs it."""

import os
import re
import subprocess

from ocprov.persistence import units
from ocprov.persistence.service import Call

_LINE = re.compile(r"^[^#\n]*\bocprov\b.*\ssave(\s|$)", re.MULTILINE)
# What the crons of Linux and the BSDs, and busybox's, say to somebody without a crontab.
_NONE = re.compile(r"no crontab|No such file", re.IGNORECASE)


def timer() -> bool | None:
    """Whether there is one; None where that cannot be told: cron runs services here, and its table cannot be read."""
    kind = units.manager()
    if any(os.access(unit.path, os.F_OK) for unit in units.timer(kind, Call(("ocprov",)), 15)):
        return True
    seen = _in_crontab()
    return False if seen is None and kind != "cron" else seen


def _in_crontab() -> bool | None:
    try:
        done = subprocess.run(
            ["crontab", "-l"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode:
        return False if _NONE.search(done.stderr) else None
    return _LINE.search(done.stdout) is not None
