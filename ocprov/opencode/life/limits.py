"""How patient a supervisor is."""

from dataclasses import dataclass

from ocprov.opencode.life.rotation import LARGEST


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, and bytes of the log.

    It looks every `look`, and asks the server every `ask`; one that leaves `misses` questions in a row unanswered for
    `patience` hangs. After each failure it waits longer (`pauses`), until a server was `well` for that long.
    """

    look: float = 2.0
    ask: float = 10.0
    patience: float = 10.0
    misses: int = 3
    pauses: tuple[float, ...] = (1, 2, 4, 8, 16, 32, 60)
    well: float = 300.0
    log: int = LARGEST

    def pause(self, failures: int) -> float:
        """How long to wait after that many failures in a row, the first being 1."""
        return self.pauses[min(failures, len(self.pauses)) - 1]
