"""Which tmux keys do what: what config.toml may say, and what a tmux.conf has kept for itself."""

import pytest

from ocprov.errors import OcprovError
from ocprov.persistence import keys
from ocprov.settings.read import read
from tests.conftest import Machine

ALL = keys.Keys((("dashboard", "B"), ("pick", "W"), ("menu", "A"), ("last", "a")), "monitoring")


def test_without_a_config_they_are_four_keys_that_tmux_leaves_free(machine: Machine) -> None:
    assert keys.of(read({})) == ALL
    machine.tmux("-f", "/dev/null", "new-session", "-d")
    bound = {line.split()[3] for line in machine.tmux("list-keys", "-T", "prefix").splitlines()}
    assert bound.isdisjoint(key for _, key in ALL.keys)


@pytest.mark.parametrize(
    "key",
    [
        "e",
        "Z",
        "0",
        "!",
        "|",
        "-",
        "F12",
        "Space",
        "BTab",
        "C-a",
        "M-o",
        "C-M-Left",
        "S-F3",
        "C-Space",
        "C-DC",
    ],
)
def test_a_key_is_named_as_tmux_names_it(machine: Machine, key: str) -> None:
    assert dict(keys.of(read({"OCPROV_KEYS_PICK": key})).keys)["pick"] == key
    machine.tmux("-f", "/dev/null", "new-session", "-d")
    machine.tmux("bind-key", key, "display-message", "mine")
    listed = machine.tmux("list-keys", "-T", "prefix").splitlines()
    (line,) = (line for line in listed if line.endswith(" display-message mine"))
    assert line.split("-T prefix")[1].split()[0].removeprefix("\\") == key


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("PICK", "BB"),
        ("PICK", "^o"),
        ("PICK", "c-o"),
        ("PICK", "C-O"),
        ("PICK", "'"),
        ("PICK", '"'),
        ("PICK", "\\"),
        ("PICK", "#"),
        ("PICK", ";"),
        ("PICK", "{"),
        ("PICK", "é"),
        ("PICK", "B; run-shell x"),
        ("MENU", "W"),
        ("LAYOUT", "a b"),
        ("LAYOUT", "#(touch pwn)"),
        ("LAYOUT", "-x"),
    ],
)
def test_what_is_no_key_and_no_layout_is_refused_with_what_would_do(
    machine: Machine, key: str, value: str
) -> None:
    with pytest.raises(OcprovError, match=rf"^keys\.{key.lower()} = ") as refused:
        keys.of(read({f"OCPROV_KEYS_{key}": value}))
    assert "ocprov config show" in refused.value.hint
    assert f"environment OCPROV_KEYS_{key}" in refused.value.message


def test_an_empty_key_is_none_and_one_in_config_toml_is_a_persons_choice(machine: Machine) -> None:
    file = machine.home / ".config/ocprov/config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[keys]\nlast = ""\npick = "M-o"\nlayout = "costs"\n')

    found = keys.of(read({}))

    assert found.keys == (("dashboard", "B"), ("pick", "M-o"), ("menu", "A"))
    assert (found.layout, found.chosen) == ("costs", frozenset({"pick"}))


def test_what_a_key_does_is_told_by_its_binding() -> None:
    listed = [
        'bind-key    -T prefix B       if-shell -F ocprov-dashboard { if-shell -F "x" }',
        'bind-key -N "mine" -T prefix W       choose-tree',
        "bind-key -r -T prefix A       display-message ocprov-menu",
        "bind-key    -T root   a       if-shell -F ocprov-last { switch-client -l }",
    ]
    assert keys.left_alone(ALL, listed) == (("pick", "W"), ("menu", "A"), ("last", "a"))
