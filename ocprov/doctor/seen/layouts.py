"""Gathers the layouts, and which of the programs that they need are there."""

from ocprov.doctor.programs import Layout, Programs
from ocprov.doctor.seen.search import search
from ocprov.errors import OcprovError
from ocprov.layout.source import Source, sources
from ocprov.state import home
from ocprov.tmux import processes


def layouts() -> tuple[Layout, ...]:
    """Every layout that `up` knows, as its header and those of what it extends say."""
    return tuple(_layout(source) for source in sources() if not source.shadowed)


def _layout(source: Source) -> Layout:
    from ocprov.layout.render import required

    try:
        if source.problem:
            raise source.problem
        found = required(source.path)
        if source.user:
            _render(source)
    except OcprovError as error:
        return Layout(source.alias, {}, error.message)
    return Layout(source.alias, found)


def _render(source: Source) -> None:
    """Have what is wrong in its body raised too, where it can be rendered without being told anything."""
    from ocprov.layout.load import load
    from ocprov.layout.render import inherited

    if all(variable.default is not None for variable in inherited(source.path).values()):
        load(source, directory=home())


def programs(known: tuple[Layout, ...]) -> Programs:
    """What is there of what these layouts need."""
    needed = {name for layout in known for name in layout.requires}
    return Programs(known, frozenset(filter(search, needed)), bool(search("ccze")), _processes())


def _processes() -> str:
    try:
        processes.table()
    except OcprovError as error:
        return error.message
    return ""
