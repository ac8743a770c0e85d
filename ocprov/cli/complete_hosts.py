"""What completes --host: the names in the user's ssh_config."""

import os
from collections.abc import Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem

_LARGEST = 1024 * 1024
_LEVELS = 2  # of files that include others
_MOST = 50  # files that a line includes


def hosts(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of its `Host` lines that are no patterns, in files that it includes too."""
    named = dict.fromkeys(_named(Path(_folder(), "config"), _LEVELS))
    return [CompletionItem(name) for name in named if name.startswith(incomplete) and _is_taken(name)]


def _named(file: Path, levels: int) -> Iterator[str]:
    for first, *others in _lines(file):
        if first.lower() == "host":
            yield from others
        elif first.lower() == "include" and levels:
            for pattern in others:
                yield from (name for one in _included(pattern) for name in _named(one, levels - 1))


def _lines(file: Path) -> list[list[str]]:
    """The words of each line that has any; of a file that cannot be read none."""
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            text = opened.read(_LARGEST)
    except OSError:
        return []
    return [words for line in text.splitlines() if (words := line.replace("=", " ").split())]


def _included(pattern: str) -> list[Path]:
    from glob import glob
    from itertools import islice

    place = os.path.join(_folder(), os.path.expanduser(pattern))  # noqa: PTH111, PTH118 # as texts
    return [Path(one) for one in islice(sorted(glob(place)), _MOST)]  # noqa: PTH207 # it may be an absolute one


def _folder() -> str:
    return os.path.expanduser("~/.ssh")  # noqa: PTH111 # as a text: there may be no home


def _is_taken(name: str) -> bool:
    """Whether `--host` takes it: patterns and quotes it does not."""
    from ocprov.errors import OcprovError
    from ocprov.fleet.targets import refuse_strange

    try:
        refuse_strange(name)
    except OcprovError:
        return False
    return True
