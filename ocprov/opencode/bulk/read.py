"""The prompts of a file as jobs: each with its directory, and what was asked for all of them."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.opencode.bulk import jobs
from ocprov.opencode.bulk.jobs import Format, Job, Prompt
from ocprov.opencode.spec import real

INPUT = "-"


@dataclass(frozen=True, slots=True)
class Asked:
    """What holds for the prompts that do not say otherwise; directories are relative to `base`."""

    base: Path = Path()
    model: str = ""
    agent: str = ""
    written: Format | None = None


def read(file: str, asked: Asked) -> tuple[Job, ...]:
    """The jobs of a file, `-` for standard input; OcprovError where one of them is wrong."""
    name = "standard input" if file == INPUT else printable(file)
    found = jobs.parse(_content(file), name, asked.written or jobs.format_of(file))
    return jobs.number(tuple(_placed(found, name, asked)))


def _content(file: str) -> bytes:
    if file == INPUT:
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        shown = printable(file)
        raise OcprovError(
            f"{shown}: {(error.strerror or '').lower()}", "name a file of prompts, or - for standard input"
        ) from error


@dataclass(slots=True)
class _Directories:
    """Real directories by how they were written: most prompts have the same."""

    base: Path
    found: dict[str, str] = field(default_factory=dict)

    def real(self, written: str) -> str:
        if written not in self.found:
            self.found[written] = str(real(_home(self.base) / _home(Path(written))))
        return self.found[written]


def _home(path: Path) -> Path:
    """The path with what ~ stands for; OcprovError for what cannot be one."""
    shown = printable(str(path))
    if "\0" in str(path):
        raise OcprovError(f"{shown} is no path: there is a NUL in it", "leave it out")
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise OcprovError(f"{shown}: nobody knows that home directory", "write the path whole") from error


def _placed(found: Iterable[Prompt], name: str, asked: Asked) -> Iterable[Prompt]:
    directories = _Directories(asked.base)
    for one in found:
        model, agent = one.model or asked.model, one.agent or asked.agent
        if one.conversation:
            yield replace(one, model=model, agent=agent)
            continue
        try:
            directory = directories.real(one.directory)
        except OcprovError as error:
            error.message = f"{name}:{one.line}: {error.message}" if one.directory else error.message
            raise
        yield replace(one, model=model, agent=agent, directory=directory)
