"""OpenCode servers, one for each directory, and the conversations, events and pools on them.

What `docs/api.md` describes can be imported from here; each name is loaded when it is asked for, as most of `ocprov`
needs none of it. For programs without a loop: `from ocprov.opencode import blocking`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ocprov.errors import BusyError, ConflictError, OcprovError
    from ocprov.opencode.api.values import (
        Info,
        Known,
        Message,
        Messages,
        Page,
        Part,
        Permission,
        Problem,
        Question,
    )
    from ocprov.opencode.conversation import Conversation
    from ocprov.opencode.failures import (
        CutOffError,
        FailedError,
        ForeignError,
        NotFoundError,
        OccupiedError,
        RefusedError,
        ServerError,
        UnansweredError,
        UnreachableError,
    )
    from ocprov.opencode.heard.event import Event
    from ocprov.opencode.heard.feed import feed as events
    from ocprov.opencode.heard.standing import Standing
    from ocprov.opencode.pool import Pool
    from ocprov.opencode.record import Record
    from ocprov.opencode.server import Server
    from ocprov.opencode.spec import ServerSpec
    from ocprov.opencode.talk.shell import Ran

# Module and name of each.
_HOMES = (
    {
        "BusyError": "ocprov.errors",
        "ConflictError": "ocprov.errors",
        "OcprovError": "ocprov.errors",
        "Conversation": "ocprov.opencode.conversation",
        "Event": "ocprov.opencode.heard.event",
        "Pool": "ocprov.opencode.pool",
        "Ran": "ocprov.opencode.talk.shell",
        "Record": "ocprov.opencode.record",
        "Server": "ocprov.opencode.server",
        "ServerSpec": "ocprov.opencode.spec",
        "Standing": "ocprov.opencode.heard.standing",
        "events": "ocprov.opencode.heard.feed:feed",
    }
    | dict.fromkeys(
        (
            "CutOffError",
            "FailedError",
            "ForeignError",
            "NotFoundError",
            "OccupiedError",
            "RefusedError",
            "ServerError",
            "UnansweredError",
            "UnreachableError",
        ),
        "ocprov.opencode.failures",
    )
    | dict.fromkeys(
        ("Info", "Known", "Message", "Messages", "Page", "Part", "Permission", "Problem", "Question"),
        "ocprov.opencode.api.values",
    )
)

__all__ = [
    "BusyError",
    "ConflictError",
    "Conversation",
    "CutOffError",
    "Event",
    "FailedError",
    "ForeignError",
    "Info",
    "Known",
    "Message",
    "Messages",
    "NotFoundError",
    "OccupiedError",
    "OcprovError",
    "Page",
    "Part",
    "Permission",
    "Pool",
    "Problem",
    "Question",
    "Ran",
    "Record",
    "RefusedError",
    "Server",
    "ServerError",
    "ServerSpec",
    "Standing",
    "UnansweredError",
    "UnreachableError",
    "events",
]


def __getattr__(name: str) -> Any:
    """The public names, each from its own module when it is asked for."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, inner = _HOMES[name].partition(":")
    return getattr(import_module(module), inner or name)


def __dir__() -> list[str]:
    """Them."""
    return sorted({*globals(), *__all__})
