"""What can go wrong, said for a person: what happened, and what to do next."""

# The exit code of what is no failure: something is not as declared.
NOT_AS_WANTED = 3


class OcprovError(Exception):
    """A failure that a person is told in two lines, `error:` and `hint:`."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class LayoutError(OcprovError):
    """A layout is wrong; the message starts with `file:line:` where that is known."""


class TmuxError(OcprovError):
    """tmux could not be asked, or did not do what it was told."""


class ConflictError(OcprovError):
    """Something is in the way that is not ours to move: a person must decide."""

    exit_code = 4


class BusyError(OcprovError):
    """Another ocprov held the lock for longer than the wait."""

    exit_code = 75
