"""What a person reads of several machines: trouble first, on as many columns as there are."""

import re
from typing import Any

import pytest

from ocprov.cli import alert_hosts, ls_hosts, show_hosts, show_status_hosts
from ocprov.fleet.reply import Reply

NOW = 1_000_000
BOX = "box-03.eu-west.example.com"
PAINT = re.compile("\x1b\\[[0-9;]*m")


def session(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": f"opencode-observability-{name}",
        "layout": name,
        "live": True,
        "as_wanted": True,
        "windows": [window("one"), window("two")],
    } | more


def window(name: str, state: str = "running", code: Any = None, since: Any = NOW - 60) -> dict[str, Any]:
    panes = [{"state": state, "code": code, "since": since}]
    return {"name": name, "state": state, "panes": [] if state == "missing" else panes}


def status(host: str, *sessions: dict[str, Any], **more: Any) -> Reply:
    return Reply(host, "ok", "", {"sessions": list(sessions), "waits": []} | more)


def shown(*replies: Reply, columns: int = 200) -> list[str]:
    return [" ".join(PAINT.sub("", line).split()) for line in lines(*replies, columns=columns)]


def lines(*replies: Reply, columns: int = 200) -> list[str]:
    return show_status_hosts.shown(replies, NOW, columns).splitlines()


def test_a_host_that_is_well_has_one_line() -> None:
    assert shown(status("a", session("monitoring"), session("costs"))) == ["a ok monitoring, costs 4 windows"]
    assert shown(status("a")) == ["a ok no session"]


BAD = {
    "failed": (
        session("m", as_wanted=False, windows=[window("one", "exited", 1), window("two")]),
        "a failed m one failed with 1, 1m ago",
    ),
    "missing": (
        session("m", as_wanted=False, windows=[window("one", "missing"), window("two", "lost")]),
        "a missing m one missing; two lost",
    ),
    "not running": (
        session("m", live=False, as_wanted=False, windows=[]),
        "a not running m ocprov up m there",
    ),
    "what this ocprov knows nothing of": (session("m", as_wanted=False), "a failed m not as wanted"),
    "a code and a time that are none": (
        session("m", as_wanted=False, windows=[window("one", "exited", "x", "x")]),
        "a failed m one failed",
    ),
    "ended well": (
        session("m", windows=[window("one", "exited", 0), window("two", "waiting", 1)]),
        "a ok m 2 windows",
    ),
}


@pytest.mark.parametrize(("given", "line"), BAD.values(), ids=BAD)
def test_a_session_says_what_calls_for_up(given: dict[str, Any], line: str) -> None:
    assert shown(status("a", given)) == [line]


def test_what_calls_for_somebody_comes_first_and_a_host_stays_together() -> None:
    waits = [{"server": "api-1a2b3c", "conversation": "ses_1", "kind": "permission", "text": "bash: make"}]
    assert shown(
        status("a", session("m")),
        Reply("b", "unreachable", "Connection refused"),
        status("c", session("m"), waits=waits),
        status("d", session("m")),
    ) == [
        "b unreachable Connection refused",
        "c asks api-1a2b3c permission: bash: make",
        "c running m 2 windows",
        "a ok m 2 windows",
        "d ok m 2 windows",
        "4 hosts: 3 answered, 1 unreachable; 1 conversation asks",
    ]


def test_costs_are_told_of_each_and_together() -> None:
    told = shown(
        status("a", session("m"), costs={"today": 1.5, "month": 20}),
        status("b", costs={"problem": "ocmonitor is not on PATH"}),
        status("c", costs={"today": 2, "month": 1000.5}),
        status("d", costs={"today": "2"}),
        status("e", costs={"problem": "what OpenCode costs is not known: no"}),
    )
    assert told[0] == "a ok m 2 windows, $1.50 today, $20.00 this month"
    assert told[1] == "b ok no session costs not known: ocmonitor is not on PATH"
    assert told[3] == "d ok no session costs not known"
    assert told[4] == "e ok no session what OpenCode costs is not known: no"
    assert told[-1] == "5 hosts: 5 answered; $3.50 today, $1,020.50 this month"


LIMIT = {"period": "daily", "passed": False, "percent": 10, "limit": 5}
UNTOLD = {
    "no cost": ([LIMIT], "a unknown today its ocprov is of another version"),
    "no number": ([LIMIT | {"cost": True}], "a unknown today its ocprov is of another version"),
    "no limit": ([], "a unknown its ocprov is of another version"),
}


