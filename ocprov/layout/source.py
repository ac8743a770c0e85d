"""Which layouts there are, and which one a name means."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ocprov.core.names import printable
from ocprov.errors import LayoutError
from ocprov.layout import files
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
    header: Header = field(default_factory=Header)
    problem: LayoutError | None = None


def sources() -> tuple[Source, ...]:
    """Every layout, the user's first, by alias within a root."""
    found = [
        source
        for root in files.roots()
        for source in sorted((_source(path, root) for path in _walk(root, ())), key=lambda item: item.alias)
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


def find(alias: str) -> Source:
    """The layout that a person means by `alias`; LayoutError when there is none, or it cannot be used."""
    if not ALIAS.fullmatch(alias):
        hint = "a name has letters, digits, - and _; a file is checked with: ocprov check FILE"
        raise LayoutError(f'"{printable(alias)}" is no name for a layout', hint)
    known = {source.alias: source for source in reversed(sources())}
    if alias not in known:
        import difflib  # late: only for somebody who mistyped

        close = difflib.get_close_matches(alias, known, n=1)
        hint = f'did you mean "{close[0]}"? (ocprov ls shows all)' if close else "ocprov ls shows all"
        raise LayoutError(f'no layout is called "{alias}"', hint)
    if problem := known[alias].problem:
        raise problem
    return known[alias]


def of_file(path: Path) -> Source:
    """The layout in an explicitly named file; LayoutError when it cannot be read or its header is wrong."""
    header = parse(files.read(path), path)
    alias = header.alias or files.stem(path) or path.name
    return Source(path, alias, header.description, path.is_relative_to(files.user_root()), header=header)


def _walk(folder: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """Layout files below `folder`; linked folders are followed, but not far, nor back to where they start."""
    real = folder.resolve()
    if len(above) > _DEEPEST or real in above or not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")):
            continue
        if path.is_dir():
            yield from _walk(path, (*above, real))
        elif files.stem(path):
            yield path


def _source(path: Path, root: Path) -> Source:
    user = root == files.user_root()
    try:
        _refuse_untrusted(path, root)
        return replace(_named(of_file(path)), user=user)
    except LayoutError as problem:
        return Source(path, files.stem(path), user=user, problem=problem)


def _refuse_untrusted(path: Path, root: Path) -> None:
    if reason := files.why_not_trusted(path, root):
        name = files.shown(path)
        raise LayoutError(f"{name} is not used: {reason}", f"look at it: ls -lL {name}")


def _named(source: Source) -> Source:
    if not ALIAS.fullmatch(source.alias):
        message = f'{files.shown(source.path)}: "{printable(source.alias)}" is no name for a layout'
        raise LayoutError(message, "rename the file, or give it an alias: in its header")
    return source
