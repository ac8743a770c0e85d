"""What wheels need on another machine than this one: pip judges their markers by the Python that runs it; pure but for files."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from packaging.metadata import parse_email
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from ocprov.errors import OcprovError
from ocprov.fleet.kind import Kind


def missing(folder: Path, kind: Kind, extras: Iterable[str]) -> tuple[str, ...]:
    """What ocprov with these extras needs on such a host, directly or not, and is not among the wheels, in order.

    As requirements without markers; empty when all is there.
    """
    wheels = _wheels(folder)
    lacking, asked = set(), {("ocprov", ""), *(("ocprov", extra) for extra in extras)}
    left = list(asked)
    while left:
        name, extra = left.pop()
        if name not in wheels:
            continue
        for one in _wanted(wheels[name], kind, extra):
            known = canonicalize_name(one.name)
            if known not in wheels:
                lacking.add(_plain(one))
            new = {(known, ""), *((known, other) for other in one.extras)} - asked
            asked |= new
            left += new
    return tuple(sorted(lacking))


def _wheels(folder: Path) -> Mapping[str, Path]:
    return {parse_wheel_filename(path.name)[0]: path for path in folder.glob("*.whl")}


def _wanted(wheel: Path, kind: Kind, extra: str) -> Iterator[Requirement]:
    """What a wheel needs for one of its extras, or without one, there."""
    for line in _requirements(wheel):
        one = Requirement(line)
        if one.marker is None or one.marker.evaluate({**kind.markers, "extra": extra}):
            yield one


def _requirements(wheel: Path) -> list[str]:
    try:
        with zipfile.ZipFile(wheel) as inside:
            (name,) = (one for one in inside.namelist() if _is_metadata(one))
            return parse_email(inside.read(name))[0].get("requires_dist", [])
    except (zipfile.BadZipFile, ValueError) as error:
        raise OcprovError(f"{wheel.name} is no whole wheel", f"remove it: rm {wheel}") from error


def _is_metadata(name: str) -> bool:
    return name.count("/") == 1 and name.endswith(".dist-info/METADATA")


def _plain(one: Requirement) -> str:
    extras = f"[{','.join(sorted(one.extras))}]" if one.extras else ""
    return f"{one.name}{extras}{one.specifier}"
