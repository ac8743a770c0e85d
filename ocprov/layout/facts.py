"""What a layout asks about this machine; each question is kept with its answer, so that it can be asked again."""

import os
import re
from dataclasses import dataclass, field
from typing import Final, cast

from ocprov.questions import answer, fingerprint

_VARIABLE: Final = re.compile(r"\$(?:(\w+)|\{([^}]*)\})", re.ASCII)  # as expandvars has it


@dataclass(slots=True)
class Facts:
    """The questions asked so far, `(kind, about)`, and their answers. ValueError for what no system can answer.

    `placed` is whether the directory that the layout is for made a difference.
    """

    asked: dict[tuple[str, str], object] = field(default_factory=dict)
    placed: bool = False

    def ask(self, kind: str, about: str) -> object:
        """The answer, the same one for the whole of a run."""
        if "\0" in about:
            raise ValueError(f"{kind}: a NUL character")
        if (kind, about) not in self.asked:
            self.asked[kind, about] = answer(kind, about)
        return self.asked[kind, about]

    @property
    def inputs(self) -> tuple[tuple[str, str, str], ...]:
        """`(kind, about, fingerprint of the answer)` of each, for `questions.changed`."""
        return tuple((kind, about, fingerprint(found)) for (kind, about), found in self.asked.items())

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the environment's variables that an answer came from, set or not; sorted."""
        named = {about for kind, about in self.asked if kind == "env"}
        texts = (about for kind, about in self.asked if kind == "path")
        return tuple(sorted(named.union(*(map("".join, _VARIABLE.findall(text)) for text in texts))))

    def text(self, path: str) -> bytes | None:
        """A file's bytes, as they were when it was first looked at; None where it cannot be read."""
        return cast("bytes | None", self.ask("text", path))

    def names(self, folder: str) -> tuple[str, ...]:
        """What is in a folder but for hidden files, sorted, folders with a slash behind; nothing where it cannot be read."""
        return cast("tuple[str, ...] | None", self.ask("names", folder)) or ()

    def link(self, path: str) -> tuple[str, int, int] | str:
        """Where a path leads, its owner, its and its folder's mode together; or why it leads nowhere."""
        return cast("tuple[str, int, int] | str", self.ask("link", path))

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
        meant = str(self.ask("path", str(text)))
        self.placed |= not meant.startswith("/")
        return os.path.normpath(os.path.join(directory, meant))  # noqa: PTH118 # text in, text out

    def isdir(self, text: str, directory: str) -> bool:
        """Whether the path that `text` means is a directory."""
        return bool(self.ask("isdir", self.path(text, directory)))
