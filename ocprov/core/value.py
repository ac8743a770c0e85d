"""Frozen slotted values as `dataclasses` makes them, at a thirtieth of the time.

The standard library writes and compiles the source of six methods for each class, a millisecond of it, and imports
`inspect` to do so: together half of what `ocprov status` takes. Here all classes share their methods.
For a type checker these names are the standard library's; of its options there are those that a value here needs.
"""

from __future__ import annotations

from operator import attrgetter

TYPE_CHECKING = False  # importing typing takes as long as making two hundred classes of values
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    Class = TypeVar("Class", bound=type)
    Value = TypeVar("Value")


class _Field:
    """A field's default, and whether equality looks at the field."""

    __slots__ = ("compare", "default")

    def __init__(self, *, default: object, compare: bool = True) -> None:
        self.default = default
        self.compare = compare


class _Fields:
    """What `dataclasses.replace`, `asdict` and the like go by: made when one of them asks."""

    def __get__(self, value: object, kind: Any) -> Mapping[str, Any]:
        from dataclasses import make_dataclass

        given = {"__doc__": kind.__doc__}  # else it would write one, which takes 10 ms
        like: Any = make_dataclass("_", kind.__slots__, namespace=given, init=False, repr=False, eq=False)
        kind.__dataclass_fields__ = like.__dataclass_fields__
        return kind.__dataclass_fields__  # type: ignore[no-any-return] # just set


def _dataclass(*, frozen: bool, slots: bool) -> Callable[[Class], Class]:
    """Make a class one of values that have the annotated fields and nothing else; no fields are inherited."""
    if not (frozen and slots):
        raise TypeError("a value is frozen and slotted")

    def made(body: Class) -> Class:
        names = tuple(body.__annotations__)
        dropped = (*names, "__dict__", "__weakref__")
        own = {name: item for name, item in vars(body).items() if name not in dropped}
        shape = {**_METHODS, **_shape(names, body), "__qualname__": body.__qualname__}
        kind: Class = type(body)(body.__name__, body.__bases__, {**shape, **own})
        return kind

    return made


def _shape(names: tuple[str, ...], body: type) -> dict[str, Any]:
    given = {name: vars(body)[name] for name in names if name in vars(body)}
    fields = {name: item for name, item in given.items() if isinstance(item, _Field)}
    return {
        "__slots__": names,
        "__match_args__": names,
        "__dataclass_fields__": _Fields(),
        "_defaults": {**given, **{name: field.default for name, field in fields.items()}},
        "_compared": attrgetter(*(name for name in names if name not in fields or fields[name].compare)),
    }


def _init(self: Any, /, *given: object, **named: object) -> None:
    names = self.__match_args__
    values = {**self._defaults, **dict(zip(names, given, strict=False)), **named}
    twice = named.keys() & names[: len(given)]
    if twice or len(given) > len(names) or values.keys() != frozenset(names):
        raise TypeError(f"{type(self).__name__} takes each of {', '.join(names)} once")
    for name in names:
        object.__setattr__(self, name, values[name])


def _repr(self: Any) -> str:
    fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
    return f"{type(self).__qualname__}({fields})"


def _equal(self: Any, other: Any) -> Any:
    return self._compared(self) == self._compared(other) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash(self._compared(self))


def _reduced(self: Any) -> tuple[type, tuple[object, ...]]:
    return type(self), tuple(getattr(self, name) for name in self.__match_args__)


def _refused(self: Any, name: str, value: object = None) -> None:
    raise AttributeError(f"{type(self).__name__} is frozen, and so is its {name}")


def _replace(value: Value, /, **changes: object) -> Value:
    kind: Any = type(value)
    made: Value = kind(**{name: getattr(value, name) for name in kind.__match_args__} | changes)
    return made


_METHODS: Mapping[str, Any] = {
    "__init__": _init,
    "__repr__": _repr,
    "__eq__": _equal,
    "__hash__": _hash,
    "__reduce__": _reduced,
    "__setattr__": _refused,
    "__delattr__": _refused,
}

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from dataclasses import replace as replace
else:
    dataclass, field, replace = _dataclass, _Field, _replace
