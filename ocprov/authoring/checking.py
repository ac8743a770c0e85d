"""Whether a text would be a right layout, before it is in its place."""

from pathlib import Path

from ocprov.layout.facts import Facts
from ocprov.layout.load import Loaded, load
from ocprov.state import home


def checked(text: bytes, path: Path, directory: Path) -> Loaded:
    """The layout that `text` would be at `path`, for somebody in `directory`; LayoutError where it is wrong."""
    return load(path, directory=directory, start=home(), facts=Facts({("text", str(path)): text}))
