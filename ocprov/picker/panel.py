"""The list of our own picker: what is shown, what is typed, what is selected; no terminal is touched."""

from collections.abc import Sequence

from ocprov.picker.entry import Entry, Look, columns
from ocprov.picker.match import matching

TYPE_CHECKING = False
if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import StyleAndTextTuples


class Panel:
    """The entries that match what was typed, one of them selected."""

    def __init__(self, entries: Sequence[Entry], look: Look, query: str = "") -> None:
        self._all = entries
        self._look = look
        self._cells = {entry.id: cells for entry, cells in zip(entries, columns(entries), strict=True)}
        self.shown: list[Entry] = []
        self.place = 0
        self.filter(query)

    def filter(self, typed: str) -> None:
        """Show what matches, and select the best of it."""
        self.shown = matching(self._all, typed)
        self.place = 0

    def move(self, by: int) -> None:
        """Select another entry, at most the first or last."""
        self.place = max(0, min(self.place + by, len(self.shown) - 1))

    @property
    def selected(self) -> Entry | None:
        """The entry that Enter would pick; None where nothing matches."""
        return self.shown[self.place] if self.shown else None

    @property
    def most(self) -> int:
        """How many rows there can be."""
        return len(self._all)

    @property
    def counted(self) -> str:
        """How many of how many match."""
        return f"{len(self.shown)}/{len(self._all)}"

    def rows(self) -> "StyleAndTextTuples":
        """A row for each entry shown, as styles and texts of prompt_toolkit."""
        if not self.shown:
            return [("class:note", "  nothing matches")]
        rows: StyleAndTextTuples = []
        for place, entry in enumerate(self.shown):
            name, state, note = self._cells[entry.id]
            here = "class:selected " if place == self.place else ""
            color = "" if self._look.plain else self._look.colors.get(entry.word, "")
            rows += [
                (f"{here}class:pointer", "> " if here else "  "),
                (f"{here}class:label", name),
                (f"{here}class:{color}" if color else here, f"  {state}  "),
                (f"{here}class:note", note),
                ("", "\n"),
            ]
        return rows[:-1]