@pytest.mark.parametrize(("limits", "line"), UNTOLD.values(), ids=UNTOLD)
def test_a_cost_that_is_not_told_is_not_nothing(limits: list[dict[str, Any]], line: str) -> None:
    (told,) = show_hosts.lines([Reply("a", "ok", "", {"limits": limits})], alert_hosts.rows, 80)
    assert " ".join(PAINT.sub("", told).split()) == line


def test_a_line_fits_the_terminal() -> None:
    long = "long-" * 10
    waits = [{"server": f"{long}1a2b3c", "kind": "question", "text": "why " * 50}]
    told = lines(
        status(f"host-{long}", session(long), session("m"), waits=waits),
        Reply("b", "not installed", "it has no ocprov"),
        columns=80,
    )
    assert max(len(PAINT.sub("", line)) for line in told) <= 80
    assert "…" in told[0]


CUT = {
    "why a host was not reached": (
        Reply(BOX, "unreachable", f"connect to host {BOX} port 22: Connection refused"),
        "box-03.eu-west.…mple.com  unreachable  Connection refused",
    ),
    "both of what it is about and more": (
        status(BOX, session("monitoring"), session("costs-of-the-whole-team")),
        "box-03.eu-west.…mple.com  ok           monitoring, costs-of-the-whol…  4 windows",
    ),
    "wide characters": (
        status(BOX, waits=[{"server": "api", "kind": "question", "text": "日本語" * 9}]),
        "box-03.eu-west.…mple.com  asks         api  question: 日本語日本語日本語日本語…",
    ),
}


@pytest.mark.parametrize(("reply", "line"), CUT.values(), ids=CUT)
def test_on_few_columns_what_matters_is_left(reply: Reply, line: str) -> None:
    others = Reply("b", "unreachable", "why " * 40)
    assert line in [PAINT.sub("", one) for one in lines(reply, others, columns=80)]


def test_the_sums_have_a_line_of_their_own_where_they_do_not_fit() -> None:
    waits = [{"server": "a", "kind": "question", "text": "why"}]
    told = lines(status("a", waits=waits), Reply("b", "timeout", ""), columns=40)
    assert told[-2:] == ["2 hosts: 1 answered, 1 timeout", "1 conversation asks"]


def test_nothing_is_cut_where_there_is_room() -> None:
    assert "box-" * 10 in lines(status("box-" * 10, session("m")), columns=80)[0]
    assert len(lines(status("a", session("x" * 10**6)), columns=1 << 20)[0]) < 1100


RUBBISH: dict[str, Any] = {
    "nothing": {},
    "no lists": {"sessions": 3, "waits": "x", "costs": []},
    "lists of rubbish": {"sessions": [3, None, []], "waits": [None]},
    "empty objects": {"sessions": [{}], "waits": [{}], "costs": {"today": None}},
    "wrong kinds": {
        "sessions": [
            {"name": 3, "live": True, "windows": [{"name": [], "panes": [{"state": "exited", "code": "x"}]}]}
        ],
        "waits": [{"server": 3, "kind": {}, "text": 1e400}],
        "costs": {"today": "x", "month": 1e300},
    },
    "escapes": {
        "sessions": [{"name": "\x1b]0;pwned\x07", "layout": "\u202e", "live": False}],
        "waits": [{"server": "\x1b[2J", "kind": "\n", "text": "\r"}],
        "costs": {"problem": "\x1b[31m"},
        "layouts": [{"alias": "\x1b[2J", "problem": "\x07"}],
        "limits": [{"period": "\x1b[2J", "percent": 1e30}],
    },
}


@pytest.mark.parametrize("data", RUBBISH.values(), ids=RUBBISH)
def test_nothing_of_a_host_reaches_the_terminal_as_it_is(data: Any) -> None:
    replies = [Reply("a", "ok", "", data), Reply("b", "failed", "why")]
    said = [
        show_status_hosts.shown(replies, NOW, 80),
        *show_hosts.lines(replies, ls_hosts.rows, 80),
        *show_hosts.lines(replies, alert_hosts.rows, 80),
    ]
    show_status_hosts.shown(replies, NOW, 1)
    for line in "\n".join(said).splitlines():
        assert PAINT.sub("", line).isprintable()
