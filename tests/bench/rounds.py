"""Rounds in which tools take turns, so that a busy moment of the machine meets all of them."""

from collections.abc import Callable, Sequence
from math import inf

from tests.bench.figures import Counted, Sample, Series
from tests.bench.run import Run

SPELL = 2.0  # seconds of runs after which a slow peer sits out; a warm-up as long as that counts as one

Turn = Callable[[], Run | None]


class Contestant:
    """One tool and its runs so far; a turn gives None when what it should have done is not there."""

    def __init__(
        self, name: str, title: str, turn: Turn, counted: Counted | None, spell: float = inf
    ) -> None:
        self.name = name
        self.title = title
        self.turn = turn
        self.counted = counted
        self.spell = spell
        self.samples: list[Sample] = []
        self.failed = 0

    def warm_up(self) -> None:
        """Run without measuring, unless a peer took long."""
        self.measure()
        if self.spell == inf or (self.samples and self.samples[0].seconds < self.spell):
            self.samples.clear()
        self.failed = 0

    def measure(self) -> None:
        """Run once more, unless enough time went into it."""
        if sum(sample.seconds for sample in self.samples) > self.spell:
            return
        run = self.turn()
        if run is None:
            self.failed += 1
        else:
            self.samples.append(Sample(run.seconds, run.cpu))

    @property
    def series(self) -> Series:
        """The runs as a value."""
        return Series(self.name, self.title, tuple(self.samples), self.failed, self.counted)


def rounds_for(windows: int) -> int:
    """How many rounds: more where a run is short."""
    return 9 if windows <= 10 else 5 if windows <= 100 else 3


def interleaved(contestants: Sequence[Contestant], rounds: int) -> list[Series]:
    """Let each take its turn in every round, after one that warms up."""
    for contestant in contestants:
        contestant.warm_up()
    for _ in range(rounds):
        for contestant in contestants:
            contestant.measure()
    return [contestant.series for contestant in contestants]
