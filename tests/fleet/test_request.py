"""What a host is asked, as text and back; what is no request is refused in two lines."""

import json

import pytest

from ocprov.errors import OcprovError
from ocprov.fleet import report as reports
from ocprov.fleet import request as requests
from ocprov.fleet.report import Item, Report
from ocprov.fleet.request import Request

ASKED = Request(
    ("monitoring", "development:tests"),
    ("a=b c'\"$(x);", "b=ü"),
    "~/work",
    {"layouts/a.yaml.j2": b"\0\xff", "config.toml": b""},
    config=False,
    prune=True,
    restart_changed=True,
    force=True,
    linger=False,
    wait=5,
)


@pytest.mark.parametrize("request_", [ASKED, Request()], ids=["all", "nothing"])
def test_a_request_comes_back_from_its_text(request_: Request) -> None:
    text = requests.text(request_)
    assert text.isascii()
    assert "\n" not in text
    assert requests.parse(text) == request_


def broken(**more: object) -> str:
    return json.dumps({**json.loads(requests.text(Request())), **more})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "cannot be read"),
        ("[]", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ("{}", "cannot be read"),
        (broken(schema=2), "another version"),
        (broken(files=[]), "cannot be read"),
        (broken(layouts=[1]), "cannot be read"),
        (broken(layouts="monitoring"), "cannot be read"),
        (broken(layouts={"monitoring": 1}), "cannot be read"),
        (broken(settings="a=b"), "cannot be read"),
        (broken(layout=["monitoring"]), "a request has no 'layout'"),
        ('{"schema": 1, "layouts": ["a"], "layouts": []}', "cannot be read"),
        ('{"schema": 1, "files": {"a": "", "a": "eA=="}}', "cannot be read"),
        ('{"schema": 1, "wait": NaN}', "cannot be read"),
        ('{"schema": 1, "wait": 1' + "0" * 5000 + "}", "cannot be read"),
        (broken(prune="yes"), "cannot be read"),
        (broken(wait="5"), "cannot be read"),
        (broken(wait=True), "cannot be read"),
        (broken(directory="a\0b"), "cannot be printed"),
        (broken(settings=["a=b\nc"]), "cannot be printed"),
        (broken(files={"a": "no base64!"}), "cannot be read"),
        (broken(files={"../a": ""}), "no path below"),
        (broken(files={"/a": ""}), "no path below"),
        (broken(files={"a/./b": ""}), "no path below"),
        (broken(files={"a/": ""}), "no path below"),
        (broken(files={"a\0b": ""}), "no path below"),
        (broken(files={"a/" + "ü" * 128: ""}), "too long"),
        (broken(files={"a/" * 600 + "b": ""}), "too long"),
        (broken(files={"a//b": ""}), "no path below"),
        (broken(files={"": ""}), "no path below"),
        (broken(files={"a\\b": ""}), "no path below"),
        (broken(files={"a\nb": ""}), "no path below"),
        (broken(files={"\ud800": ""}), "no path below"),
        (broken(files={".ocprov-new-1": ""}), "no path below"),
        (broken(files={"layouts/.git/config": ""}), "no path below"),
        (broken(files={"a": "", "a/b": ""}), "a is a file and the folder of a/b"),
        (requests.text(Request(files={"a": b"x" * 1_000_001})), "larger than 1000000 bytes"),
    ],
)
def test_what_is_no_request_is_refused(text: str, told: str) -> None:
    with pytest.raises(OcprovError, match=told) as refused:
        requests.parse(text)
    assert refused.value.hint


def test_what_is_left_out_has_the_meaning_that_the_manual_says() -> None:
    left_out = Request((), (), "", {}, True, False, False, False, True, 60)
    assert requests.parse('{"schema": 1}') == left_out == Request()


def test_a_wait_is_never_longer_than_a_day() -> None:
    assert requests.parse(broken(wait=10**9)).wait == 86_400
    assert requests.parse(broken(wait=-1)).wait == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 0),
        (("same", "change"), 0),
        (("change", "conflict", "skipped"), 4),
        (("busy", "change"), 75),
        (("busy", "conflict"), 4),
        (("conflict", "failed", "busy"), 1),
    ],
)
def test_the_exit_code_is_of_the_worst(words: tuple[reports.Word, ...], code: int) -> None:
    items = tuple(Item("file", str(number), word) for number, word in enumerate(words))
    made = Report("0" * 12, "1", items)
    assert made.exit_code == code
    assert reports.parse(reports.text(made)) == made
