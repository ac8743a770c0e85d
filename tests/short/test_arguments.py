"""The common forms of three commands, read without Click; Click itself is the judge."""

import os

import pytest

from ocprov.cli.main import cli
from ocprov.short.arguments import Call, parse

FIELDS = tuple(sorted(Call.__slots__))

UNDERSTOOD: dict[str, dict[str, object]] = {
    "up monitoring": {"command": "up", "names": ("monitoring",)},
    "up a b c:window,other": {"command": "up", "names": ("a", "b", "c:window,other")},
    "up -d a": {"command": "up", "names": ("a",), "detach": True},
    "up a --detach -d b": {"command": "up", "names": ("a", "b"), "detach": True},
    "up a --dir /tmp/x": {"command": "up", "names": ("a",), "directory": "/tmp/x"},
    "up --dir=~/x=y a": {"command": "up", "names": ("a",), "directory": "~/x=y"},
    "up --dir one --dir two a": {"command": "up", "names": ("a",), "directory": "two"},
    "up --set n=1 a --set=m=x=2": {"command": "up", "names": ("a",), "settings": ("n=1", "m=x=2")},
    "up --set up up": {"command": "up", "names": ("up",), "settings": ("up",)},
    "attach monitoring": {"command": "attach", "names": ("monitoring",)},
    "-L x attach größe": {"command": "attach", "names": ("größe",), "socket_name": "x"},
    "status": {"command": "status"},
    "status a a": {"command": "status", "names": ("a", "a")},
    "status a --json b --exit-code": {
        "command": "status",
        "names": ("a", "b"),
        "as_json": True,
        "exit_code": True,
    },
    "status --waits --json": {"command": "status", "waits": True, "as_json": True},
    "-Lname status": {"command": "status", "socket_name": "name"},
    "-Lna=me status": {"command": "status", "socket_name": "na=me"},
    "--socket-name name status": {"command": "status", "socket_name": "name"},
    "--socket-name=na=me status": {"command": "status", "socket_name": "na=me"},
    "-L one -L two status": {"command": "status", "socket_name": "two"},
    "-L status status": {"command": "status", "socket_name": "status"},
    "-S /x/y status": {"command": "status", "socket_path": "/x/y"},
    "-S/x/y status": {"command": "status", "socket_path": "/x/y"},
    "--socket-path /x/y status": {"command": "status", "socket_path": "/x/y"},
    "--socket-path=y -L x status": {"command": "status", "socket_path": "y", "socket_name": "x"},
    "-q --no-color status": {"command": "status", "quiet": True, "no_color": True},
    "--quiet -q status": {"command": "status", "quiet": True},
}

LEFT_TO_CLICK = {
    "nothing": [],
    "only options": ["-q"],
    "an empty word": ["up", ""],
    "help": ["--help"],
    "help of a command": ["up", "--help"],
    "short help": ["status", "-h"],
    "version": ["--version"],
    "verbose": ["-v", "status"],
    "another command": ["ls"],
    "no command": ["monitoring"],
    "no layout": ["up"],
    "options and no layout": ["up", "-d"],
    "nothing to attach to": ["attach"],
    "two to attach to": ["attach", "a", "b"],
    "a double dash": ["up", "--", "a"],
    "a double dash before the command": ["--", "status"],
    "a dash": ["up", "-"],
    "an abbreviation": ["up", "--det", "a"],
    "flags in one word": ["up", "-dn", "a"],
    "a flag with a value in one word": ["-qLx", "status"],
    "a flag twice in one word": ["up", "-dd", "a"],
    "a flag that is given a value": ["up", "--detach=1", "a"],
    "a flag that is given an empty value": ["status", "--json="],
    "a value is missing": ["up", "a", "--dir"],
    "a value is missing before the command": ["-L"],
    "an empty value": ["up", "--dir=", "a"],
    "an empty value in a word of its own": ["up", "--dir", "", "a"],
    "a value like an option": ["up", "--dir", "-d", "a"],
    "a value behind = of a short option": ["-L=x", "status"],
    "an unknown option": ["up", "--wipe", "a"],
    "an option of the program behind the command": ["status", "-q"],
    "an option of another command": ["status", "--detach"],
    "an option of a command before it": ["-d", "up", "a"],
    "up --json": ["up", "--json", "a"],
    "up --all": ["up", "--all"],
    "up --dry-run": ["up", "-n", "a"],
    "up --wait": ["up", "--wait", "5", "a"],
    "up --prune": ["up", "--prune", "a"],
    "status --watch": ["status", "--watch"],
    "the command in capitals": ["STATUS"],
    "what is not UTF-8": ["up", os.fsdecode(b"\xff")],
    "a control character": ["attach", "a\nb"],
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("OCPROV_") or name.endswith("_COMPLETE"):
            monkeypatch.delenv(name)


def fields(call: Call | None) -> dict[str, object]:
    """A call as a dict; an empty one for None."""
    return {} if call is None else {name: getattr(call, name) for name in FIELDS}


def by_click(argv: list[str]) -> dict[str, object]:
    """What Click makes of the same words, under the names that a call has for it; all else must be its default."""
    context = cli.make_context("ocprov", list(argv))
    name, command, rest = cli.resolve_command(context, [*context._protected_args, *context.args])
    assert command is not None
    params = command.make_context(name, rest, parent=context).params
    told: dict[str, object] = {**context.params, **params, "command": name}
    names = told.pop("layout", None) or told.pop("layouts", ())
    told["names"] = (names,) if isinstance(names, str) else names
    others = {name: value for name, value in told.items() if name not in FIELDS}
    assert set(others.values()) <= {False, None, 60, ()}, others
    return {**fields(Call()), **{name: value for name, value in told.items() if name in FIELDS}}


@pytest.mark.parametrize(("line", "told"), UNDERSTOOD.items(), ids=UNDERSTOOD)
def test_common_forms_are_understood(line: str, told: dict[str, object]) -> None:
    assert fields(parse(line.split())) == {**fields(Call()), **told}


@pytest.mark.parametrize("line", UNDERSTOOD)
def test_click_understands_the_same(line: str) -> None:
    assert fields(parse(line.split())) == by_click(line.split())


OWN: tuple[list[str], ...] = ([], ["-q"], ["-Lx"], ["--socket-path=/x", "--no-color"])
WORDS = ("status", "attach", "up", "a", "-d", "--dir", "--json", "--set=a=b")


@pytest.mark.parametrize("own", OWN, ids=" ".join)
def test_what_is_understood_in_any_order_is_what_click_understands(own: list[str]) -> None:
    tails = [[one, two, three] for one in WORDS[:3] for two in WORDS for three in WORDS]
    calls = [(argv, call) for argv in ([*own, *tail] for tail in tails) if (call := parse(argv))]
    assert len(calls) > len(tails) // 4
    for argv, call in calls:
        assert fields(call) == by_click(argv), argv


@pytest.mark.parametrize("argv", LEFT_TO_CLICK.values(), ids=LEFT_TO_CLICK)
def test_everything_else_is_left_to_click(argv: list[str]) -> None:
    assert parse(argv) is None


@pytest.mark.parametrize("name", ["OCPROV_SOCKET_NAME", "OCPROV_UP_DETACH", "OCPROV_X", "_OCPROV_COMPLETE"])
def test_options_from_the_environment_are_left_to_click(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert parse(["status"]) is not None
    monkeypatch.setenv(name, "1")
    assert parse(["status"]) is None


def test_what_was_typed_is_not_changed() -> None:
    argv = ["-q", "up", "a"]
    parse(argv)
    assert argv == ["-q", "up", "a"]
