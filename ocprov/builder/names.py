"""Names and directories as tmux is to be given them: it expands them as formats."""

import re
from pathlib import Path

# A run of `#` before `[` is left as it is.
_DOUBLED = re.compile(r"#+(?!#|\[)")
# An even number of `#` before it are escaped ones.
_JOB = re.compile(r"(?<!#)((?:##)*)#\(")


def directory(declared: str) -> str:
    """A directory as tmux is given it: formats are expanded, unless a directory has just this name."""
    path = str(Path(declared).expanduser())
    if "#" in path and Path(path).is_dir():
        return _DOUBLED.sub(lambda found: found[0] * 2, path)
    return without_jobs(path)


def without_jobs(text: str) -> str:
    """The format without its `#(...)`, which tmux would run, and whose output comes too late for a name."""
    kept, rest = "", text
    while job := _JOB.search(rest):
        kept += rest[: job.start()] + job[1]
        rest = rest[_closed(rest, job.end()) :]
    return kept + rest


def _closed(text: str, start: int) -> int:
    """Where a parenthesis that opens before `start` is closed, or `start` when it never is."""
    depth = 1
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if not depth:
            return place + 1
    return start
