"""What rendering one layout may cost: steps, memory, time. Each limit is far above what a real layout needs."""

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LONGEST_OUTPUT = 1024 * 1024
SECONDS = 2.0

_STEPS = 500_000
_BYTES = 64 * 1024 * 1024
_ITEM_BYTES = 64
_BITS = 10_000
_WIDE = re.compile(r"%[^%a-zA-Z]*(?:[0-9]{4}|\*)")


class LimitError(Exception):
    """A template wants more than a layout may."""


class Expired(BaseException):
    """The time is over. No Exception: Jinja catches those when it folds constants."""


class Budget:
    """Counts down what one rendering uses, before it is used where that can be known; raises LimitError."""

    def __init__(self) -> None:
        self._steps = _STEPS
        self._bytes = _BYTES

    def step(self, count: int = 1) -> None:
        """`count` rounds of a loop, or calls."""
        self._steps -= count
        if self._steps < 0:
            raise LimitError("the template loops for too long")

    def make(self, size: int) -> None:
        """`size` more bytes."""
        self._bytes -= size
        if self._bytes < 0 or size > 2 * LONGEST_OUTPUT:
            raise LimitError("the template makes too much text")

    def measure(self, value: object) -> object:
        """Count `value`, which was just made, and hand it on."""
        if isinstance(value, str | bytes):
            self.make(len(value))
        elif isinstance(value, list | tuple | dict | set):
            if len(value) > 100_000:
                raise LimitError("the template makes too long a list")
            self._bytes -= len(value) * _ITEM_BYTES
            self.make(0)
        return value

    def before(self, operator: str, left: object, right: object) -> None:
        """Refuse what `left operator right` would make, before it is made."""
        if operator == "*":
            self._times(left, right)
        elif operator == "**" and isinstance(left, int) and isinstance(right, int):
            _number(left.bit_length() * abs(right))
        elif operator == "%" and isinstance(left, str):
            refuse_wide(left)

    def _times(self, left: object, right: object) -> None:
        if isinstance(left, int) and isinstance(right, int):
            _number(left.bit_length() + right.bit_length())
        for many, count in ((left, right), (right, left)):
            if isinstance(count, int) and isinstance(many, str | bytes | list | tuple):
                each = 1 if isinstance(many, str | bytes) else _ITEM_BYTES
                if len(many) * max(count, 0) * each > 2 * LONGEST_OUTPUT:
                    raise LimitError("the template makes too much text")


def refuse_wide(text: str) -> None:
    """Refuse a `%` format whose width or precision has four digits, or is given as an argument."""
    if _WIDE.search(text):
        raise LimitError("the template makes too much text")


def _number(bits: int) -> None:
    if bits > _BITS:
        raise LimitError("the template makes too large a number")


@contextmanager
def time_limit(seconds: float = SECONDS) -> Iterator[None]:
    """Raise Expired inside after so many `seconds` of computing: a machine that is busy elsewhere takes none of them.

    Only the main thread can, elsewhere the step limit must do.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.signal(signal.SIGPROF, _expire)
    timer = signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, *timer)
        signal.signal(signal.SIGPROF, handler)


def _expire(number: int, frame: FrameType | None) -> None:
    raise Expired
