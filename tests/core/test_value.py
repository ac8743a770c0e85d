"""Values are what frozen slotted dataclasses are; each row is shown on both."""

import copy
import dataclasses
import hashlib
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from ocprov.core import hashed, value
from ocprov.core.desired import Pane, Session, Typed, Window


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    """The standard library's."""

    name: str
    count: int = 0
    notes: tuple[str, ...] = dataclasses.field(default=(), compare=False)


@value.dataclass(frozen=True, slots=True)
class Own:
    """Ours."""

    name: str
    count: int = 0
    notes: tuple[str, ...] = value.field(default=(), compare=False)


BOTH = pytest.mark.parametrize("kind", [Standard, Own])


def shown(made: object) -> str:
    return repr(made).replace("Standard", "Own")


@BOTH
@pytest.mark.parametrize(
    ("make", "expected"),
    [
        pytest.param(lambda kind: kind("a"), "Own(name='a', count=0, notes=())", id="defaults"),
        pytest.param(
            lambda kind: kind("a", 1, ("b",)), "Own(name='a', count=1, notes=('b',))", id="by place"
        ),
        pytest.param(lambda kind: kind(count=2, name="a"), "Own(name='a', count=2, notes=())", id="by name"),
        pytest.param(
            lambda kind: dataclasses.replace(kind("a"), count=3),
            "Own(name='a', count=3, notes=())",
            id="replaced",
        ),
        pytest.param(
            lambda kind: copy.deepcopy(kind("a", 4)), "Own(name='a', count=4, notes=())", id="copied"
        ),
        pytest.param(
            lambda kind: pickle.loads(pickle.dumps(kind("a", 5))),  # noqa: S301 # our own
            "Own(name='a', count=5, notes=())",
            id="pickled",
        ),
    ],
)
def test_a_value_is_made_and_shown(kind: Any, make: Callable[[Any], object], expected: str) -> None:
    assert shown(make(kind)) == expected


@BOTH
@pytest.mark.parametrize(
    ("given", "named"),
    [
        pytest.param((), {}, id="a field is missing"),
        pytest.param((), {"count": 1}, id="the one without a default is missing"),
        pytest.param(("a", 1, (), 2), {}, id="one too many"),
        pytest.param(("a",), {"name": "b"}, id="a field twice"),
        pytest.param(("a",), {"other": 1}, id="no such field"),
        pytest.param((), {"other": 1}, id="another instead of one"),
    ],
)
def test_a_value_takes_each_field_once(
    kind: Any, given: tuple[object, ...], named: dict[str, object]
) -> None:
    with pytest.raises(TypeError):
        kind(*given, **named)


@BOTH
def test_equality_looks_at_what_is_compared(kind: Any) -> None:
    assert kind("a", 1) == kind("a", 1, ("b",))
    assert hash(kind("a", 1)) == hash(kind("a", 1, ("b",)))
    assert kind("a", 1) != kind("a", 2)
    assert kind("a", 1) != ("a", 1, ())
    assert kind("a") != (Own if kind is Standard else Standard)("a")


@BOTH
def test_a_value_is_frozen_and_slotted(kind: Any) -> None:
    made = kind("a")
    with pytest.raises(AttributeError):
        made.name = "b"
    with pytest.raises(AttributeError):
        del made.name
    with pytest.raises((AttributeError, TypeError)):
        made.other = 1
    assert not hasattr(made, "__dict__")
    assert kind.__slots__ == kind.__match_args__ == ("name", "count", "notes")
    assert (kind.__name__, kind.__qualname__, kind.__module__) == (kind.__name__, kind.__name__, __name__)


@BOTH
def test_the_standard_library_knows_a_value(kind: type[Own]) -> None:
    assert [field.name for field in dataclasses.fields(kind)] == ["name", "count", "notes"]
    assert dataclasses.asdict(kind("a")) == {"name": "a", "count": 0, "notes": ()}


def test_replace_makes_another_value() -> None:
    assert value.replace(Own("a", 1), count=2) == Own("a", 2)
    other: Any = {"other": 1}
    with pytest.raises(TypeError):
        value.replace(Own("a"), **other)


def test_a_mutable_value_is_refused() -> None:
    options: Any = {"frozen": False, "slots": True}
    with pytest.raises(TypeError):
        value.dataclass(**options)


def test_a_digest_is_sha256() -> None:
    for text in (b"", b"abc", bytes(range(256)) * 100):
        assert hashed.sha256(text).hexdigest() == hashlib.sha256(text).hexdigest()


def test_the_digests_in_live_sessions_are_still_these() -> None:
    pane = Pane("w", "/tmp", ("ls",), environment=(("A", "b"),), typed=(Typed("ls", sleep_after=1),))
    window = Window("w", "w", (pane,), options=(("automatic-rename", "off"),))
    session = Session("opencode-development-x", "x", "/tmp", (window,), options=(("status", "off"),))
    assert (pane.digest, window.digest, session.digest) == ("ff4756abb04a", "46dff565ea04", "011735f17cdd")
