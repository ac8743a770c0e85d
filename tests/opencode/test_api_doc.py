"""The examples of docs/api.md, as a reader runs them."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import ocprov.opencode
from ocprov.opencode import Conversation, Pool, Server, blocking
from tests.opencode.asking import ask
from tests.opencode.real import Opencode
from tests.opencode.shared import opencode, provider

__all__ = ["opencode", "provider"]

PAGE = (Path(__file__).parents[2] / "docs/api.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

PRINTED = (
    ("echo: hi",),
    ("echo: hi",),
    ("echo: explain this directory", "3 5", "the server has no model fake/unknown", "idle"),
    tuple(f"echo: number {number}" for number in range(6)),
    ("ocprov.server.up", "session.idle ses_"),
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("example", "printed"),
    list(zip(EXAMPLES, PRINTED, strict=True)),
    ids=["first", "without a loop", "conversations", "pools", "events"],
)
def test_the_examples_run(opencode: Opencode, example: str, printed: tuple[str, ...]) -> None:
    ask(opencode, lambda server: server.known())
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", example],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for line in printed:
        assert line in done.stdout


@pytest.mark.parametrize("name", ocprov.opencode.__all__)
def test_the_page_names_what_can_be_imported(name: str) -> None:
    values = (
        "Event",
        "Info",
        "Known",
        "Message",
        "Messages",
        "Page",
        "Part",
        "Permission",
        "Problem",
        "Question",
    )
    more = ("Ran", "Record", "Standing")
    assert name in PAGE or name in values + more


@pytest.mark.parametrize("kind", [Server, Conversation])
def test_the_page_names_every_method(kind: type) -> None:
    methods = {name for name in vars(kind) if not name.startswith("_")}
    # For ocprov itself, or told with the class's name before it.
    told = {"client", "link", "of", "ensure", "started", "refuse_unknown", "id"}
    assert {name for name in methods - told if f"`{name}" not in PAGE} == set()


def signature(path: str, kind: str) -> dict[str, str]:
    """The parameters of each public method, as they are written."""
    tree = ast.parse(Path(path).read_text())
    body = next(one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == kind)
    return {
        one.name: ast.unparse(one.args)
        for one in body.body
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and not one.name.startswith("_")
    }


@pytest.mark.parametrize("kind", ["Server", "Conversation", "Pool"])
def test_the_front_without_a_loop_has_the_same_methods(kind: str) -> None:
    own = {"Server": {"started", "client", "refuse_unknown"}}.get(kind, set())
    front, behind = (
        getattr(blocking, kind),
        {"Server": Server, "Conversation": Conversation, "Pool": Pool}[kind],
    )
    there = signature(sys.modules[behind.__module__].__file__ or "", kind)
    here = signature(sys.modules[front.__module__].__file__ or "", kind)
    here.pop("id", None)
    assert here == {name: given for name, given in there.items() if name not in own}
