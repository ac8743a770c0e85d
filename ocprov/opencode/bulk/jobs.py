"""Prompts of a file, to be sent in bulk: how they are written, and what tells one from another. Pure."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Literal, get_args

from ocprov.core.hashed import sha256
from ocprov.core.names import printable
from ocprov.errors import OcprovError

Format = Literal["text", "jsonl", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)

_BY_EXTENSION: dict[str, Format] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json"}
_CONVERSATION = re.compile(r"ses_[A-Za-z0-9]+")
_KEY = 16
# In characters: OpenCode takes more, and reads and keeps all of it at each request.
LONGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt as it was written; what is empty is chosen by the server. `line` is where it stands, from 1 on."""

    prompt: str
    title: str = ""
    model: str = ""
    agent: str = ""
    conversation: str = ""
    directory: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """A prompt to send: `index` is its place, from 0 on; `key` is its own from run to run, whatever its place."""

    index: int
    key: str
    prompt: Prompt


NAMES = tuple(one.name for one in fields(Prompt) if one.name != "line")


def format_of(name: str) -> Format:
    """How a file of that name is written: by its extension, text where that tells nothing."""
    lowered = name.lower()
    return next((one for ending, one in _BY_EXTENSION.items() if lowered.endswith(ending)), "text")


def parse(content: bytes, name: str, written: Format) -> tuple[Prompt, ...]:
    """The prompts of a file; OcprovError with `name:line` where it is wrong.

    `text`: one a line, empty lines left out. `jsonl`: an object or a string a line. `json`: an array of those.
    """
    text = _decoded(content, name)
    if written == "text":
        rows = ((number, _without_return(line)) for number, line in _lines(text))
        return tuple(_prompt(line, name, number) for number, line in rows)
    if written == "jsonl":
        return tuple(_prompt(_loaded(line, name, number), name, number) for number, line in _lines(text))
    found = _loaded(text, name, 0)
    if not isinstance(found, list):
        raise OcprovError(f"{name}: it is not an array of prompts", 'write [{"prompt": "…"}], or use .jsonl')
    return tuple(_prompt(one, f"{name}: prompt {number}", 0) for number, one in enumerate(found, 1))


def number(prompts: Sequence[Prompt]) -> tuple[Job, ...]:
    """Prompts as jobs: those that are the same in all are told apart by their order alone."""
    seen: Counter[str] = Counter()
    return tuple(Job(index, _key(prompt, seen), prompt) for index, prompt in enumerate(prompts))


def chains(jobs: Sequence[Job]) -> tuple[tuple[Job, ...], ...]:
    """What may be sent at once: the prompts of one conversation follow each other, all others are by themselves."""
    found: dict[str, list[Job]] = {}
    for job in jobs:
        found.setdefault(job.prompt.conversation or job.key, []).append(job)
    return tuple(map(tuple, found.values()))


def _key(prompt: Prompt, seen: Counter[str]) -> str:
    content = json.dumps([getattr(prompt, name) for name in NAMES], ensure_ascii=True)
    seen[content] += 1
    return sha256(f"{content}{seen[content]}".encode()).hexdigest()[:_KEY]


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise OcprovError(f"{name}:{line}: it is not UTF-8", f"iconv -t UTF-8 {name}") from error


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, by number: a line feed alone ends one, whatever else a prompt holds."""
    return ((count, line) for count, line in enumerate(text.split("\n"), 1) if line.strip())


def _without_return(line: str) -> str:
    return line.removesuffix("\r")


def _loaded(text: str, name: str, line: int) -> object:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        where = f"{name}:{line or error.lineno}"
        raise OcprovError(f"{where}: it is not JSON: {error.msg.lower()}", _FORM) from error
    except (ValueError, RecursionError) as error:
        raise OcprovError(f"{name}:{line or 1}: {printable(str(error))}", _FORM) from error


_FORM = 'a prompt is written {"prompt": "…"}, or as text with --format text'


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise ValueError(f"the key {twice} stands there twice")
    return found


def _prompt(value: object, name: str, line: int) -> Prompt:
    where = f"{name}:{line}" if line else name
    if not isinstance(value, str | dict):
        raise OcprovError(f"{where}: it is no prompt", _FORM)
    table = {"prompt": value} if isinstance(value, str) else {**value, "prompt": value.get("prompt")}
    for key, one in table.items():
        _refuse_wrong(where, key, one)
    prompt = Prompt(**{key: one for key, one in table.items() if one is not None}, line=line)
    if not prompt.prompt.strip():
        raise OcprovError(f"{where}: the prompt is empty", "write what is to be asked, or leave the line out")
    _refuse_together(where, prompt)
    return prompt


def _refuse_wrong(where: str, key: str, value: object) -> None:
    if key not in NAMES:
        near = get_close_matches(key, NAMES, 1)
        hint = f"did you mean {near[0]}?" if near else f"the keys are {', '.join(NAMES)}"
        raise OcprovError(f"{where}: there is no key {printable(key)}", hint)
    if not isinstance(value, str) and not (value is None and key != "prompt"):
        raise OcprovError(f"{where}: {key} is not a string", _FORM)
    if isinstance(value, str) and len(value) > LONGEST:
        raise OcprovError(
            f"{where}: {key} is longer than {LONGEST // 1024 // 1024} MiB, which no model reads",
            "put it in a file of the directory, and name that in the prompt",
        )
    if isinstance(value, str) and any("\ud800" <= char <= "\udfff" for char in value):
        raise OcprovError(f"{where}: {key} holds half a character", "write it as UTF-8, or as a whole pair")


def _refuse_together(where: str, prompt: Prompt) -> None:
    if prompt.conversation and not _CONVERSATION.fullmatch(prompt.conversation):
        shown = printable(prompt.conversation)
        raise OcprovError(f"{where}: {shown} is not a conversation's id", "see them: ocprov chat ls")
    if prompt.conversation and (prompt.title or prompt.directory):
        raise OcprovError(
            f"{where}: a title and a directory are for a new conversation, and one is named",
            "leave them out, or leave conversation out",
        )
