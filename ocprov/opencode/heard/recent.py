"""The last things that were seen, of a bounded number."""

from collections import OrderedDict
from typing import TypeVar

T = TypeVar("T")

MOST = 500


class Recent(OrderedDict[str, T]):
    """A table that forgets what was noted longest ago when there is more than `most`."""

    def __init__(self, most: int = MOST) -> None:
        super().__init__()
        self._most = most

    def note(self, key: str, value: T) -> T | None:
        """Keep a value; the one before it, None where there was none."""
        before = self.pop(key, None)
        self[key] = value
        if len(self) > self._most:
            self.popitem(last=False)
        return before
