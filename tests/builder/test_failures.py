"""What is left when a build fails: never less than was there before."""

import pytest
from libtmux import exc as libtmux_exc
from libtmux.server import Server
from tmuxp import exc

from ocprov.builder import BatchWorkspaceBuilder
from tests.builder.small import BLANK, Config, sessions, windows, workspace

# Of tmuxp, which leaves the pipes of a before_script to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")


def test_a_failing_script_ends_the_session_that_was_made_for_it(server: Server) -> None:
    server.new_session("other")
    builder = BatchWorkspaceBuilder(session_config=workspace(before_script="false"), server=server)
    with pytest.raises(exc.BeforeLoadScriptError):
        builder.build()
    assert sessions(server) == ["other"]


@pytest.mark.parametrize("script", ["false", "/does/not/exist"])
def test_a_failing_script_ends_no_session_that_was_given(script: str, server: Server) -> None:
    given = server.new_session("mine", window_name="own")
    builder = BatchWorkspaceBuilder(session_config=workspace(before_script=script), server=server)
    with pytest.raises((exc.BeforeLoadScriptError, exc.BeforeLoadScriptNotExists)):
        builder.build(given, append=True)
    builder.session.kill()
    assert windows(server, "=mine:") == ["0 own"]


@pytest.mark.parametrize(
    ("keys", "kind", "words"),
    [
        ({"options": {"nonsense": 1}}, libtmux_exc.OptionError, "invalid option: nonsense"),
        ({"options": {"status-l": 1}}, libtmux_exc.AmbiguousOption, "ambiguous option: status-l"),
        ({"options": {"mouse": "maybe"}}, libtmux_exc.OptionError, "(unknown|bad) value: maybe"),
        ({"global_options": {"display-time": "x"}}, libtmux_exc.OptionError, "value is invalid: x"),
        ({"environment": {"A=B": "x"}}, ValueError, "variable name contains ="),
        (
            {"windows": [{"panes": [BLANK], "layout": "abcd,80x24,0,0,0"}]},
            libtmux_exc.LibTmuxException,
            "layout",
        ),
        ({"windows": [{"panes": [BLANK] * 30}]}, libtmux_exc.LibTmuxException, "no space for new pane"),
        (
            {"windows": [{"panes": [BLANK], "window_index": 3}] * 2},
            libtmux_exc.LibTmuxException,
            "index 3 in use",
        ),
    ],
)
def test_what_tmux_refuses_is_said_in_its_words_and_leaves_what_was_made(
    keys: Config, kind: type[Exception], words: str, server: Server
) -> None:
    server.new_session("other")
    builder = BatchWorkspaceBuilder(session_config=workspace(**keys), server=server)
    with pytest.raises(kind, match=words) as raised:
        builder.build()
    # tmuxp's command line asks what to do about exceptions of its own kind, and only about those.
    assert isinstance(raised.value, exc.TmuxpException)
    assert isinstance(raised.value, libtmux_exc.LibTmuxException)
    assert sessions(server) == ["other", "s"]
    builder.session.kill()
    assert sessions(server) == ["other"]


def test_a_build_that_fails_in_a_given_session_leaves_it_to_be_cleaned_of_its_windows_only(
    server: Server,
) -> None:
    given = server.new_session("mine", window_name="own")
    panes = {"window_name": "bad", "panes": [BLANK], "layout": "abcd,80x24,0,0,0"}
    builder = BatchWorkspaceBuilder(
        session_config=workspace({"window_name": "good", "panes": [BLANK]}, panes), server=server
    )
    with pytest.raises(exc.TmuxpException, match="layout"):
        builder.build(given, append=True)
    assert windows(server, "=mine:") == ["0 own", "1 good", "2 bad"]
    builder.session.kill()
    assert windows(server, "=mine:") == ["0 own"]


def test_a_session_that_appeared_meanwhile_is_left_alone(server: Server) -> None:
    builder = BatchWorkspaceBuilder(session_config=workspace(), server=server)
    server.new_session("s", window_name="theirs")
    with pytest.raises(libtmux_exc.TmuxSessionExists, match="duplicate session: s"):
        builder.build()
    builder.session.kill()
    assert windows(server) == ["0 theirs"]


@pytest.mark.parametrize("name", ["a$b", "#{pid}", "x\\y", "t\tab"])
def test_a_name_that_tmux_would_change_leaves_nothing_behind(name: str, server: Server) -> None:
    server.new_session("other")
    builder = BatchWorkspaceBuilder(session_config={**workspace(), "session_name": name}, server=server)
    with pytest.raises(exc.TmuxpException, match="tmux would change it"):
        builder.build()
    assert sessions(server) == ["other"]
    builder.session.kill()
    assert sessions(server) == ["other"]
