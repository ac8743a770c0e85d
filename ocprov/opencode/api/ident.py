"""Ids that a caller gives to what it sends, so that sending it again is not a second time."""

import secrets
import time

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM = 14


def message() -> str:
    """A new message id; sorts after those of before, as OpenCode needs it (1.18.33: 12 hex digits of time, 14 letters)."""
    return f"msg_{_moment()}{_letters()}"


def part(of: str) -> str:
    """The id of the only part of message `of`: without one, a message that is sent again gets its text twice."""
    return "prt_" + of.removeprefix("msg_")


def _moment() -> str:
    # OpenCode counts in the last three digits those of the same millisecond; the time itself goes on there.
    return f"{time.time_ns() * 0x1000 // 1_000_000 & 0xFFFFFFFFFFFF:012x}"


def _letters() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM))
