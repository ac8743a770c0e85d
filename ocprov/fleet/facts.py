"""pyinfra's facts of ocprov on a host, for whoever decides by them in a deploy.py."""

import json
from typing import Any

from pyinfra.api.exceptions import FactProcessError
from pyinfra.api.facts import FactBase

from ocprov.fleet import command


def _line(*words: str) -> str:
    """The line for `ocprov …`, which is no failure where there is no ocprov."""
    return f"{command.reading(words)} || test $? = {command.MISSING}"


def _answer(output: list[str]) -> str:
    return (command.answered("\n".join(output)) or "").strip()


class Version(FactBase[str | None]):
    """The version of the ocprov of a host, as `ocprov --version` says it; None where there is none."""

    def command(self) -> str:
        """The line that asks."""
        return _line("--version")

    def process(self, output: list[str]) -> str | None:
        """The answer."""
        return _answer(output).rpartition(" ")[2] or None


class Sessions(FactBase[dict[str, Any] | None]):
    """What `ocprov status --json` has under `data`; None where there is no ocprov."""

    def command(self) -> str:
        """The line that asks."""
        return _line("status", "--json")

    def process(self, output: list[str]) -> dict[str, Any] | None:
        """The answer; FactProcessError where it is none."""
        answer = _answer(output)
        try:
            data = json.loads(answer)["data"] if answer else None
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise FactProcessError("ocprov status --json answered something else") from error
        return data if isinstance(data, dict) else None
