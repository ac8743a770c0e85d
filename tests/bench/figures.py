"""What was measured: medians, and ratios to the base of the same rounds."""

import json
import os
import platform
import shutil
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Sample:
    """One measured run, in seconds."""

    seconds: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Counted:
    """What does not depend on how busy the machine is: of one run that was not timed."""

    tmux_processes: int
    peak_kib: int
    imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the table: a tool in a case. `ratio` is to the first tool of the case; `failed` runs are left out."""

    case: str
    windows: int
    sessions: int
    tool: str
    title: str
    runs: int
    failed: int
    median_ms: float
    least_ms: float
    ratio: float
    cpu_ms: float
    counted: Counted | None


@dataclass(frozen=True, slots=True)
class Size:
    """A case at a size."""

    case: str
    windows: int
    sessions: int = 1


@dataclass(frozen=True, slots=True)
class Series:
    """The runs of one tool."""

    tool: str
    title: str
    samples: Sequence[Sample]
    failed: int = 0
    counted: Counted | None = None

    @property
    def seconds(self) -> float:
        """The median."""
        return statistics.median(sample.seconds for sample in self.samples)


def figures(size: Size, series: Sequence[Series]) -> list[Figure]:
    """A figure a tool; those without a run that worked are left out."""
    there = [one for one in series if one.samples]
    return [_figure(size, one, there[0].seconds) for one in there]


def _figure(size: Size, one: Series, base: float) -> Figure:
    return Figure(
        size.case,
        size.windows,
        size.sessions,
        one.tool,
        one.title,
        len(one.samples),
        one.failed,
        _ms(one.seconds),
        _ms(min(sample.seconds for sample in one.samples)),
        round(one.seconds / base, 2),
        _ms(statistics.median(sample.cpu for sample in one.samples)),
        one.counted,
    )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def text(found: Sequence[Figure]) -> str:
    """Everything as JSON, a figure a line; nothing in it tells whose machine it was."""
    figures = ",\n".join(json.dumps(_shown(figure), ensure_ascii=False) for figure in found)
    return f'{{"schema": {SCHEMA},\n"machine": {json.dumps(_machine())},\n"figures": [\n{figures}\n]}}\n'


def _machine() -> dict[str, object]:
    return {
        "cpus": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "tmux": _said("tmux", "-V").removeprefix("tmux "),
        "tmuxp": version("tmuxp"),
        "ocprov": version("ocprov"),
        "tmuxinator": _said("tmuxinator", "version").removeprefix("tmuxinator "),
    }


def _shown(figure: Figure) -> dict[str, object]:
    """A figure as in JSON: of the imports how many, and from which packages."""
    shown: dict[str, object] = asdict(figure)
    if figure.counted:
        imports = figure.counted.imports
        packages = sorted({name.partition(".")[0] for name in imports if not name.startswith("_")})
        shown["counted"] = {**asdict(figure.counted), "imports": packages, "modules": len(imports)}
    return shown


def _said(*command: str) -> str:
    if not shutil.which(command[0]):
        return ""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.strip()
