"""What completes arguments: layouts, their windows and variables, sessions that are live. Asked when Tab is pressed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from pathlib import Path

    from ocprov.core.observed import Session
    from ocprov.layout.variables import Variable
    from ocprov.opencode.record import Record
    from ocprov.tmux.client import Server

Items = list[CompletionItem]


def layouts(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Aliases of layouts, with what they are."""
    from ocprov.layout.source import sources

    there = [source for source in sources() if not (source.shadowed or source.problem)]
    given = _given(ctx)
    return _fitting(
        {source.alias: source.description for source in there if source.alias not in given}, incomplete
    )


def layouts_and_windows(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """The same; behind a colon the layout's windows, which others and commas may precede."""
    layout, colon, written = incomplete.partition(":")
    if not colon:
        return layouts(ctx, param, incomplete)
    from ocprov.cli.wanted import wanted

    before = written.rpartition(",")[0]
    head = f"{layout}:{before}," if before else f"{layout}:"
    settings = tuple(ctx.params.get("settings") or ())
    session = wanted(layout, settings, str(ctx.params.get("directory") or "")).session
    taken = before.split(",")
    names = (window.name for window in session.windows if window.name not in taken)
    return _fitting({head + name: "" for name in names}, incomplete)


def sessions(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Layouts with a live session, and those sessions by their full names."""
    from ocprov.tmux import live

    server = _server(ctx)
    found: dict[str, str] = {}
    for session in live.ours(server):
        alias = live.alias(server, session)
        found |= {alias: session.name, session.name: ""} if alias else {session.name: ""}
    return _fitting({name: said for name, said in found.items() if name not in _given(ctx)}, incomplete)


def every_session(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Every live session of the tmux server, ocprov's or not."""
    from ocprov.tmux.observe import observe

    return _fitting({session.name: "" for session in observe(_server(ctx)) or ()}, incomplete)


def sessions_and_layouts(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """What is live first, and then layouts that are not."""
    first = sessions(ctx, param, incomplete)
    names = {item.value for item in first}
    return [*first, *(item for item in layouts(ctx, param, incomplete) if item.value not in names)]


def windows(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """The windows of the live session that was named before."""
    from ocprov.tmux import live

    name = str(ctx.params.get("layout") or "")
    found = live.named(_server(ctx), live.ours(_server(ctx)), name)
    given = _given(ctx)
    names = (window.name for session in found for window in session.windows if _ours(session, window.name))
    return _fitting({name: "" for name in names if name not in given}, incomplete)


def _ours(session: "Session", name: str) -> bool:
    return any(pane.key for window in session.windows if window.name == name for pane in window.panes)


def settings(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """`NAME=` for each variable of the layouts named; behind it what that may be."""
    variables: dict[str, Variable] = {}
    for word in ctx.obj[1:]:
        variables |= _variables(word.partition(":")[0])
    name, equals, _ = incomplete.partition("=")
    if not equals:
        return [
            CompletionItem(f"{one.name}=", type="open", help=one.help)
            for one in variables.values()
            if one.name.startswith(incomplete)
        ]
    return _values(variables[name], incomplete) if name in variables else []


def _values(variable: "Variable", incomplete: str) -> Items:
    choices = ("true", "false") if variable.kind == "bool" else tuple(map(str, variable.choices))
    default = () if variable.default is None or choices else (str(variable.default),)
    return _fitting({f"{variable.name}={choice}": "" for choice in (*choices, *default)}, incomplete)


def _variables(layout: str) -> "Mapping[str, Variable]":
    """Those of a layout, none of what is no layout; Jinja is asked only where it extends another one."""
    from ocprov.errors import LayoutError
    from ocprov.layout.source import find

    try:
        source = find(layout)
    except LayoutError:
        return {}
    if not _extends(source.path):
        return source.header.variables
    from ocprov.layout.render import inherited

    return inherited(source.path)


def _extends(path: "Path") -> bool:
    import re

    return re.search(r"\{%[-+]?\s*extends\b", path.read_text("utf-8")) is not None


def files(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """A file, which the shell itself completes."""
    return [CompletionItem(incomplete, type="file")]


def directories(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """A directory, which the shell itself completes."""
    return [CompletionItem(incomplete, type="dir")]


def servers(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """OpenCode servers by their names, with their directories."""
    given = ctx.params.get("names") or ()
    return _fitting({one.name: one.directory for one in _records() if one.name not in given}, incomplete)


def server_directories(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """The directories of OpenCode servers; where none begins so, a directory, which the shell itself completes."""
    from pathlib import Path

    found = _fitting({one.directory: one.name for one in _records()}, str(Path(incomplete).expanduser()))
    return found if incomplete and found else directories(ctx, param, incomplete)


def _records() -> "list[Record]":
    from ocprov.opencode import record

    return [one for one in record.every() if isinstance(one, record.Record)]


def layouts_and_files(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Layouts, and files where there is a slash or a dot."""
    return files(ctx, param, incomplete) if set("/.") & set(incomplete) else layouts(ctx, param, incomplete)


def conversations(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Ids of conversations on ocprov's servers, those that changed last first, with their titles; no server is asked."""
    from ocprov.opencode.talk import stored

    given = _given(ctx)
    return _fitting({name: title for name, title in stored.recent().items() if name not in given}, incomplete)


def _given(ctx: click.Context) -> tuple[str, ...]:
    """The layouts, sessions or windows that are on the line already."""
    words = []
    for name in ("layouts", "windows", "layout", "conversations"):
        value = ctx.params.get(name) or ()
        words += [value] if isinstance(value, str) else list(value)
    return tuple(map(str, words))


def _server(ctx: click.Context) -> "Server":
    from ocprov.tmux.client import server

    told = ctx.find_root().params
    return server(told.get("socket_name") or "", told.get("socket_path") or "")


def _fitting(found: Mapping[str, str], incomplete: str) -> Items:
    return [CompletionItem(name, help=text) for name, text in found.items() if name.startswith(incomplete)]
