"""Lines that a long-running command shows in its window."""

import select
import sys
import threading
import time
from collections import deque
from contextlib import suppress

import click

from ocprov.core.names import printable

_MOST = 200
_AGAIN = 1.0


class Lines:
    """Lines with their dates; kept while the terminal takes none (Ctrl-S), as nothing is to wait for a window."""

    def __init__(self) -> None:
        self._kept: deque[str] = deque(maxlen=_MOST)
        self._lock = threading.Lock()
        self._waits = False

    def tell(self, text: str) -> None:
        """Show a line, now or when the terminal takes it; OSError where the window is gone."""
        with self._lock:
            self._kept.append(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {printable(text)}")
            self._show()
            if self._kept and not self._waits:
                self._waits = True
                threading.Thread(target=self._later, daemon=True).start()

    def _show(self) -> None:
        while self._kept and _takes():
            click.echo(self._kept.popleft())

    def _later(self) -> None:
        while self._waits:
            time.sleep(_AGAIN)
            with self._lock:
                with suppress(OSError):  # the window is gone
                    self._show()
                self._waits = bool(self._kept)


def _takes() -> bool:
    """Whether standard output takes a line now; also where that is not told."""
    try:
        return bool(select.select([], [sys.stdout], [], 0)[1])
    except (OSError, TypeError, ValueError):
        return True
