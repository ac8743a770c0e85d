"""Messages of a conversation for people and for programs; pure, what is long is cut and said so."""

import re
import time
from collections.abc import Mapping, Sequence

from ocprov.cli.output import counted
from ocprov.cli.show_chat import money
from ocprov.cli.terminal import style
from ocprov.core.names import printable
from ocprov.opencode.api.values import Message, Part
from ocprov.picker.text import cut, width

# Of one message, and of a tool's output in JSON.
MOST_LINES, MOST_OUTPUT = 40, 4000
_LINE = 400
_TOOL = 100
# A line of `chat shell`, as it is sent (`opencode.shell`).
_SENT = re.compile(r"printf %b '([^']*)' \| .*\( \. /dev/fd/3 \)")
_OCTAL = re.compile(rb"\\0([0-7]{3})")


def lines(messages: Sequence[Message]) -> list[str]:
    """A block a message: time, who, what it cost, its id; then its tool calls, a line each, and its text."""
    return [line for message in messages for line in ("", _head(message), *_body(message))]


def _head(message: Message) -> str:
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(message.created))
    who = "you" if message.role == "user" else message.agent or "assistant"
    facts = [message.model if message.role == "assistant" else "", money(message.cost), message.id]
    return f"{style(printable(who), bold=True)}  {when}  {printable('  '.join(filter(None, facts)))}"


def _body(message: Message) -> list[str]:
    found: list[str] = []
    for part in message.parts:
        if part.type == "tool":
            found.append(tool(part))
        elif part.type == "text":
            found += [cut(printable(line.expandtabs()), _LINE).rstrip() for line in part.text.splitlines()]
    if len(found) > MOST_LINES:
        rest = len(found) - MOST_LINES + 1
        found = [
            *found[: MOST_LINES - 1],
            style(f"… {counted(rest, 'more line')}: --json has all", fg="bright_black"),
        ]
    if message.problem:
        why = ": ".join(filter(None, (message.problem.name, message.problem.message)))
        found.append(style("aborted" if message.problem.aborted else printable(why)[:_LINE], fg="red"))
    elif message.role == "assistant" and not message.completed:
        found.append(style("… not finished", fg="bright_black"))
    return [f"  {line}".rstrip() for line in found]


def tool(part: Part) -> str:
    """A tool's call in a line: its name, what it was given, how it is, how much it gave."""
    given = printable(" ".join(_given(part.given).split()))
    shown = cut(given, _TOOL).rstrip() if width(given) > _TOOL else given
    how = printable(part.status)
    if part.status == "completed":
        how = counted(len(part.output.splitlines()), "line")
    elif part.status == "error":
        how = f"error: {printable(' '.join(part.output.split()))[:_TOOL]}"
    return style(" ".join(filter(None, (f"[{printable(part.tool)}]", shown, f"({how})"))), fg="cyan")


def _given(given: Mapping[str, object]) -> str:
    """What of its input tells a person most."""
    if isinstance(given.get("command"), str):
        return _typed(str(given["command"]))
    for name in ("filePath", "path", "pattern", "url", "description"):
        if isinstance(given.get(name), str):
            return str(given[name])
    return ", ".join(f"{name}={one}" for name, one in given.items())


def _typed(line: str) -> str:
    """A line of shell as a person typed it."""
    sent = _SENT.match(line)
    if sent is None:
        return line
    return _OCTAL.sub(lambda found: bytes([int(found[1], 8) & 0xFF]), sent[1].encode()).decode(
        errors="replace"
    )


def data(message: Message) -> dict[str, object]:
    """A message as plain values; its text whole, the output of tools cut."""
    problem = message.problem
    return {
        "id": message.id,
        "role": message.role,
        "parent": message.parent,
        "created": message.created,
        "completed": message.completed,
        "agent": message.agent,
        "model": message.model,
        "cost": message.cost,
        "tokens": message.tokens,
        "text": message.text,
        "tools": [_tool_data(part) for part in message.parts if part.type == "tool"],
        "error": {"name": problem.name, "message": problem.message} if problem else None,
    }


def _tool_data(part: Part) -> dict[str, object]:
    return {
        "tool": part.tool,
        "status": part.status,
        "given": dict(part.given),
        "output": part.output[:MOST_OUTPUT],
        "cut": max(len(part.output) - MOST_OUTPUT, 0),
    }
