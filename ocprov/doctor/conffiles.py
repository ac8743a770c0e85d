"""Read tmux's conf files, and the files that they source."""

import glob
import re
import shlex
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from ocprov.doctor.facts import Conf
from ocprov.state import home

_SOURCE = re.compile(r"^\s*source(?:-file)?\s+(.+)", re.MULTILINE)


def read(paths: Iterable[Path]) -> tuple[Conf, ...]:
    """Those of the files that are there, and what they source by a path that stands in them; each once."""
    found: dict[Path, Conf] = {}
    waiting = list(paths)
    while waiting:
        path = waiting.pop(0)
        conf = None if path in found else _read(path)
        if conf:
            found[path] = conf
            waiting += _sourced(conf.text or "")
    return tuple(found.values())


def _read(path: Path) -> Conf | None:
    try:
        # /dev/null says that no conf file is wanted
        plain = stat.S_ISREG(path.stat().st_mode)
        return Conf(path, path.read_text("utf-8", "surrogateescape") if plain else "")
    except FileNotFoundError:
        return None
    except OSError:
        return Conf(path, None)


def _sourced(text: str) -> Iterator[Path]:
    for line in _SOURCE.findall(text):
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            continue  # tmux's quoting is not quite a shell's; such a line names no plain path
        for word in words:
            pattern = re.sub(r"^(~|\$HOME|\$\{HOME\})(?=/)", lambda _: glob.escape(str(home())), word)
            if pattern.startswith("/"):
                yield from map(Path, sorted(glob.glob(pattern)))  # noqa: PTH207 # Path.glob refuses some of tmux's
