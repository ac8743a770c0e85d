"""A plan says exactly what differs, and an unchanged session has an empty one."""

from dataclasses import replace

import pytest

from ocprov.core import desired, match, observed
from ocprov.core.change import (
    Change,
    Changed,
    CreatePane,
    CreateSession,
    CreateWindow,
    Foreign,
    KillPane,
    Leftover,
    Note,
    RenameWindow,
    RunAgain,
    SetSession,
    SetWindow,
    TagPane,
    WriteLauncher,
)
from ocprov.core.plan import Plan, Wish, plan
from tests.core.values import (
    launchers,
    live,
    pane,
    session,
    window,
    with_foreign,
    with_pane,
    with_window,
    without_window,
)

WANTED = session(window("a"), window("b"), window("c"))
EDITED = session(window("a"), window("b", "sleep 2"), window("c"))


def planned(there: observed.Session | None, wanted: object = WANTED, **wish: object) -> Plan:
    return plan(wanted, there, launchers(WANTED), Wish(**wish))  # type: ignore[arg-type] # short for the tests below


def kinds(made: Plan) -> list[type[Change | Note]]:
    steps: list[Change | Note] = [*made.changes, *made.notes]
    return [type(step) for step in steps]


def test_a_missing_session_is_created_whole() -> None:
    made = planned(None)
    assert made.changes == (CreateSession(WANTED, WANTED.windows),)
    assert made.creates


@pytest.mark.parametrize("base", [0, 1])
def test_what_is_as_declared_needs_nothing(base: int) -> None:
    made = planned(live(WANTED, base_index=base))
    assert (made.changes, made.notes) == ((), ())
    assert made.in_sync


def test_a_missing_window_comes_back_at_its_own_index() -> None:
    made = planned(without_window(live(WANTED), 1))
    assert made.changes == (CreateWindow(WANTED.windows[1], "$0", 1),)


def test_where_tmux_renumbered_the_windows_of_ours_behind_it_move_up() -> None:
    made = planned(without_window(live(WANTED), 0, renumber=True))
    assert made.changes == (CreateWindow(WANTED.windows[0], "$0", 0, shift=True),)


def test_several_missing_windows_are_put_in_order() -> None:
    there = without_window(without_window(live(WANTED), 0, renumber=True), 0, renumber=True)
    made = planned(there)
    assert [(step.index, step.shift) for step in made.changes if isinstance(step, CreateWindow)] == [
        (0, True),
        (1, True),
    ]


def test_a_foreign_window_on_an_index_is_left_and_the_next_free_one_used() -> None:
    there = with_foreign(without_window(live(WANTED), 1), 1)
    made = planned(there)
    assert made.changes == (CreateWindow(WANTED.windows[1], "$0", 3),)
    assert made.notes == (Foreign(1, "htop", "%90", whole=True),)


def test_a_foreign_window_is_no_difference() -> None:
    assert planned(with_foreign(live(WANTED), 7)).in_sync


def test_a_foreign_pane_in_a_window_of_ours_is_left_alone() -> None:
    there = live(WANTED)
    split = (*there.windows[0].panes, observed.Pane("%90", 1, 900))
    made = planned(with_window(there, 0, panes=split))
    assert made.changes == ()
    assert made.notes == (Foreign(0, "a", "%90", whole=False),)


def test_a_foreign_window_of_a_declared_name_is_not_taken_for_ours() -> None:
    made = planned(with_foreign(without_window(live(WANTED), 1), 5, name="b"))
    assert kinds(made) == [CreateWindow, Foreign]


def test_a_renamed_window_gets_its_name_back() -> None:
    made = planned(with_window(live(WANTED), 2, name="mine"))
    assert made.changes == (RenameWindow(WANTED.windows[2], "@2", "mine"),)


def told(word: observed.Told, code: int | None = None) -> observed.State:
    return observed.State(word, 1, code, 101)


RUN_AGAIN: dict[str, dict[str, object]] = {
    "a command that failed": {"state": told("exited", 143)},
    "a launcher that was killed": {"launcher": "idle"},
    "a pane whose process is over": {"dead": True},
}


@pytest.mark.parametrize("there", RUN_AGAIN.values(), ids=RUN_AGAIN)
def test_run_again(there: dict[str, object]) -> None:
    assert kinds(planned(with_pane(live(WANTED), 1, **there))) == [RunAgain]


LEFT_ALONE: dict[str, dict[str, object]] = {
    "a command that ended well": {"state": told("exited", 0)},
    "one that a person stopped": {"state": told("stopped", 130)},
    "one that waits for its restart": {"state": told("waiting", 1)},
    "a shell that a person asked for": {"state": told("shell", 1), "launcher": "idle"},
    "a launcher that has not told anything yet": {"state": None},
    "a pane where something else runs now": {"launcher": "busy"},
}


