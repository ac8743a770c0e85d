"""What can go wrong between ocprov and an OpenCode server."""

from ocprov.errors import ConflictError, OcprovError


class ServerError(OcprovError):
    """A server did not do what it was asked; `status` is HTTP's, 0 where there was no answer."""

    status = 0


class UnreachableError(ServerError):
    """Nobody answers at the server's address, or not in time; whether it was heard is not known."""


class ForeignError(ServerError):
    """Somebody answers there, but not the server that is meant."""

    exit_code = ConflictError.exit_code


class NotFoundError(ServerError):
    """The server knows no such conversation, message or request."""

    status = 404


class OccupiedError(ServerError):
    """The conversation is busy, and what was asked has to wait until it is not."""

    status = 409
    exit_code = ConflictError.exit_code


class RefusedError(ServerError):
    """The server found what it was asked wrong."""

    status = 400


class FailedError(ServerError):
    """The server failed; `ref` is what its log says the reason under, or empty."""

    status = 500

    def __init__(self, message: str, hint: str = "", ref: str = "") -> None:
        super().__init__(message, hint)
        self.ref = ref


class UnansweredError(ServerError):
    """The prompt is in the conversation, and what came before it ended without an answer to it."""


class CutOffError(ServerError):
    """The server was restarted while it answered the prompt `message`: nothing sends that again by itself."""

    def __init__(self, message: str, hint: str, prompt: str) -> None:
        super().__init__(message, hint)
        self.prompt = prompt
