"""What a check of doctor's found."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what, how it is, what was found, and the next command or change."""

    what: str
    state: State
    found: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Checks that belong together, under one name."""

    name: str
    checks: tuple[Check, ...]
