"""What supervisors heard last: written whole, read as unknown where nobody can know it."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from ocprov import lock
from ocprov.opencode import places, process
from ocprov.opencode.heard import activity
from ocprov.opencode.heard.activity import UNKNOWN, Activity, Wait
from ocprov.opencode.places import Places
from tests.conftest import Machine
from tests.opencode.kept import GONE, keep

WAITS = (
    Wait("per_1", "ses_1", "permission", "permission bash: rm"),
    Wait("per_2", "ses_1", "permission", "permission bash: mv"),
    Wait("que_1", "ses_2", "question", "question: which?"),
)


@pytest.fixture
def place(machine: Machine) -> Places:
    return places.of(machine.home / "shop").make()


def document(**changes: Any) -> bytes:
    told = {"schema": 1, "written": time.time(), "busy": {"ses_1": {"time": 5, "type": "x"}}, "waits": []}
    return json.dumps(told | changes).encode()


def test_what_is_written_is_read(place: Places) -> None:
    told = Activity(True, time.time(), {"ses_1": 5.0, "ses_2": 6.0}, {"ses_1": "x", "ses_2": "y"}, WAITS)

    activity.write(place, told)

    assert activity.read(place) == told
    assert told.waiting == {"ses_1", "ses_2"}
    assert place.activity.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(document()[:-9], id="half"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[" * 100_000, id="nested"),
        pytest.param(b"\xff", id="no text"),
        pytest.param(document(schema=2), id="of another ocprov"),
        pytest.param(document(written=time.time() - 3600), id="old"),
        pytest.param(document(written=time.time() + 3600), id="of the future"),
        pytest.param(document(written="now"), id="of no time"),
    ],
)
def test_what_cannot_be_known_is_unknown_and_not_empty(place: Places, content: bytes) -> None:
    place.activity.write_bytes(content)

    assert activity.read(place) is UNKNOWN
    assert not UNKNOWN.known


def test_without_a_file_nothing_is_known(place: Places) -> None:
    assert activity.read(place) is UNKNOWN
    assert activity.read(Places(Path("/nowhere/at/all"))) is UNKNOWN


@pytest.mark.parametrize(
    "part", [{"busy": []}, {"busy": {"ses_1": 3}}, {"waits": {}}, {"waits": [1, {"id": []}]}]
)
def test_parts_of_other_shapes_break_nothing(place: Places, part: dict[str, Any]) -> None:
    place.activity.write_bytes(document(**part))

    assert activity.read(place).known


def test_conversations_that_wait_are_counted_on_servers_whose_supervisor_lives(
    machine: Machine, place: Places
) -> None:
    other = places.of(machine.home / "mail").make()
    activity.write(place, Activity(True, time.time(), waits=WAITS))
    activity.write(other, Activity(True, time.time(), waits=WAITS))

    assert activity.waiting() == 0
    with lock.held(place.lock, wait=0, blocked=lambda: None):
        assert activity.waiting() == 2
    assert activity.waiting() == 0


def test_what_was_heard_last_of_one_that_runs_unsupervised_counts_until_it_ends(machine: Machine) -> None:
    known = keep(machine, server=process.this())
    activity.write(known.places, Activity(True, time.time() - 3600, waits=WAITS))
    assert activity.waiting() == 2

    known.places.record.write_text("{")
    assert activity.waiting() == 0
    keep(machine, server=GONE)
    assert activity.waiting() == 0


def test_what_is_forgotten_is_unknown(place: Places) -> None:
    activity.write(place, Activity(True, time.time()))

    activity.forget(place)
    activity.forget(place)

    assert activity.read(place) is UNKNOWN
