"""Which entries a person means by what was typed; pure."""

from collections.abc import Sequence

from ocprov.picker.entry import Entry

_SCATTERED = 1000


def matching(entries: Sequence[Entry], typed: str) -> list[Entry]:
    """The entries that hold every word typed, or have its letters in order in their label; best first.

    A capital letter means just itself, a small one both.
    """
    words = typed.split()
    ranked = [(_rank(entry, words), entry) for entry in entries]
    found = [(rank, entry) for rank, entry in ranked if rank is not None]
    return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]


def _rank(entry: Entry, words: list[str]) -> int | None:
    ranks = [_cost(entry, word) for word in words]
    return None if None in ranks else sum(rank for rank in ranks if rank is not None)


def _cost(entry: Entry, word: str) -> int | None:
    """0 for a word at the very beginning, more the later and the more scattered; None where it is not there."""
    text = f"{entry.label} {entry.state} {entry.note}"
    text = text.lower() if word == word.lower() else text
    whole = text.find(word)
    return whole if whole >= 0 else _scattered(text[: len(entry.label)], word)


def _scattered(text: str, word: str) -> int | None:
    places = [text.find(word[0])]
    for char in word[1:]:
        places.append(text.find(char, places[-1] + 1))
        if places[-1] < 0:
            return None
    return _SCATTERED + places[-1] - places[0] if places[0] >= 0 else None
