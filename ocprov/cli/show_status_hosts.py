"""The status of several machines, for people; pure, the time of day comes from outside.

A line a session that calls for somebody, one a conversation that asks something, and one for all that is well.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ocprov.cli.output import ago, counted
from ocprov.cli.show_hosts import Row, Rows, entries, is_told, lines, money, number, part, text, whole
from ocprov.core.names import PREFIXES, printable
from ocprov.fleet.reply import Reply

_ENDED = ("lost", "dead")


def shown(replies: Sequence[Reply], now: int, columns: int) -> str:
    """The table."""
    return "\n".join(lines(replies, lambda one: _rows(one, now), columns, _together(replies)))


def as_wanted(replies: Sequence[Reply]) -> bool:
    """Whether every session of those that answered is as wanted."""
    return all(_is_well(one) for reply in replies for one in entries(reply.data, "sessions"))


def _rows(reply: Reply, now: int) -> Rows:
    host, sessions = printable(reply.host), entries(reply.data, "sessions")
    calling: list[Row] = [_bad(host, one, now) for one in sessions if not _is_well(one)]
    calling += [(host, "asks", text(one.get("server")), asked(one)) for one in entries(reply.data, "waits")]
    well = [one for one in sessions if _is_well(one)]
    costs = priced(part(reply.data, "costs"))
    if calling and not well and not costs:
        return Rows(True, tuple(calling))
    windows = counted(sum(len(entries(one, "windows")) for one in well), "window") if well else ""
    summary = (", ".join(map(_label, well)), ", ".join(filter(None, (windows, costs))))
    what = summary[0] or ("" if calling else "no session")
    return Rows(bool(calling), (*calling, (host, "running" if calling else "ok", what, summary[1])))


def _is_well(session: Mapping[str, Any]) -> bool:
    return session.get("as_wanted") is True


def _bad(host: str, session: Mapping[str, Any], now: int) -> Row:
    """The line of a session that is not as wanted: the word of the first such window, and all of them."""
    if session.get("live") is not True:
        return (host, "not running", _label(session), f"ocprov up {text(session.get('layout'))} there")
    found = [
        (word, f"{text(window.get('name'))} {said}")
        for window in entries(session, "windows")
        for word, said in _words(window, now)
    ]
    word = found[0][0] if found else "failed"
    return (host, word, _label(session), "; ".join(said for _, said in found) or "not as wanted")


def _words(window: Mapping[str, Any], now: int) -> list[tuple[str, str]]:
    """A word and more about each pane of a window that calls for `up`."""
    if window.get("state") == "missing":
        return [("missing", "missing")]
    found = []
    for pane in entries(window, "panes"):
        state, code = text(pane.get("state")), pane.get("code")
        if state == "exited" and code:
            how = f" with {whole(code)}" if is_told(pane, "code") else ""
            since = f", {ago(now - whole(pane['since']))} ago" if is_told(pane, "since") else ""
            found.append(("failed", f"failed{how}{since}"))
        elif state in _ENDED:
            found.append((state, state))
    return found


def asked(wait: Mapping[str, Any]) -> str:
    """What a conversation asks: `permission: bash: make`."""
    return f"{text(wait.get('kind'))}: {text(wait.get('text'))}".rstrip(": ")


def _label(session: Mapping[str, Any]) -> str:
    """A session's name without what all names of ours begin with."""
    name = text(session.get("name"))
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name


def priced(costs: Mapping[str, Any]) -> str:
    """`$1.20 today, $30.11 this month`; why it is not known; nothing where it was not asked for."""
    if problem := text(costs.get("problem")):
        return problem if "not known" in problem else f"costs not known: {problem}"
    if costs and not is_told(costs, "today", "month"):
        return "costs not known"
    return f"{money(costs['today'])} today, {money(costs['month'])} this month" if costs else ""


def _together(replies: Sequence[Reply]) -> str:
    """What all hosts come to."""
    asking = sum(len(entries(one.data, "waits")) for one in replies)
    said = [f"{counted(asking, 'conversation')} {'asks' if asking == 1 else 'ask'}"] if asking else []
    costs = [known for one in replies if is_told(known := part(one.data, "costs"), "today", "month")]
    if costs:
        sums = {name: sum(number(one.get(name)) for one in costs) for name in ("today", "month")}
        said.append(priced(sums))
    return "; ".join(said)