@pytest.mark.parametrize("there", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_left_alone(there: dict[str, object]) -> None:
    assert planned(with_pane(live(WANTED), 1, **there)).changes == ()


def test_a_changed_declaration_is_shown_and_only_its_launcher_written() -> None:
    made = planned(live(WANTED), EDITED)
    assert kinds(made) == [WriteLauncher, Changed]
    assert not made.in_sync


def test_once_the_launcher_is_written_nothing_is_left_but_the_note() -> None:
    made = plan(EDITED, live(WANTED), launchers(EDITED), Wish())
    assert kinds(made) == [Changed]


def test_a_changed_declaration_is_run_when_asked_for() -> None:
    made = planned(live(WANTED), EDITED, restart_changed=True)
    assert [step.reason for step in made.changes if isinstance(step, RunAgain)] == ["its declaration changed"]
    assert len(made.changes) == 1


def test_a_command_that_failed_is_run_again_as_declared_now() -> None:
    made = planned(with_pane(live(WANTED), 1, state=told("exited", 1)), EDITED)
    assert kinds(made) == [RunAgain]


def test_a_launcher_file_that_is_gone_is_written_and_nothing_disturbed() -> None:
    made = plan(WANTED, live(WANTED), {}, Wish())
    assert kinds(made) == [WriteLauncher] * 3


def test_changed_options_of_a_window_are_set_and_no_command_disturbed() -> None:
    wanted = session(window("a", layout="tiled"), window("b"), window("c"))
    assert kinds(planned(live(WANTED), wanted)) == [SetWindow]


def test_changed_options_of_the_session_are_set() -> None:
    assert kinds(planned(live(WANTED), replace(WANTED, options=(("status", "off"),)))) == [SetSession]


def test_a_missing_pane_comes_back_and_the_focus_stays() -> None:
    wanted = session(window("a", panes=(pane("a", "x", focus=True), pane("a.2", "y"))))
    there = live(wanted)
    made = plan(wanted, with_window(there, 0, panes=there.windows[0].panes[:1]), launchers(wanted), Wish())
    assert made.changes == (CreatePane(wanted.windows[0], wanted.windows[0].panes[1], "@0", restore="%0"),)


def test_a_window_declared_no_longer_is_only_noted() -> None:
    wanted = session(window("a"), window("b"))
    made = planned(live(WANTED), wanted)
    assert kinds(made) == [SetSession, Leftover]
    assert not made.in_sync


def test_and_ended_when_asked_for() -> None:
    wanted = session(window("a"), window("b"))
    assert kinds(planned(live(WANTED), wanted, prune=True)) == [SetSession, KillPane]


def test_only_the_windows_named_are_looked_at() -> None:
    there = without_window(without_window(live(WANTED), 1), 1)
    assert planned(there, only=("c",)).changes == (CreateWindow(WANTED.windows[2], "$0", 2),)


def test_a_session_without_its_tag_is_known_by_its_windows_names() -> None:
    bare = live(WANTED)
    for place in range(3):
        bare = with_pane(bare, place, key="", digest="", state=None, launcher="idle")
    made = planned(replace(bare, tag=None))
    assert kinds(made) == [SetSession, RunAgain, RunAgain, RunAgain]


def test_a_plain_shell_recognised_by_name_is_tagged_and_not_restarted() -> None:
    wanted = session(window("a"), window("shell", panes=(pane("shell", focus=True),)))
    there = with_pane(live(wanted), 1, key="", digest="", launcher="idle")
    made = plan(wanted, replace(there, tag=None), launchers(wanted), Wish())
    assert kinds(made) == [SetSession, TagPane]


def restored(wanted: desired.Session, **first: object) -> observed.Session:
    """As a restore leaves it: names and shells, no marks; `first` is said of the first pane."""
    bare = live(wanted)
    for place, there in enumerate(bare.windows):
        idle = (replace(pane, key="", digest="", state=None, launcher="idle") for pane in there.panes)
        bare = with_window(bare, place, panes=tuple(idle), digest="")
    return with_pane(replace(bare, tag=None), 0, **first)


def test_of_a_window_that_came_back_half_just_the_other_pane_is_run_again() -> None:
    wanted = session(window("a", panes=(pane("a", "top", focus=True), pane("a.2", "htop"))))
    there = restored(
        wanted,
        key="a",
        digest=wanted.panes[0].digest,
        state=observed.State("running", 1, None, 1),
        launcher="alive",
    )
    made = plan(wanted, there, launchers(wanted), Wish())
    assert [step.pane.key for step in made.changes if isinstance(step, RunAgain)] == ["a.2"]
    assert kinds(made) == [SetSession, RunAgain, SetWindow]


@pytest.mark.parametrize(
    "kind",
    [
        {"launcher": False, "typed": (desired.Typed("vi"),), "commands": ()},
        {"program": "top", "commands": ()},
    ],
)
def test_what_ran_without_a_launcher_is_run_again_after_a_restore(kind: dict[str, object]) -> None:
    wanted = session(window("a", panes=(pane("a", **{"focus": True, **kind}),)))
    assert RunAgain in kinds(plan(wanted, restored(wanted), {}, Wish()))
    assert RunAgain not in kinds(plan(wanted, restored(wanted, launcher="busy"), {}, Wish()))
    tagged = replace(restored(wanted), tag=live(wanted).tag)
    assert RunAgain not in kinds(plan(wanted, with_pane(tagged, 0, key="a"), {}, Wish()))


def test_a_reconcile_makes_no_session_and_leaves_what_failed() -> None:
    failed = with_pane(live(WANTED), 0, state=observed.State("exited", 1, 2, 101))
    assert planned(failed, restored=True).changes == ()
    assert plan(WANTED, None, {}, Wish(restored=True)).changes == ()


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ({}, {"idle"}),
        ({"launcher": "busy"}, {"busy"}),
        ({"state": observed.State("running", 1, None, 1), "key": "a"}, set()),
    ],
    ids=["idle", "starting", "told"],
)
def test_a_restored_session_settles_when_its_commands_have_told_themselves(
    first: dict[str, object], expected: set[str]
) -> None:
    wanted = session(window("a"), window("shell", panes=(pane("shell", focus=True),)))
    assert match.unsettled(wanted, restored(wanted, **first)) == expected
    assert not match.unsettled(wanted, replace(restored(wanted), tag=live(wanted).tag))


