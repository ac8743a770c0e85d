"""What is made ahead for the short way, and what is not."""

from dataclasses import replace

import pytest

from ocprov.core import guard
from ocprov.core.build import Terms
from ocprov.core.desired import Session, Typed
from ocprov.core.prepared import prepared
from ocprov.tmux.here import OLDEST, older
from tests.core.values import pane, session, window


def batch(wanted: Session) -> object:
    return prepared(wanted, Terms(str), "/bin", lambda text: text)["batch"]


PLAIN = session(window("a"))
TYPED = pane("a", launcher=False, typed=(Typed("x"),), focus=True)


def test_a_session_is_one_line_around_its_size() -> None:
    parts = batch(PLAIN)
    assert isinstance(parts, tuple)
    before, after = parts
    assert before.startswith(b"new-session -d -s ocprov-building-")
    assert after.startswith(b" -n a ")


@pytest.mark.parametrize(
    ("wanted", "made"),
    [
        pytest.param(replace(PLAIN, before_script=("true",)), False, id="a script before it"),
        pytest.param(session(window("a", panes=(TYPED,))), True, id="typed"),
        pytest.param(
            session(window("a", panes=(replace(TYPED, typed=(Typed("x", sleep_after=1),)),))),
            False,
            id="with a pause",
        ),
        pytest.param(
            session(replace(window("a"), layout="main-vertical-mirrored")), False, id="a layout of newer tmux"
        ),
    ],
)
def test_what_takes_more_than_tmux_is_left_to_the_long_way(wanted: Session, made: bool) -> None:
    assert (batch(wanted) is not None) == made


@pytest.mark.parametrize(
    "version",
    ["1.8", "2.9a", "3.0", "3.0a", "3.1", "3.1c", "3.2", "3.2a", "3.3a", "3.10", "3.10b", "4.0", "master"],
)
def test_the_batch_and_ocprov_agree_about_old_versions(version: str) -> None:
    from fnmatch import fnmatchcase

    patterns = [part.split(",", 1)[0] for part in guard.OLD.split("#{m:")[1:]]
    assert any(fnmatchcase(version, pattern) for pattern in patterns) == older(version, OLDEST)
