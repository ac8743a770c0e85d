"""A host of pyinfra's that answers what a test has for it, and what hosts say."""

import json
from types import SimpleNamespace
from typing import Any

from ocprov.fleet import report
from ocprov.fleet.command import MARK
from ocprov.fleet.report import Item, Report, Word

KEY, OTHER = "0123456789ab", "ba9876543210"
Answers = list[str | Exception]


def reports(word: Word, key: str = KEY) -> str:
    """A host that has one file, and an ocprov of that key."""
    return report.text(Report(key, "1", (Item("file", "a", word, (f"a: {word}",), "a hint"),)))


def found(current: str = "") -> str:
    """A host without the ocprov that was asked for."""
    kind = {"python": "3.12", "machine": "riscv64", "libc": "musl 1.2", "program": "/p/python", "home": "/h"}
    return json.dumps({"schema": 1, "ocprov": None, "current": current, **kind})


INSTALLED = '{"changed": true, "notices": ["mine stays"]}'


class Box:
    """A host of pyinfra's that answers what it was told to, an empty answer being a failure, and keeps what it was asked."""

    print_prefix = "[box] "
    current_op_global_arguments: dict[str, object] | None = None

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: list[tuple[str, float]] = []
        self.given: dict[str, object] = {}

    def run_shell_command(self, command: object, *, _timeout: float, **given: object) -> tuple[bool, Any]:
        line = str(command)
        verb = next((word for word in ("look", "apply") if f"host {word}" in line), "install")
        self.asked.append((verb, _timeout))
        self.given = given
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return bool(answer), SimpleNamespace(
            stdout_lines=["hello", MARK, answer], stderr_lines=[] if answer else ["error: no", "hint: yes"]
        )
