"""Which layouts there are, and which one a name means."""

from collections.abc import Iterator
from pathlib import Path

from ocprov.core.names import printable
from ocprov.core.value import dataclass, replace
from ocprov.errors import LayoutError
from ocprov.layout import files
from ocprov.layout.facts import Facts
from ocprov.layout.header import ALIAS, Header, parse

_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Source:
    """One layout file.

    `user` when it is in the user's directory; `shadows` when it hides another of the same alias, `shadowed` when
    another hides it; `problem` when it cannot be used, to be raised by whoever wants to use it.
    """

    path: Path
    alias: str
    description: str = ""
    user: bool = False
    shadows: bool = False
    shadowed: bool = False
    header: Header = Header()  # a value, which nobody changes
    problem: LayoutError | None = None


def sources(facts: Facts | None = None) -> tuple[Source, ...]:
    """Every layout, the user's first, by alias within a root; what was looked at is in `facts`."""
    asked = Facts() if facts is None else facts
    found = [
        source
        for root in files.roots()
        for source in sorted(_in_root(root, asked), key=lambda source: source.alias)
    ]
    firsts: dict[str, Source] = {}
    for source in found:
        firsts.setdefault(source.alias, source)
    hiding = {source.alias for source in found if firsts[source.alias] is not source}
    return tuple(
        replace(source, shadows=source.alias in hiding)
        if firsts[source.alias] is source
        else replace(source, shadowed=True)
        for source in found
    )


def find(alias: str, facts: Facts | None = None) -> Source:
    """The layout that a person means by `alias`; LayoutError when there is none, or it cannot be used.

    What was looked at is in `facts`.
    """
    if not ALIAS.fullmatch(alias):
        hint = "a name has letters, digits, - and _; a file is checked with: ocprov check FILE"
        raise LayoutError(f'"{printable(alias)}" is no name for a layout', hint)
    asked = Facts() if facts is None else facts
    every = (source for root in files.roots() for source in _in_root(root, asked))
    found = next((source for source in every if source.alias == alias), None)
    if found is None:
        import difflib  # late: only for somebody who mistyped

        close = difflib.get_close_matches(alias, [source.alias for source in sources(asked)], n=1)
        hint = f'did you mean "{close[0]}"? (ocprov ls shows all)' if close else "ocprov ls shows all"
        raise LayoutError(f'no layout is called "{alias}"', hint)
    if found.problem:
        raise found.problem
    return found


def of_file(path: Path, facts: Facts) -> Source:
    """The layout in an explicitly named file; LayoutError when it cannot be read or its header is wrong."""
    header = parse(files.read(path, facts), path)
    alias = header.alias or files.stem(path) or path.name
    return Source(path, alias, header.description, path.is_relative_to(files.user_root()), header=header)


def _in_root(root: Path, facts: Facts) -> Iterator[Source]:
    return (_source(path, root, facts) for path in _walk(root, (), facts))


def _walk(folder: Path, above: tuple[str, ...], facts: Facts) -> Iterator[Path]:
    """Layout files below `folder`; linked folders are followed, but not far, nor back to where they start."""
    leads = facts.link(str(folder))
    if isinstance(leads, str) or len(above) > _DEEPEST or leads[0] in above:
        return
    for name in facts.names(str(folder)):
        path = folder / name
        if name.startswith("_"):
            continue
        if name.endswith("/"):
            yield from _walk(path, (*above, leads[0]), facts)
        elif files.stem(path):
            yield path


def _source(path: Path, root: Path, facts: Facts) -> Source:
    user = root == files.user_root()
    try:
        _refuse_untrusted(path, root, facts)
        return replace(_named(of_file(path, facts)), user=user)
    except LayoutError as problem:
        return Source(path, files.stem(path), user=user, problem=problem)


def _refuse_untrusted(path: Path, root: Path, facts: Facts) -> None:
    if reason := files.why_not_trusted(path, root, facts):
        name = files.shown(path)
        raise LayoutError(f"{name} is not used: {reason}", f"look at it: ls -lL {name}")


def _named(source: Source) -> Source:
    if not ALIAS.fullmatch(source.alias):
        message = f'{files.shown(source.path)}: "{printable(source.alias)}" is no name for a layout'
        raise LayoutError(message, "rename the file, or give it an alias: in its header")
    return source
