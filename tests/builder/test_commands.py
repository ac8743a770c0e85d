"""From a workspace to tmux commands: values in, values out."""

from typing import Any

import pytest

from ocprov.builder import session, windows
from ocprov.builder.answer import Known
from ocprov.builder.resolve import Places, held, unless
from ocprov.builder.session import Terms
from ocprov.builder.slots import needed, slots
from ocprov.builder.steps import Hook, Pause, Prompts, Run, Step

TERMS = Terms(str)
TYPED = {"shell_command": [{"cmd": "a"}]}


def shown(steps: list[Step], known: Known | None = None) -> list[str]:
    """The steps that change something, with targets."""
    places = Places(known or Known(), "s")
    rows = []
    for step in steps:
        match step:
            case Run():
                rows.append(" ".join(places.command(step)))
            case Pause(seconds):
                rows.append(f"pause {seconds}")
            case Hook(name, window):
                rows.append(f"{name} {window}")
            case Prompts(panes):
                rows.append("prompts " + " ".join(f"{pane.window}.{pane.pane}" for pane in panes))
            case _:
                pass
    return rows


def built(*given: dict[str, Any], terms: Terms = TERMS, first: bool = True, wait: bool = False) -> list[str]:
    return shown(list(windows.built({"windows": list(given)}, terms, first=first, wait=wait)))


def window(*panes: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"panes": list(panes or ({"shell_command": []},)), **keys}


NEW = "new-window -d -P -F ocprov-built window {} #{{window_id}} #{{pane_id}}"
SPLIT = "split-window -t {} -v -P -F ocprov-built pane {} #{{pane_id}}"


def test_the_sessions_own_window_gives_way_to_the_first_one() -> None:
    assert built(window(window_name="a"), window(window_name="b")) == [
        "move-window -s =s: -t =s:99",
        f"{NEW.format(0)} -n a -t =s:",
        "kill-window -t =s:",
        f"{NEW.format(1)} -n b -t =s:",
    ]


def test_a_window_is_made_as_the_classic_builder_makes_it() -> None:
    focused = {**TYPED, "focus": True, "environment": {"E": "p"}, "start_directory": "/p", "shell": "sh"}
    declared = window(
        focused,
        {"shell_command": []},
        layout="tiled",
        options={"o": True},
        options_after={"p": 1},
        focus=True,
        environment={"E": "w"},
        start_directory="/w",
        window_shell="zsh",
    )
    assert built(declared, first=False) == [
        f"{NEW.format(0)} -c /p -e E=p -t =s: -- sh",
        "set-option -t =s:{start} -w o on",
        "select-window -t =s:{start}",
        "select-layout -t =s:{start} tiled",
        "send-keys -t =s:{start} --  a",
        "send-keys -t =s:{start} Enter",
        f"{SPLIT.format('=s:{start}', '0 1')} -c /w -e E=w -- zsh",
        "select-layout -t =s:{start} tiled",
        "set-option -t =s:{start} -w p 1",
        "select-pane -t =s:{start}.-1",
        "select-window -t =s:",
    ]


def test_ids_are_used_as_soon_as_they_are_known() -> None:
    known = Known("$3", "s")
    known.learn("ocprov-built window 1 @7 %8\n")
    steps = list(windows.built({"windows": [window(), window(TYPED)]}, TERMS, first=False, wait=False))
    assert shown(steps, known)[1:] == [
        f"{NEW.format(1)} -t $3:",
        "if-shell -F -t %8 #{pane_id} send-keys -t '%8' -- ' a'",
        "if-shell -F -t %8 #{pane_id} send-keys -t '%8' Enter",
    ]


def test_prompts_are_waited_for_together_and_then_typed_after() -> None:
    own = {**TYPED, "shell": "cat"}
    rows = built(window(TYPED, own), window(TYPED), wait=True)
    assert [row.split(" -")[0] for row in rows[3:]] == [
        "split-window",
        "new-window",
        "prompts 0.0 1.0",
        *["send-keys"] * 6,
    ]


def test_synchronized_panes_are_waited_for_one_by_one() -> None:
    rows = built(window(TYPED, TYPED, options={"synchronize-panes": True}), first=False, wait=True)
    kinds = [row.split(" -")[0] for row in rows[2:]]
    assert kinds == [
        "prompts 0.0",
        "send-keys",
        "send-keys",
        "split-window",
        "prompts 0.1",
        "send-keys",
        "send-keys",
    ]


