"""The webhook: JSON by POST, tried again where that may help, and its URL told to nobody."""

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from ocprov.errors import OcprovError
from ocprov.watch import message, notify_webhook
from ocprov.watch.limits import Standing
from tests.conftest import until

MESSAGE = message.of(Standing("daily", date(2026, 11, 21), 10.42, 10.0, 100))


class Answering(BaseHTTPRequestHandler):
    """Answers with the codes it is given, the last for ever; 0 is for never."""

    codes: ClassVar[list[int]] = []
    heard: ClassVar[list[dict[str, object]]] = []
    over: ClassVar[threading.Event]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append({"path": self.path, **json.loads(body)})
        code = self.codes.pop(0) if len(self.codes) > 1 else self.codes[0]
        if not code:
            self.over.wait(30)
            return
        self.send_response(code)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Answering, "heard", [])
    monkeypatch.setattr(Answering, "over", threading.Event(), raising=False)
    monkeypatch.setattr(notify_webhook, "PAUSES", (0.01, 0.01))
    monkeypatch.setattr(notify_webhook, "PATIENCE", 60.0)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook/s3cret"
    Answering.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_gets_the_crossing_as_json(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answering, "codes", [204])
    assert notify_webhook.send(url, MESSAGE)
    text = "OpenCode today: $10.42, 104 % of the limit of $10.00"
    assert Answering.heard == [
        {
            "path": "/hook/s3cret",
            "schema": 1,
            "event": "limit",
            "text": text,
            "content": text,
            "period": "daily",
            "start": "2026-11-21",
            "cost": 10.42,
            "currency": "USD",
            "limit": 10.0,
            "percent": 104,
            "step": 100,
        }
    ]


TRIES = {
    "works-the-third-time": ([500, 503, 200], 3, ""),
    "too-many-requests": ([429, 200], 2, ""),
    "always-500": ([500], 3, "answered with 500"),
    "refused": ([403], 1, "answered with 403"),
    "a-redirect-is-not-followed": ([307], 1, "answered with 307"),
    "never-answers": ([0], 3, "gave no answer within 0.5 s"),
}


@pytest.mark.parametrize(("codes", "tries", "failure"), TRIES.values(), ids=TRIES)
def test_it_is_tried_where_that_may_help(
    url: str, codes: list[int], tries: int, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Answering, "codes", codes)
    if 0 in codes:
        monkeypatch.setattr(notify_webhook, "PATIENCE", 0.5)
    if failure:
        with pytest.raises(OcprovError, match=failure) as caught:
            notify_webhook.send(url, MESSAGE)
        assert "s3cret" not in caught.value.message + caught.value.hint
    else:
        assert notify_webhook.send(url, MESSAGE)
    until(lambda: len(Answering.heard) >= tries)  # by threads of the server, which nobody may wait for
    assert len(Answering.heard) == tries


def test_what_it_takes_us_to_begin_is_not_the_servers_time(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    began: list[str] = []
    timeout = asyncio.timeout

    class Noted(httpx.AsyncClient):
        def __init__(self, **keys: Any) -> None:
            began.append("client")
            super().__init__(**keys)

    def noted(seconds: float | None) -> asyncio.Timeout:
        began.append("time")
        return timeout(seconds)

    monkeypatch.setattr(httpx, "AsyncClient", Noted)
    monkeypatch.setattr(asyncio, "timeout", noted)
    monkeypatch.setattr(Answering, "codes", [204])
    assert notify_webhook.send(url, MESSAGE)
    assert began[:2] == ["client", "time"]


def test_where_nobody_listens_the_url_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify_webhook, "PAUSES", ())
    with pytest.raises(OcprovError, match="could not be reached") as caught:
        notify_webhook.send("http://127.0.0.1:1/s3cret", MESSAGE)
    assert "s3cret" not in caught.value.message + caught.value.hint


NO_URLS = ["", "s3cret", "ftp://host/s3cret", "https://", "file:///s3cret", "https://host/s3cret\n"]


@pytest.mark.parametrize("url", NO_URLS)
def test_what_is_no_url_for_it_is_refused_without_saying_it(url: str) -> None:
    with pytest.raises(OcprovError, match=r"webhook of config\.toml:3 is no http") as caught:
        notify_webhook.checked(url, "config.toml:3")
    assert "s3cret" not in caught.value.message + caught.value.hint


def test_the_url_may_be_in_a_file_of_its_owners(tmp_path: Path) -> None:
    file = tmp_path / "hook"
    file.write_text("https://host/s3cret\n")
    file.chmod(0o600)
    assert notify_webhook.url_in(file) == "https://host/s3cret"


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "hook"
    file.write_text("https://host/s3cret\n")
    file.chmod(0o640)
    with pytest.raises(OcprovError, match="others than you") as caught:
        notify_webhook.url_in(file)
    assert caught.value.hint == f"chmod 600 {file}"


def test_a_directory_or_nothing_is_no_such_file(tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / "none"):
        with pytest.raises(OcprovError, match="webhook_file"):
            notify_webhook.url_in(file)
