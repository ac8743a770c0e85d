"""The files that `extends`, `include` and `import` reach: those in the layouts roots, by path from a root."""

from collections.abc import Callable
from pathlib import Path

from jinja2 import BaseLoader, Environment, TemplateNotFound

from ocprov.layout import files
from ocprov.layout.facts import Facts
from ocprov.layout.header import split


class RootsLoader(BaseLoader):
    """Serves files that `admit` or `resolve` let in, under their absolute path as the template's name."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.admitted: dict[str, Path] = {}

    def admit(self, path: Path) -> str:
        """Let a file in that was found elsewhere; the name to load it by."""
        self.admitted[str(path)] = path
        return str(path)

    def resolve(self, wanted: str, parent: str) -> str | None:
        """The name to load `wanted` by, as written in the template `parent`; None when there is no such file.

        A file never means itself: the user's `observability/monitoring.yaml.j2` extends the shipped one of that path.
        """
        parts = wanted.split("/")
        if "\0" in wanted or "\\" in wanted or any(not part or part.startswith(".") for part in parts):
            return None
        for root in files.roots():
            path = root.joinpath(*parts)
            known = self.facts.text(str(path)) is not None or path.is_file()
            if known and str(path) != parent and not files.why_not_trusted(path, root, self.facts):
                return self.admit(path)
        return None

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The body, with as many lines above it as the file has there, so that lines keep their numbers."""
        path = self.admitted.get(template)
        if path is None:
            raise TemplateNotFound(template)
        parts = split(files.read(path, self.facts))
        above = "{#" + "\n" * (parts.above - 1) + "#}\n" if parts.above else ""
        return above + parts.body, template, lambda: True
