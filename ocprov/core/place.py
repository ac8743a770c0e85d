"""Where a missing window goes: its own index, never at the cost of a window that is not ours."""

from collections.abc import Mapping

from ocprov.core import desired, observed
from ocprov.core.value import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """An index for a new window; `shift` when windows of ours there move up by one to make room."""

    index: int
    shift: bool = False


class Places:
    """The indexes of a live session while missing windows are put in, one after the other."""

    def __init__(
        self, session: desired.Session, live: observed.Session, found: Mapping[str, observed.Window]
    ) -> None:
        self._order = {window.key: number for number, window in enumerate(session.windows)}
        self._base = live.base_index
        ids = {window.id: key for key, window in found.items()}
        self._taken: dict[int, str | None] = {window.index: ids.get(window.id) for window in live.windows}

    def take(self, window: desired.Window) -> Spot:
        """The spot for `window`, taken from now on."""
        order = self._order[window.key]
        wanted = self._base + order if window.index is None else window.index
        free = next(
            index for index in range(wanted, wanted + len(self._taken) + 1) if index not in self._taken
        )
        in_the_way = [self._taken[index] for index in range(wanted, free)]
        shift = (
            bool(in_the_way) and window.index is None and all(self._after(key, order) for key in in_the_way)
        )
        if shift:
            for index in range(free, wanted, -1):
                self._taken[index] = self._taken[index - 1]
            free = wanted
        self._taken[free] = window.key
        return Spot(free, shift=shift)

    def _after(self, key: str | None, order: int) -> bool:
        return key is not None and self._order[key] > order
