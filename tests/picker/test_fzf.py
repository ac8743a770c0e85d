"""fzf is asked so that neither names nor a person's own options can change what happens."""

import pytest

from ocprov.picker.fzf import looks

OPTIONS = {
    "nothing": ("", []),
    "looks are kept": (
        "--color=dark --layout reverse-list --border --pointer '>>'",
        ["--color=dark", "--layout=reverse-list", "--border", "--pointer=>>"],
    ),
    "what takes the picker away": ("--filter x -f x --select-1 -1 --exit-0 -0 --tmux center", []),
    "what changes the answer": (
        "--multi -m --print0 --print-query --expect=ctrl-x --accept-nth=2 --read0",
        [],
    ),
    "what runs programs": (
        "--bind 'enter:execute(rm -rf /)' --preview 'cat {}' --listen --bind=start:become(x) --color=dark",
        ["--color=dark"],
    ),
    "a value that looks like an option": ("--color --multi", ["--color=--multi"]),
    "what no shell would read": ("--color 'dark", []),
}


@pytest.mark.parametrize(("options", "expected"), OPTIONS.values(), ids=OPTIONS)
def test_of_a_persons_options_only_looks_are_kept(options: str, expected: list[str]) -> None:
    assert list(looks(options)) == expected
