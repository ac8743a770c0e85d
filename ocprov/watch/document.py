"""What other programs print as JSON, read with suspicion. Pure."""

import json
import math
from collections.abc import Mapping

_ABSURD = 1e12  # sums of what is less are finite, and fit into a line


def document(written: str) -> Mapping[str, object]:
    """The object that a JSON text is; ValueError when it is none."""
    try:
        found = json.loads(written, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON: {error.msg}, line {error.lineno}") from None
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004 # what is wrong is the text
    return found


def rows(found: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    """The objects in a list of an object; ValueError when it has no such list."""
    listed = found.get(name)
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise ValueError(f"it has no list of {name}")
    return listed


def text(found: Mapping[str, object], name: str) -> str:
    """A text of an object; ValueError when it is missing or none."""
    value = found.get(name)
    if not isinstance(value, str):
        raise ValueError(f"a row has no {name}")  # noqa: TRY004 # what is wrong is the text
    return value


def cost(found: Mapping[str, object], name: str) -> float:
    """An amount of money; ValueError when it is missing, negative or more than there is."""
    value = found.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"it has no {name}")  # noqa: TRY004 # what is wrong is the text
    try:
        amount = float(value)
    except OverflowError:
        amount = math.inf
    if not (0 <= amount < _ABSURD):
        raise ValueError(f"{name} is {amount:g}")
    return abs(amount)  # -0.0 is what a sum of nothing is to some


def _refuse(constant: str) -> float:
    raise ValueError(f"it has a number that is {constant}")
