"""Words that a deploy.py has: what a shell would run reaches a host as it is, what no host would take is refused here."""

from typing import Any

import pytest

from ocprov.fleet import request
from tests.conftest import until
from tests.fleet.laptop import Laptop, words

HOSTILE = 'it\'s "a" $(touch ran) `touch ran` ; touch ran & \\ % !! #{pane_id} #(touch ran)'


def test_words_that_a_shell_would_run_reach_a_host_as_they_are(desk: Laptop) -> None:
    place = desk.fleet["one"].home / "a 'b' $(touch ran); c"
    place.mkdir()
    done = desk.run("-y", "--limit", "one", variables={"word": HOSTILE}, directory=str(place))
    assert words(done, ["one"]) == ["Success"], done.stderr
    home = desk.fleet["one"].home
    until(lambda: (home / "word").exists() and (home / "word").read_text() == HOSTILE)
    assert not [*desk.fleet.root.parent.rglob("ran"), *desk.machine.home.rglob("ran")]


@pytest.mark.parametrize(
    "asked",
    [
        {"variables": {"word": "two\nlines"}},
        {"variables": {"word": ["a"]}},
        {"layouts": ["desk\n"]},
        {"source": "nowhere"},
        {"source": "deploy.py"},
    ],
    ids=["newline in a value", "no value", "newline in a layout", "no source", "source is a file"],
)
def test_what_no_host_would_understand_is_refused_here(desk: Laptop, asked: dict[str, Any]) -> None:
    done = desk.run("-y", **asked)
    assert done.returncode == 1
    assert "hint: " in done.stderr
    assert not any(host.home.joinpath(".config").exists() for host in desk.fleet.hosts.values())


def test_a_request_is_as_large_as_hosts_take(desk: Laptop) -> None:
    (desk.source / "layouts/large.yaml.j2").write_bytes(b"x" * request.LARGEST)
    done = desk.run("-y")
    assert done.returncode == 1
    assert "larger than" in done.stderr
