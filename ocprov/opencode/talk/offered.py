"""Refusing what a server does not offer before it is asked for it; pure."""

import difflib
from collections.abc import Sequence

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.opencode.api.values import Known

_NEAR = 3
_SHOWN = 6


def refuse_unknown(known: Known, *, model: str = "", agent: str = "", command: str = "") -> None:
    """OcprovError for a model, an agent or a command that is not there; empty is none asked for.

    OpenCode would keep an unknown model for the conversation, and fail at each prompt from then on.
    """
    for what, name, names in (
        ("model", model, known.models),
        ("agent", agent, known.agents),
        ("command", command.removeprefix("/"), known.commands),
    ):
        if name and name not in names:
            raise OcprovError(f"the server has no {what} {printable(name)}", _hint(what, name, names))


def _hint(what: str, name: str, names: Sequence[str]) -> str:
    if not names:
        return f"it has no {what} at all: look at OpenCode's configuration"
    near = difflib.get_close_matches(name, names, n=_NEAR) or _ending(name, names)
    if near:
        return f"did you mean {' or '.join(map(printable, near))}?"
    more = ", …" if len(names) > _SHOWN else ""
    return f"it has: {', '.join(map(printable, names[:_SHOWN]))}{more}"


def _ending(name: str, names: Sequence[str]) -> list[str]:
    """Models are named without their provider."""
    return [one for one in names if one.rpartition("/")[2] == name.rpartition("/")[2]][:_NEAR]
