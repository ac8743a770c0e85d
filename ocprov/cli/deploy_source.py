"""What `deploy` deploys: which file is the source of truth, and what it comes to on this machine.

A source with `{{` or `{%` in it, or whose name ends in `.j2`, is a Jinja template as layouts are: the same sandbox, functions
and header, and its `dir` is HOME, so that it does not matter where deploy is called. Every other one is deployed as its
very bytes, `{#` in a comment included, but for paths that it leaves out or gives by half.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from ocprov import resources, state
from ocprov.configfile import atomic
from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.settings.values import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ocprov.configfile.ocmonitor import Document, Where
    from ocprov.layout.facts import Facts
    from ocprov.questions import Answers

NAME = "ocmonitor.config.toml"
LARGEST = 1024 * 1024

_KEY = "deploy.source"
_MARKS = (b"{{", b"{%")


@dataclass(frozen=True, slots=True)
class Source:
    """The file that holds what is deployed, absolute, and why it is that one."""

    path: Path
    origin: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a source came to: TOML that was checked; `document` is what it says, `filled` the paths that were filled in.

    `asked` are the questions about this machine, each with a fingerprint of its answer, that this depends on.
    """

    data: bytes
    document: "Document"
    filled: tuple[str, ...]
    asked: tuple[tuple[str, str, str], ...]


def find(given: Path | None, origin: str, settings: Settings) -> Source:
    """The source: the `given` one, else the setting's, else the user's beside config.toml, else the shipped one."""
    if given is not None:
        text = str(given)
        path = state.home() / text[2:] if text.startswith("~/") else Path.cwd() / given
        return Source(path, origin)
    path_set = settings.path(_KEY)
    if path_set is not None:
        return Source(path_set, f"{_KEY}, {settings.found[_KEY].origin}")
    own = state.config_dir() / NAME
    if os.path.lexists(own):
        return Source(own, "beside config.toml")
    return Source(resources.shipped("deploy") / NAME, "shipped")


def read(source: Source) -> bytes:
    """Its bytes, read once; OcprovError for what is no small plain file. It never waits, as for a FIFO."""
    shown = printable(str(source.path))
    try:
        status = source.path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise OcprovError(f"{shown} is not a file", "name a TOML file: ocprov deploy --source FILE")
        if status.st_size > LARGEST:
            raise OcprovError(f"{shown} is larger than 1 MiB", "is it the right file?")
        return b"".join(atomic.chunks(source.path))
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise OcprovError(
            f"cannot read {shown} ({printable(source.origin)}): {why}", f"look at it: ls -l {shown}"
        ) from error


def content(source: Source, raw: bytes, *, link: bool, machine: "Answers | None" = None) -> Content:
    """What `raw`, read from the source, comes to; OcprovError for what ocmonitor could not use.

    A `link` leads to the source as it is, so there it has to be usable as it is. `machine` are questions about this
    machine with the answers to go by.
    """
    from ocprov.configfile import filling
    from ocprov.configfile.ocmonitor import checked
    from ocprov.layout.facts import Facts

    facts = Facts({**(machine or {})})
    template = is_template(source.path, raw)
    if template and link:
        raise _unlinkable(source, "is a Jinja template, and a link to it would not be rendered", "")
    data, where = _rendered(source, raw, facts) if template else (raw, _plain(source))
    document = checked(data, where)
    entries = filling.missing(document, lambda text: str(facts.ask("path", text)))
    if entries and link:
        wanted = "; ".join(f"{name} = {_quoted(path)}" for name, path in entries.items())
        raise _unlinkable(source, "leaves paths out, or gives them by half", f"write [paths] {wanted}; or ")
    data = filling.filled(data, entries)
    for name in ("HOME", "XDG_DATA_HOME"):
        facts.ask("env", name)
    facts.ask("code", "")
    again = (
        checked(data, lambda _: f"{printable(str(source.path))} with its paths filled in")
        if entries
        else document
    )
    return Content(data, again, tuple(f"paths.{name}" for name in entries), facts.inputs)


def is_template(path: Path, raw: bytes) -> bool:
    """Whether a source is to be rendered."""
    return path.name.endswith(".j2") or any(mark in raw for mark in _MARKS)


def trap(source: Path, target: Path, document: "Document") -> str:
    """A warning for prices that lie beside the source, where ocmonitor does not look; else empty."""
    models: Mapping[str, object] = document.get("models", {})
    name = str(models.get("config_file") or "")
    if not name or name.startswith(("/", "~")) or not (source.parent / name).exists():
        return ""
    if (target.parent / name).exists():
        return ""
    return (
        f'models.config_file = "{name}" is looked for beside {target}, and is not there; write its path in full: '
        f"{source.parent / name}"
    )


def _plain(source: Source) -> "Where":
    shown = printable(str(source.path))
    return lambda line: f"{shown}:{line}" if line else shown


def _rendered(source: Source, raw: bytes, facts: "Facts") -> tuple[bytes, "Where"]:
    from ocprov.layout.render import render

    facts.asked["text", str(source.path)] = raw  # the bytes that were read, whatever is there by now
    rendered = render(source.path, (), str(state.home()), facts).rendered
    return rendered.text.encode(), lambda line: rendered.where(line) if line else _plain(source)(0)


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)


def _unlinkable(source: Source, why: str, how: str) -> OcprovError:
    return OcprovError(
        f"{printable(str(source.path))} cannot be linked to: it {why}",
        f"{how}deploy a copy: ocprov deploy --copy",
    )
