"""When the sample's conversations take place: on working days, the last one just now."""

from datetime import date, datetime, time, timedelta
from itertools import cycle
from random import Random

from ocprov.sample import content
from ocprov.sample.conversation import LONGEST_TOKEN, MOST_OUTPUT, Conversation, main, sub_agent

_JUST_NOW = 20_000
_HOUR = 3_600_000
_WEEKEND = 5


def conversations(*, now: datetime, days: int, sessions: int, seed: int) -> list[Conversation]:
    """`sessions` conversations of the last `days` days, oldest first; a quarter are sub-agents' ones.

    Days are those of the local time zone, as in ocmonitor. ValueError when there is nothing to make.
    """
    if days < 1 or sessions < 1:
        raise ValueError(f"a sample needs a day and a session: {days=}, {sessions=}")
    rng = Random(seed)  # noqa: S311 # invented data, no secret
    children = sessions // 4
    (first, title), *others = [(project, title) for project in content.PROJECTS for title in project.titles]
    rng.shuffle(others)
    subjects = cycle(others)
    mains = [main(rng, *next(subjects), until) for until in _times(rng, now, days, sessions - children - 1)]
    mains.append(main(rng, first, title, _live(now), live=True))
    parents = [mains[-1], *rng.sample(mains[:-1], min(len(mains) - 1, max(children - 1, 0)))]
    found = mains + [sub_agent(rng, parent) for parent in parents[:children]]
    return sorted(found, key=lambda conversation: (conversation.created, conversation.id))


def _live(now: datetime) -> int:
    """Some seconds ago, but its last step begins today: a second after midnight, too, today has a cost."""
    return max(_milliseconds(now) - _JUST_NOW, _at(_today(now), 0) + MOST_OUTPUT * LONGEST_TOKEN)


def _times(rng: Random, now: datetime, days: int, count: int) -> list[int]:
    """When each of `count` conversations was answered last, in ms, sorted."""
    today = _today(now)
    weights = [_weight(today - timedelta(days=age), age) for age in range(days)]
    ages = rng.choices(range(days), weights, k=count)
    return sorted(_earlier_today(rng, now) if age == 0 else _working_hour(rng, today, age) for age in ages)


def _weight(day: date, age: int) -> float:
    """How busy a day is: today most, so that its page is not empty; weekends little."""
    if age == 0:
        return 2.0
    return 0.3 if day.weekday() >= _WEEKEND else 1.0


def _working_hour(rng: Random, today: date, age: int) -> int:
    return _at(today - timedelta(days=age), 9) + rng.randint(0, 9 * _HOUR)


def _earlier_today(rng: Random, now: datetime) -> int:
    """Between midnight, or nine where it is later than that, and now."""
    until = _milliseconds(now) - _JUST_NOW
    begin = _at(_today(now), 9)
    if begin > until - _HOUR:
        begin = _at(_today(now), 0)
    return rng.randint(min(begin, until), until)


def _today(now: datetime) -> date:
    return now.astimezone().date()


def _at(day: date, hour: int) -> int:
    return _milliseconds(datetime.combine(day, time(hour)).astimezone())


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
