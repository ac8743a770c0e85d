"""A layout to what it declares: the whole way, with each error at its place in the layout's own file."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocprov.core.declare import session
from ocprov.core.desired import Session
from ocprov.core.rules import WorkspaceError
from ocprov.core.workspace import check
from ocprov.errors import LayoutError
from ocprov.layout.document import Document, read
from ocprov.layout.expand import expand
from ocprov.layout.facts import Facts
from ocprov.layout.marks import Rendered
from ocprov.layout.render import render
from ocprov.layout.source import Source, of_file
from ocprov.layout.variables import Value


@dataclass(frozen=True, slots=True)
class Loaded:
    """A layout that is right: its text, its workspace as rendered, and what that declares.

    `missing` are the programs it needs and this machine lacks, each with how to get it; `facts` what was looked at.
    """

    source: Source
    rendered: Rendered
    workspace: dict[str, Any]
    desired: Session
    variables: Mapping[str, Value]
    missing: tuple[tuple[str, str], ...]
    facts: Facts = field(default_factory=Facts)


def load(
    source: Source | Path,
    *,
    settings: Sequence[str] = (),
    directory: Path,
    start: Path | None = None,
    facts: Facts | None = None,
) -> Loaded:
    """Load a layout that was found, or the one in a file.

    `directory` is what templates know as `dir`; `start`, or else the same, is the session's where it declares none.

    Raises LayoutError, located where it can be. Nothing outside is touched; what was asked of it is in `facts`.
    """
    asked = Facts() if facts is None else facts
    if isinstance(source, Path):
        source = of_file(Path(os.path.abspath(source)), asked)  # noqa: PTH100 # resolve() would follow links
    if source.problem:
        raise source.problem
    place = os.path.abspath(directory)  # noqa: PTH100 # as above
    rendering = render(source.path, settings, place, asked)
    document = read(rendering.rendered.text, rendering.rendered.where)
    try:
        check(document.data)
        expanded = expand(
            document.data, directory=str(start or place), beside=source.path.parent, facts=asked
        )
        desired = session(expanded, layout=source.alias)
    except WorkspaceError as error:
        raise _located(error, document, rendering.rendered) from error
    _ask_versions(asked)
    missing = tuple((name, how) for name, how in rendering.requires.items() if not asked.have(name))
    return Loaded(source, rendering.rendered, document.data, desired, rendering.variables, missing, asked)


def _ask_versions(facts: Facts) -> None:
    """What else renders and expands a layout, by the files that tell their versions."""
    import jinja2
    import yaml

    facts.ask("code", "")
    for package in (jinja2, yaml):
        facts.text(str(package.__file__))


def _located(error: WorkspaceError, document: Document, rendered: Rendered) -> LayoutError:
    return LayoutError(f"{rendered.where(document.line(error.path))}: {error.message}", error.hint)
