"""A layout file to tmuxp YAML text."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from jinja2 import nodes

from ocprov.core.names import printable, project
from ocprov.core.value import dataclass
from ocprov.errors import LayoutError, OcprovError
from ocprov.layout import files
from ocprov.layout.facts import Facts
from ocprov.layout.failure import failure
from ocprov.layout.header import Header, parse
from ocprov.layout.limits import LONGEST_OUTPUT, Expired, LimitError, time_limit
from ocprov.layout.marks import Rendered, rendered
from ocprov.layout.sandbox import LayoutEnvironment
from ocprov.layout.variables import Value, Variable, values
from ocprov.state import home

if TYPE_CHECKING:
    from ocprov.layout.loader import RootsLoader

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Rendering:
    """A rendered layout, the values its variables had, and the programs it needs (with how to get each)."""

    rendered: Rendered
    variables: Mapping[str, Value]
    requires: Mapping[str, str]


def render(path: Path, settings: Sequence[str], directory: str, facts: Facts) -> Rendering:
    """Render the layout `path` for `directory` (absolute); LayoutError, with file and line, for what goes wrong."""
    environment = LayoutEnvironment(facts)
    names: list[str] = []
    try:
        with time_limit():
            headers = _headers(environment, path)
            variables = values(
                _inherited([header.variables for header in headers]), settings, facts, directory
            )
            context = _functions(facts, directory) | variables
            names.extend(context)
            text = _text(environment, path, context)
    except Expired as error:
        raise failure(error, path, names) from error
    except OcprovError:
        raise
    except Exception as error:  # whatever a template's expression raises is the template's fault
        raise failure(error, path, names) from error
    requires = _inherited([header.requires for header in headers])
    return Rendering(rendered(text, environment.paths), variables, requires)


def inherited(path: Path) -> Mapping[str, Variable]:
    """The variables of the layout `path` and of those that it extends."""
    return _inherited([header.variables for header in _chain(path)])


def required(path: Path) -> Mapping[str, str]:
    """The programs that the layout `path` and those that it extends need, each with how to get it."""
    return _inherited([header.requires for header in _chain(path)])


def _chain(path: Path) -> list[Header]:
    environment = LayoutEnvironment(Facts())
    try:
        return _headers(environment, path)
    except OcprovError:
        raise
    except Exception as error:  # as above
        raise failure(error, path, ()) from error


def _inherited(tables: Sequence[Mapping[str, Item]]) -> dict[str, Item]:
    """Tables of a layout and its parents as one, the layout's own entries over its parents'."""
    return {name: item for table in reversed(tables) for name, item in table.items()}


def _headers(environment: LayoutEnvironment, path: Path) -> list[Header]:
    """The headers of `path` and of each layout that it extends by a constant name, in that order."""
    loader: RootsLoader = environment.loader  # type: ignore[assignment] # set there
    name: str | None = loader.admit(path)
    chain: list[str] = []
    while name:
        chain.append(name)
        extends = environment.tree(name).find(nodes.Extends)
        if not extends or not isinstance(extends.template, nodes.Const):
            break
        wanted = extends.template.value
        here, name = f"{files.shown(Path(name))}:{extends.lineno}", loader.resolve(str(wanted), name)
        if name is None:
            hint = "write its path from a layouts folder: observability/monitoring.yaml.j2"
            raise LayoutError(f'{here}: no file "{printable(str(wanted))}" in the layouts', hint)
        if name in chain:
            raise LayoutError(f"{here}: it extends itself", "extend another layout")
    return [parse(files.read(Path(name), environment.facts), Path(name)) for name in chain]


def _functions(facts: Facts, directory: str) -> dict[str, object]:
    return {
        "dir": directory,
        "project": project(directory),
        "home": str(home()),
        "have": facts.have,
        "env": facts.env,
        "path": lambda text: facts.path(text, directory),
        "isdir": lambda text: facts.isdir(text, directory),
    }


def _text(environment: LayoutEnvironment, path: Path, context: Mapping[str, object]) -> str:
    environment.globals.update(context)  # globals, so that imported macros see them too
    chunks, length = [], 0
    for chunk in environment.get_template(str(path)).generate():
        chunks.append(chunk)
        length += len(chunk)
        if length > LONGEST_OUTPUT:
            raise LimitError("the template makes more than 1 MiB of text")
    return "".join(chunks)
