"""The first text of a new layout."""

import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import nodes

from ocprov.authoring.naming import DEVELOPMENT
from ocprov.core.names import PREFIXES
from ocprov.errors import LayoutError
from ocprov.layout import files
from ocprov.layout.facts import Facts
from ocprov.layout.header import split
from ocprov.layout.sandbox import LayoutEnvironment
from ocprov.layout.source import Source

if TYPE_CHECKING:
    from ocprov.layout.loader import RootsLoader

_PLAIN = """\
# A layout of ocprov: this part is plain YAML, and below the line --- is a Jinja template.
# ocprov check {name} tells what is wrong, ocprov render {name} what comes of it, ocprov up {name} makes it live.
alias: {name}
description: what ocprov ls says about it
variables: # each can be given by --set NAME=VALUE
  directory: {{type: path, default: "~", help: where its windows start}}
# requires: # programs that it cannot do without, and how to get each
#   tail: apt install coreutils
---
session_name: {session}
start_directory: {{{{ directory | yaml }}}}
windows:
  - window_name: shell # no command: your shell
  # - window_name: log
  #   x-ocprov: {{restart: always}} # prompt, the default, asks when the command ends; never gives a shell
  #   panes:
  #     - tail -F notes.log
  # - window_name: two
  #   layout: even-horizontal
  #   panes:
  #     - date
  #     - top
"""

_EXTENDING = """\
# This layout is {parent} with the blocks below instead of those of the same name; everything else stays.
# Its variables stay too (ocprov ls {parent} lists them); one that is declared here gets another default.
alias: {name}
description: {parent}, my way
---
{{% extends "{path}" %}}
{session}
{{# What there is to replace, in order:
{blocks}
   {{{{ super() }}}} in a block is what stood there. #}}
"""

_MORE = """
{% block more_windows %}
  - window_name: more
{% endblock %}
"""


_BLOCK = re.compile(r"\{%-?\s*block\s+(\w+)")
_SESSION = re.compile(r"\{%-?\s*block\s+session_name\s*-?%\}(.*?)\{%-?\s*endblock")
_PREFIX = re.compile("|".join(PREFIXES))
_FIXED = re.compile(rf"({_PREFIX.pattern})[A-Za-z0-9_-]+")


def plain(name: str) -> str:
    """A commented layout of one window."""
    return _PLAIN.format(name=name, session=f"{DEVELOPMENT}{name}")


def extending(name: str, parent: Source) -> str:
    """A layout that is `parent` but for what is yet to be written; LayoutError where that has no blocks."""
    texts = _texts(parent.path)
    blocks = list(dict.fromkeys(block for text in reversed(texts) for block in _BLOCK.findall(text)))
    if not blocks:
        hint = f"ocprov edit --copy {parent.alias}"
        raise LayoutError(f"{parent.alias} has no blocks that another layout could replace", hint)
    text = _EXTENDING.format(
        parent=parent.alias,
        name=name,
        path=_written(parent),
        session="" if name == parent.alias else _session(name, texts),
        blocks=textwrap.fill(", ".join(blocks), 100, initial_indent="     ", subsequent_indent="     "),
    )
    return text + (_MORE if "more_windows" in blocks else "")


def _written(parent: Source) -> str:
    """How templates name it: its path from a layouts folder."""
    root = next(root for root in files.roots() if parent.path.is_relative_to(root))
    return str(parent.path.relative_to(root))


def _session(name: str, texts: list[str]) -> str:
    """A block that names the session after this layout: two layouts with one session would be in each other's way."""
    found = next(filter(None, (_SESSION.search(text) for text in texts)), None)
    if found is None:
        return ""
    fixed = _FIXED.fullmatch(found[1])
    own = f"{fixed[1]}{name}" if fixed else _PREFIX.sub(rf"\g<0>{name}-", found[1], count=1)
    return f"{{% block session_name %}}{own}{{% endblock %}}\n"


def _texts(path: Path) -> list[str]:
    """The bodies of a layout and of those that it extends."""
    environment = LayoutEnvironment(Facts())
    loader: RootsLoader = environment.loader  # type: ignore[assignment] # set there
    found: dict[str, str] = {}
    name: str | None = loader.admit(path)
    while name and name not in found:
        found[name] = split(files.read(Path(name), environment.facts)).body
        extends = environment.tree(name).find(nodes.Extends)
        constant = extends.template if extends else None
        name = loader.resolve(str(constant.value), name) if isinstance(constant, nodes.Const) else None
    return list(found.values())