def test_plugins_are_called_between_the_commands() -> None:
    terms = Terms(str, None, frozenset({"on_window_create", "after_window_finished"}))
    rows = built(window(TYPED, options_after={"o": 1}), first=False, terms=terms)
    kinds = [row.split(" -")[0] for row in rows]
    assert kinds == [
        "new-window",
        "on_window_create 0",
        "send-keys",
        "send-keys",
        "set-option",
        "after_window_finished 0",
    ]


@pytest.mark.parametrize(
    ("pane", "expected"),
    [
        pytest.param({"shell_command": [{"cmd": "a"}]}, [" a", "Enter"], id="leading space"),
        pytest.param({"shell_command": [{"cmd": "a"}], "suppress_history": False}, ["a", "Enter"], id="none"),
        pytest.param({"shell_command": [{"cmd": ""}]}, [" ", "Enter"], id="empty"),
        pytest.param(
            {"shell_command": [{"cmd": "a", "enter": False}, {"cmd": "b"}]}, [" a", " b"], id="enter sticks"
        ),
        pytest.param(
            {"shell_command": [{"cmd": "a", "sleep_before": 1}, {"cmd": "b", "sleep_after": 2}]},
            ["pause 1", " a", "Enter", "pause 1", " b", "Enter", "pause 2"],
            id="sleeps stick",
        ),
        pytest.param(
            {"shell_command": [{"cmd": "a"}, {"cmd": "C-c"}], "suppress_history": False},
            ["a", "Enter", "pause 0.05", "C-c", "Enter"],
            id="a control key comes after a moment",
        ),
        pytest.param({"shell_command": [{"cmd": "C-c"}]}, [" C-c", "Enter"], id="no key but a text"),
        pytest.param({"shell_command": [{"cmd": "-x;"}]}, [" -x;", "Enter"], id="semicolon"),
        pytest.param({"shell_command": [{"cmd": "x\\;"}]}, [" x;", "Enter"], id="escaped semicolon"),
    ],
)
def test_what_is_typed(pane: dict[str, Any], expected: list[str]) -> None:
    rows = built(window(pane), first=False)[1:]
    assert [row.removeprefix("send-keys -t =s:{start} ").removeprefix("-- ") for row in rows] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, "on"), (False, "off"), (5, "5"), ("on", "on"), (["a"], "['a']"), (None, "None")],
)
def test_option_values_are_libtmuxs(value: object, expected: str) -> None:
    assert session.option_value(value) == expected


@pytest.mark.parametrize(
    ("indexes", "taken", "base", "first", "renumber", "expected"),
    [
        pytest.param(["", "", ""], [0], 0, True, False, [0, 1, 2], id="new"),
        pytest.param(
            ["5", "", "2", ""], [1], 1, True, False, [5, 1, 2, 3], id="declared ones are filled around"
        ),
        pytest.param(["7", "", ""], [3], 3, True, True, [3, 4, 5], id="renumbered"),
        pytest.param(["", ""], [0, 1, 3], 0, False, False, [2, 4], id="appended into gaps"),
        pytest.param(["", ""], [0], 0, False, True, [1, 2], id="appended renumbers nothing"),
    ],
)
def test_indexes_are_those_that_tmux_gives(
    indexes: list[str], taken: list[int], base: int, first: bool, renumber: bool, expected: list[int]
) -> None:
    assert slots(indexes, taken, base, first=first, renumber=renumber) == expected


def test_indexes_are_worked_out_only_where_they_must_be() -> None:
    cases = (["", ""], False), (["", "3"], False), ([""], True)
    assert [needed(indexes, append=append) for indexes, append in cases] == [False, True, True]


def test_the_rest_is_an_argument_of_the_question() -> None:
    line = unless("#{x}", [("a",)], [("b", "it"), ("c",)], "=s:")
    assert line.startswith("a ; if-shell -F -t '=s:' '#{x}' 'display-message -t ")
    assert line.endswith("' 'b it ; c'\n")


@pytest.mark.parametrize(
    ("zsh", "shell", "words"),
    [(True, "/bin/zsh", ",1}}"), (True, "/bin/sh", ",0}}"), (False, "/bin/zsh", "#{after-set-option[0]},}")],
)
def test_the_question_is_for_hooks_and_for_zsh_where_that_matters(zsh: bool, shell: str, words: str) -> None:
    assert held(zsh=zsh, shell=shell).endswith(words)