def test_a_session_came_back_when_a_window_of_it_did() -> None:
    assert match.came_back(WANTED, restored(WANTED))
    assert not match.came_back(WANTED, with_window(restored(session(window("z"))), 0, name="bash"))
    assert not match.came_back(WANTED, live(WANTED))


ONE_SHELL = session(window("a"), window("shell", panes=(pane("shell", focus=True),)))


def test_of_two_windows_of_one_name_the_first_idle_one_comes_back() -> None:
    there = with_foreign(restored(ONE_SHELL), 7, "shell")
    assert match.windows(ONE_SHELL, there)["shell"].index == 1
    busy = with_pane(there, 1, launcher="busy")
    idle = with_pane(busy, 2, launcher="idle")
    assert match.windows(ONE_SHELL, idle)["shell"].index == 7


def test_of_more_panes_than_there_should_be_a_busy_one_is_a_persons() -> None:
    wanted = session(window("a", panes=(pane("a", focus=True),)))
    ours = restored(wanted).windows[0].panes[0]
    theirs = replace(ours, id="%9", launcher="busy")
    there = with_window(restored(wanted), 0, panes=(theirs, ours))
    assert match.panes(wanted.windows[0], there.windows[0], there, match.tagged(there))["a"].id == ours.id


def test_a_reconcile_knows_a_new_idle_window_in_a_session_that_lives() -> None:
    closed = without_window(live(ONE_SHELL), 1)
    theirs = with_foreign(closed, 1, "shell")
    again = with_pane(theirs, 1, launcher="idle")
    assert kinds(plan(ONE_SHELL, again, launchers(ONE_SHELL), Wish(restored=True))) == [TagPane, SetWindow]
    assert CreateWindow in kinds(plan(ONE_SHELL, again, launchers(ONE_SHELL), Wish()))
    assert CreateWindow in kinds(plan(ONE_SHELL, theirs, launchers(ONE_SHELL), Wish(restored=True)))


def test_a_pane_that_came_back_and_was_busy_then_is_looked_at_again() -> None:
    there = with_pane(live(WANTED), 0, state=None, launcher="idle")
    assert kinds(planned(there)) == [RunAgain]


def test_restart_runs_everything_again() -> None:
    assert kinds(planned(live(WANTED), again=True)) == [RunAgain] * 3


SHELL = session(window("a"), window("shell", panes=(pane("shell", focus=True),)))


def test_restart_leaves_a_persons_shell_alone_unless_it_is_named() -> None:
    there = live(SHELL)
    whole = plan(SHELL, there, launchers(SHELL), Wish(again=True))
    named = plan(SHELL, there, launchers(SHELL), Wish(again=True, only=("shell",)))
    assert [step.pane.key for step in whole.changes if isinstance(step, RunAgain)] == ["a"]
    assert [step.pane.key for step in named.changes if isinstance(step, RunAgain)] == ["shell"]


def test_a_shell_declared_elsewhere_is_noted_and_stays() -> None:
    moved = session(SHELL.windows[0], window("shell", panes=(pane("shell", directory="/usr", focus=True),)))
    made = plan(moved, live(SHELL), launchers(SHELL), Wish(restart_changed=True))
    assert kinds(made) == [Changed]


def test_a_persons_shell_is_not_ended_where_a_command_is_declared_now() -> None:
    there = with_pane(live(SHELL), 1, state=observed.State("plain", 0, None, 101))
    wanted = session(SHELL.windows[0], window("shell", "top"))
    assert kinds(plan(wanted, there, launchers(wanted), Wish(restart_changed=True))) == [Changed]
