"""Figures as a small SVG: a bar a tool, as long as its ratio to the base of its case."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape

from tests.bench.figures import Figure
from tests.bench.table import title
from tests.bench.tools import ANSWERS

WIDTH = 800
_LEFT, _LONGEST, _ROW, _HEAD, _PAD = 210, 400, 24, 46, 20

# A ground of its own: the page around it may be dark where the reader's system is light.
_STYLE = """\
text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
.head { font-weight: 600 } .base { fill: #8c959f } .ours { fill: #1a7f37 } .peer { fill: #b0b8c1 }
.small { fill: #59636e } .ground { fill: #ffffff; stroke: #d1d9e0 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .base { fill: #6e7681 } .ours { fill: #3fb950 } .peer { fill: #484f58 }
.small { fill: #9198a1 } .ground { fill: #0d1117; stroke: #3d444d }
}"""
_OURS = ("cached", "cold", "batch", "again", *(tool.name for tool in ANSWERS))


def svg(figures: Sequence[Figure]) -> str:
    """A session brought up, a case a size; found up, and asked about, at its smallest size; each on a scale of its own."""
    least = min((figure.windows for figure in figures if figure.case in ("again", "answer")), default=0)
    shown = [
        figure
        for figure in figures
        if figure.case == "build" or (figure.case in ("again", "answer") and figure.windows == least)
    ]
    parts: list[str] = []
    top = _PAD
    for _, block in groupby(shown, title):
        rows = list(block)
        parts += _case(rows[0], sorted(rows, key=lambda figure: figure.ratio), top)
        top += _HEAD + _ROW * len(rows) + _PAD
    return "\n".join((*_head(top), *parts, "</svg>", ""))


def _head(height: int) -> Iterator[str]:
    label = "How long ocprov takes, beside one tmux client, other tools and a bare interpreter"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-label="{label}">'
    )
    yield f"<title>{label}</title>"
    yield f"<style>{_STYLE}</style>"
    yield f'<rect class="ground" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>'


def _case(base: Figure, rows: Sequence[Figure], top: int) -> Iterator[str]:
    longest = max(row.ratio for row in rows)
    yield _text(_PAD, top + 16, title(rows[0]), "head")
    yield _text(_PAD, top + 34, f"times as long as {base.title} ({_time(base.median_ms)})", "small")
    for number, row in enumerate(rows):
        yield from _bar(row, top + _HEAD + _ROW * number, row.ratio / longest, "base" if row is base else "")


def _bar(row: Figure, top: int, share: float, kind: str) -> Iterator[str]:
    kind = kind or ("ours" if row.tool in _OURS else "peer")
    length = max(2, round(_LONGEST * share))
    yield _text(_LEFT - 8, top + 15, row.title, "", "end")
    yield f'<rect class="{kind}" x="{_LEFT}" y="{top + 3}" width="{length}" height="{_ROW - 7}" rx="2"/>'
    yield _text(_LEFT + length + 8, top + 15, f"{row.ratio:.1f}× · {_time(row.median_ms)}", "small")  # noqa: RUF001 # the sign of times


def _text(left: int, top: int, text: str, kind: str, anchor: str = "start") -> str:
    return f'<text x="{left}" y="{top}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'


def _time(milliseconds: float) -> str:
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1000:.1f} s"
