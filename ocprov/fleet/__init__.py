"""The same sessions on many machines; `sessions` is for the deploy.py of somebody who has pyinfra."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ocprov.fleet.operation import sessions

__all__ = ["sessions"]


def __getattr__(name: str) -> object:
    """Import pyinfra only for whoever asks for what needs it."""
    if name == "sessions":
        from ocprov.fleet.operation import sessions

        return sessions
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
