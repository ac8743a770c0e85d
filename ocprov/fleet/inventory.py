"""pyinfra's inventory, read without pyinfra: hosts, their groups, and of their data what ssh needs.

A file of Python in which each list is a group, of names or of `(name, data)`; a tuple `([…], data)` is a group with data
of its own. Beside it `group_data/GROUP.py` has data too. It is compared with pyinfra's own reading in the tests.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.fleet import ssh_data
from ocprov.fleet.executing import around, executed, imported, wrong
from ocprov.fleet.targets import Target, matches

Data = dict[str, Any]
_SSH = "@ssh/"


@dataclass(frozen=True, slots=True)
class Host:
    """A host of an inventory: its name, its groups, and its data, where its own goes before its groups'."""

    name: str
    groups: tuple[str, ...]
    data: Mapping[str, Any]

    def target(self) -> Target:
        """How ssh gets there; OcprovError where pyinfra would not go by ssh, or something in its data is wrong."""
        return ssh_data.target(self.name, self.data)


@dataclass(frozen=True, slots=True)
class Inventory:
    """The hosts of a file, in its order."""

    file: Path
    hosts: tuple[Host, ...]

    def matching(self, word: str) -> tuple[Host, ...]:
        """Those of a group of that name, else those that the pattern matches; OcprovError when there are none."""
        found = tuple(host for host in self.hosts if word in host.groups)
        found = found or tuple(host for host in self.hosts if matches(host.name, word))
        if not found:
            names = ", ".join(sorted({*(host.name for host in self.hosts)})[:10])
            raise OcprovError(
                f"{printable(word)!r} is no host and no group of {printable(str(self.file))}",
                f"its hosts: {printable(names)}",
            )
        return found


def read(file: Path) -> Inventory:
    """The hosts of an inventory; OcprovError when it cannot be run, or has a host without a name."""
    groups, of_all = _groups(file)
    names = _extended(groups.pop("all", None), groups)
    groups.setdefault(file.name.rsplit(".", 1)[0], (names, {}))
    own = _own_data(names, groups)
    with _seen_by_pyinfra(file, names, groups, of_all):
        more = _group_data(file)
    return Inventory(file, tuple(_host(name, data, groups, more, of_all) for name, data in own.items()))


def _groups(file: Path) -> tuple[dict[str, tuple[list[Any], Data]], Data]:
    """The groups of the file with their data, and the data of the group of all."""
    groups = {name: _group(value) for name, value in executed(file).items() if _is_group(name, value)}
    return groups, groups.get("all", ([], {}))[1]


def _is_group(name: str, value: object) -> bool:
    if name.startswith("_") or value == ():
        return False
    members = value[0] if isinstance(value, tuple) else value
    kinds = (list, tuple) if isinstance(value, tuple) and isinstance(value[-1], dict) else (list,)
    return isinstance(members, kinds) and all(isinstance(one, (str, tuple)) for one in members)


def _group(value: Any) -> tuple[list[Any], Data]:
    if not isinstance(value, tuple):
        return list(value), {}
    members, data = (*value, {})[:2]
    if not isinstance(data, dict):
        raise _none("a group whose data is none", data)
    return list(members), dict(data)


def _extended(
    given: tuple[list[Any], Data] | None, groups: Mapping[str, tuple[list[Any], Data]]
) -> list[Any]:
    """The members of the group of all: where there is none, those of all groups."""
    if given is not None:
        return given[0]
    return [_named(one)[0] for members, _ in groups.values() for one in members]


def _own_data(names: Sequence[Any], groups: Mapping[str, tuple[list[Any], Data]]) -> dict[str, Data]:
    """Each host's own data, of all the places where it is named; the group of all comes last."""
    members = [one for members, _ in groups.values() for one in members]
    found: dict[str, Data] = {_named(one)[0]: {} for one in names}
    for name, data in (_named(one) for one in (*members, *names)):
        found.get(name, {}).update(data)
    return found


def _named(member: Any) -> tuple[str, Data]:
    name, data = (member, {}) if isinstance(member, str) else (*member, "", {})[:2]
    if not (isinstance(name, str) and name and isinstance(data, dict)):
        raise _none("a host that is none", member)
    return name, data


def _none(what: str, value: object) -> OcprovError:
    return OcprovError(
        f"the inventory has {what}: {printable(repr(value))[:80]}", "a host is its name, or ('name', {…})"
    )


def _host(
    name: str,
    data: Data,
    groups: Mapping[str, tuple[list[Any], Data]],
    more: Mapping[str, Data],
    of_all: Data,
) -> Host:
    its = tuple(group for group, (members, _) in groups.items() if name in map(_first, members))
    merged = {**of_all, **more.get("all", {})}
    for group in its:
        merged |= {**groups[group][1], **more.get(group, {})}
    plain = {"ssh_hostname": name.removeprefix(_SSH)} if name.startswith(_SSH) else {}
    return Host(name, its, merged | plain | data)


def _first(member: Any) -> Any:
    return member if isinstance(member, str) else member[0]


@contextmanager
def _seen_by_pyinfra(
    file: Path, names: Sequence[Any], groups: Mapping[str, tuple[list[Any], Data]], of_all: Data
) -> Iterator[None]:
    """Where data of groups says `from pyinfra import inventory`: this one, without those data, as pyinfra has it."""
    if not any(b"pyinfra" in one.read_bytes() for folder in _folders(file) for one in _files(folder)):
        yield
        return
    try:
        from pyinfra.api.inventory import Inventory as Seen
        from pyinfra.context import ctx_inventory

        seen = Seen((names, of_all), **{**groups, "all": (names, of_all)})  # type: ignore[no-untyped-call] # pyinfra's
    except ImportError:  # told with the line where it is missed
        yield
        return
    except Exception as error:  # of pyinfra, which takes what the file has without looking at it
        raise wrong(file, error) from error
    with ctx_inventory.use(seen):
        yield


def _folders(file: Path) -> list[Path]:
    """The directories where pyinfra looks: here, and beside the inventory."""
    found = dict.fromkeys(one for one in (around(file), file.parent.resolve()) if one)
    return [one / "group_data" for one in found]


def _group_data(file: Path) -> dict[str, Data]:
    """The data of groups, by group."""
    found: dict[str, Data] = {}
    for folder in _folders(file):
        for one in _files(folder):
            found[one.stem] = found.get(one.stem, {}) | _exported(one)
    return found


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("*.py")) if folder.is_dir() else ()


def _exported(file: Path) -> Data:
    """What a file says; what it imports is no data."""
    attributes = executed(file)
    told = attributes.get("__all__")
    names = set(told) if told is not None else attributes.keys() - imported(file)
    return {name: value for name, value in attributes.items() if name in names and not name.startswith("__")}
