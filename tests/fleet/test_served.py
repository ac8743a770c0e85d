"""The line in which a host tells its servers: what it says is kept, and what another machine may send is refused."""

import json
from typing import Any

import pytest

from ocprov.fleet import served
from ocprov.fleet.served import Served, Told
from ocprov.opencode.record import Process, Record

KNOWN = Record(
    "/src/shop", "http://127.0.0.1:4096", 4096, "ready", server=Process(7, "99"), reason="it ended"
)
ROW = {
    "name": "shop-a1b2c3",
    "problem": "",
    "directory": "/src/shop",
    "port": 4096,
    "state": "ready",
    "reason": "",
    "server": {"pid": 7, "started": "99"},
    "runs": True,
    "supervised": False,
    "password": "secret",
}


def test_what_a_host_tells_is_what_is_read() -> None:
    servers = (
        Served("mail-000000", problem="its record is damaged"),
        Served("shop-a1b2c3", KNOWN, True, True, "", "secret"),
    )
    line = served.text(servers, 12.5)

    assert "\n" not in line
    assert served.parse(line.encode()) == Told(12.5, servers)


def test_a_password_is_not_shown_with_its_server() -> None:
    assert "secret" not in repr(Told(0, (Served("shop-a1b2c3", KNOWN, True, True, "", "secret"),)))


def document(**changes: Any) -> str:
    return json.dumps({"schema": 1, "time": 1, "servers": [{**ROW, **changes}]})


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello",
        "[]",
        "{}",
        "[" * 100_000,
        '{"schema": 1, "time": 1}',
        '{"schema": 2, "time": 1, "servers": []}',
        '{"schema": 1, "time": 1e999, "servers": []}',
        '{"schema": 1, "time": NaN, "servers": []}',
        '{"schema": 1, "time": "now", "servers": []}',
        '{"schema": 1, "time": 1, "servers": "none"}',
        '{"schema": 1, "time": 1, "servers": [1]}',
        '{"schema": 1, "time": 1, "servers": [{"name": "a"}]}',
        json.dumps({"schema": 1, "time": 1, "servers": [ROW] * (served.MOST + 1)}),
        document(name="../x"),
        document(name="\x1b[31m"),
        document(name=""),
        document(name=3),
        document(port="22"),
        document(port=-1),
        document(port=True),
        document(port=70000),
        document(port=1.5),
        document(state="well"),
        document(state=[]),
        document(server=None),
        document(server={"pid": "1", "started": ""}),
        document(password=1),
        document(password="\ud800"),  # noqa: S106 # what no password is
        document(directory=["/"]),
        document(reason=None),
    ],
)
def test_what_is_no_line_of_servers_is_refused(line: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 # of many kinds
        served.parse(line)
    assert "secret" not in str(refused.value)


def test_nothing_that_a_host_says_leads_anywhere_but_to_its_own_loopback() -> None:
    (one,) = served.parse(document(url="http://elsewhere", port=22)).servers
    assert one.record is not None
    assert one.record.url == "http://127.0.0.1:22"
