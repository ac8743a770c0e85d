"""The periods that a limit is for. Pure: which day it is comes from outside."""

from datetime import date, timedelta
from typing import Literal

Period = Literal["daily", "weekly", "monthly"]

PERIODS: tuple[Period, ...] = ("daily", "weekly", "monthly")
SAID: dict[Period, str] = {"daily": "today", "weekly": "this week", "monthly": "this month"}


def start(period: Period, today: date) -> date:
    """The first day of the period that `today` is in; weeks begin on Monday, as ocmonitor has them."""
    if period == "weekly":
        return today - timedelta(days=today.weekday())
    return today.replace(day=1) if period == "monthly" else today
