"""A config.toml with every key in it, each commented out: what it would say without a person."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from ocprov.core.keys import Key, allowed

_HEAD = """\
# ocprov's settings. Every key is here with its default, commented out: take the # away and change it.
# `ocprov config` shows what holds and where it came from; OCPROV_SECTION_KEY in the environment goes first.
"""


def text(keys: Sequence[Key]) -> str:
    """The file's text; with the marks of its keys taken away it still is TOML, and says the same."""
    return "".join((_HEAD, *_sections(keys)))


def _sections(keys: Sequence[Key]) -> Iterator[str]:
    for name, members in groupby(keys, key=section):
        yield f"\n[{name}]\n"
        for key in members:
            yield f"# {key.help}\n# {allowed(key)}\n#{entry(key)} = {written(key.default)}\n"


def section(key: Key) -> str:
    """The section that a key is in."""
    return key.name.partition(".")[0]


def entry(key: Key) -> str:
    """A key's name inside its section."""
    return key.name.partition(".")[2]


def written(value: object) -> str:
    """A value of a key's kind as TOML, which for these is as JSON."""
    import json

    return json.dumps(value, ensure_ascii=False)
