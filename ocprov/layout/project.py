"""A project's own layout: `.ocprov.yaml.j2` in its directory, used only while a person trusts just what it says."""

from pathlib import Path
from shlex import quote

from ocprov.core.names import printable
from ocprov.core.value import replace
from ocprov.errors import LayoutError
from ocprov.layout import files, trust
from ocprov.layout.facts import Facts
from ocprov.layout.header import parse
from ocprov.layout.source import Source, of_file

FILE = ".ocprov.yaml.j2"
ALIAS = "project"


def place(file: Path) -> Path:
    """What a project's layout is trusted by: its path in its real directory, also where it is a link; OSError for loops."""
    return file.parent.resolve() / file.name


def find(directory: str, facts: Facts) -> Source:
    """The layout of the project in `directory` (absolute); LayoutError when there is none, or it is not trusted."""
    facts.placed = True
    path = place(Path(directory, FILE))
    shown = files.shown(path)
    leads = facts.link(str(path))
    if isinstance(leads, str):
        hint = f"write {shown} and trust it; ocprov ls shows all other layouts"
        raise LayoutError(f"there is no {FILE} in {printable(directory)}", hint)
    data = facts.text(str(path))
    known = trust.parse(facts.text(str(trust.path()))).get(str(path))
    if data is None or known != trust.sha(data):
        told = f"{shown} is not trusted" if known is None else f"{shown} changed since it was trusted"
        raise LayoutError(told, f"read it, then: ocprov trust {printable(quote(str(path)))}")
    if reason := trust.why_not(path):
        raise LayoutError(f"{shown} is not used: {reason}", f"look at it: ls -lL {shown}")
    alias = parse(files.read(path, facts), path).alias
    if alias not in ("", ALIAS):
        raise LayoutError(f'{shown}: it cannot be called "{alias}"', f"a project's layout is called {ALIAS}")
    return replace(of_file(path, facts), alias=ALIAS, user=True)


def there(directory: str) -> Source | None:
    """The same for a list: with its `problem` when it cannot be used, None where there is none."""
    path = Path(directory, FILE)
    if not path.exists():
        return None
    try:
        return find(directory, Facts())
    except LayoutError as problem:
        return Source(path, ALIAS, user=True, problem=problem)
