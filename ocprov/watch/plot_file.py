"""A chart into a file: SVG always, PNG where the optional cairosvg is."""

from importlib import import_module
from pathlib import Path
from typing import Any

from ocprov.errors import OcprovError
from ocprov.watch import exports
from ocprov.watch.chart import Chart
from ocprov.watch.plot_svg import svg

SUFFIXES = (".svg", ".png")
_SHARPER = 2.0  # screens have twice the points that a picture has


def ready(path: Path) -> None:
    """OcprovError when a chart cannot go there, before anything is asked for it."""
    if path.suffix == ".png":
        _converter(path)
    if not path.absolute().parent.is_dir():
        raise OcprovError(f"there is no directory {path.absolute().parent}", "make it first")


def write(chart: Chart, path: Path) -> None:
    """Write the picture, whole or not at all."""
    data = svg(chart)
    if path.suffix == ".png":
        data = _png(data, path)
    exports.put_file(path, data)


def _png(data: bytes, path: Path) -> bytes:
    return bytes(_converter(path).svg2png(bytestring=data, scale=_SHARPER))


def _converter(path: Path) -> Any:
    """cairosvg; OcprovError where it, or cairo itself, is not."""
    try:
        return import_module("cairosvg")
    except (ImportError, OSError) as error:
        hint = f"-o {path.with_suffix('.svg')} needs nothing more; for PNG: pip install 'ocprov[plot]', and libcairo2"
        raise OcprovError("a PNG needs cairosvg, which is not here", hint) from error
