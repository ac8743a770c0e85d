"""Files of two sources would take each other away, run by run: the second one is refused."""

import pytest

from ocprov.errors import ConflictError
from ocprov.fleet import one_source


def test_the_second_source_of_a_user_in_a_run_is_refused() -> None:
    run = object()
    for user, source in (("a", "/x"), ("a", ""), ("a", "/x"), ("b", "/y")):
        one_source.require(run, user, source)
    with pytest.raises(ConflictError, match="/y would take away the files that came from /x"):
        one_source.require(run, "a", "/y")
    one_source.require(object(), "a", "/y")
