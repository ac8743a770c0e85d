"""Where the pages are."""

from pathlib import Path

_DOCS = Path(__file__).parents[2] / "docs"

MAN = _DOCS / "man/ocprov.1"
CONFIG = _DOCS / "config.md"
