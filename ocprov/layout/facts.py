"""What a layout asks about this machine; each question is kept with its answer, so that it can be asked again."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from ocprov.state import search_path


def _have(program: str) -> bool:
    import shutil  # late: a layout without have() does not need it

    return shutil.which(program, path=search_path()) is not None


def _path(text: str) -> str:
    return os.path.expandvars(os.path.expanduser(text))  # noqa: PTH111 # tmuxp's own order; text is no Path yet


_VARIABLE: Final = re.compile(r"\$(?:(\w+)|\{([^}]*)\})", re.ASCII)  # as expandvars has it
_QUESTIONS: Final[dict[str, Callable[[str], object]]] = {
    "have": _have,
    "env": os.environ.get,
    "path": _path,
    "isdir": os.path.isdir,
}


def answer(kind: str, about: str) -> object:
    """What is so now: `have` bool, `env` str or None, `path` str, `isdir` bool."""
    return _QUESTIONS[kind](about)


@dataclass(slots=True)
class Facts:
    """The questions asked so far, `(kind, about)`, and their answers. ValueError for what no system can answer."""

    asked: dict[tuple[str, str], object] = field(default_factory=dict)

    def ask(self, kind: str, about: str) -> object:
        """The answer, the same one for the whole of a run."""
        if "\0" in about:
            raise ValueError(f"{kind}: a NUL character")
        if (kind, about) not in self.asked:
            self.asked[kind, about] = answer(kind, about)
        return self.asked[kind, about]

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the environment's variables that an answer came from, set or not; sorted."""
        named = {about for kind, about in self.asked if kind == "env"}
        texts = (about for kind, about in self.asked if kind == "path")
        return tuple(sorted(named.union(*(map("".join, _VARIABLE.findall(text)) for text in texts))))

    def have(self, program: str) -> bool:
        """Whether `program` is on the `PATH`."""
        return bool(self.ask("have", str(program)))

    def env(self, name: str, default: str = "") -> str:
        """An environment variable's value, `default` where it is unset or empty."""
        value = str(self.ask("env", str(name)) or default)
        if not all(char.isprintable() for char in value):
            raise ValueError(f"environment variable {name} has a control character")
        return value

    def path(self, text: str, directory: str) -> str:
        """`text` with `~` and `$NAME` expanded, absolute; a relative one starts at `directory`."""
        return os.path.normpath(os.path.join(directory, str(self.ask("path", str(text)))))  # noqa: PTH118 # text in, text out

    def isdir(self, text: str, directory: str) -> bool:
        """Whether the path that `text` means is a directory."""
        return bool(self.ask("isdir", self.path(text, directory)))
