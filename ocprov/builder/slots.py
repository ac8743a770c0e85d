"""Which index tmux gives to each new window."""

from collections.abc import Collection, Iterator, Sequence

FAR = 99


def needed(indexes: Sequence[str], *, append: bool) -> bool:
    """Whether indexes have to be worked out: not in a new session whose windows only follow each other."""
    return append or any(indexes)


def slots(
    indexes: Sequence[str], taken: Collection[int], base: int, *, first: bool, renumber: bool
) -> list[int]:
    """The windows' indexes; each declared one is a number or empty.

    `taken` are the indexes of the windows that are there. With `first`, the one window that is there is moved out
    of the way and killed after the first new one is made, which numbers anew where the user wants that.
    """
    used = {FAR} if first else set(taken)
    found: list[int] = []
    for declared in indexes:
        place = int(declared) if declared else next(_free(used, base))
        if first and not found:
            used = set()
            place = base if renumber else place
        used.add(place)
        found.append(place)
    return found


def _free(used: Collection[int], base: int) -> Iterator[int]:
    place = base
    while True:
        if place not in used:
            yield place
        place += 1
