"""pyinfra's operation that brings ocprov, layouts, settings and sessions to a host."""

import os
from collections.abc import Callable, Generator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pyinfra.api.command import FunctionCommand
from pyinfra.api.exceptions import OperationValueError
from pyinfra.api.host import Host
from pyinfra.api.operation import OperationMeta, operation
from pyinfra.api.state import State
from pyinfra.api.util import get_file_path
from pyinfra.context import ctx_host, ctx_state

from ocprov.errors import ConflictError, OcprovError
from ocprov.fleet import asked, key
from ocprov.fleet.asked import Asked
from ocprov.fleet.connection import NoAnswerError
from ocprov.fleet.turn import Turn, tell_error


def sessions(
    layouts: str | tuple[str, ...] | list[str] = ("monitoring",),
    variables: Mapping[str, object] | None = None,
    directory: str | Path = "",
    source: str | Path = "",
    config: bool = True,
    prune: bool = False,
    restart_changed: bool = False,
    force: bool = False,
    linger: bool = True,
    extras: str | tuple[str, ...] | list[str] = ("monitor",),
    wheels: str | Path = "",
    timeout: float = 300,
    **arguments: Any,
) -> OperationMeta:
    """Make a host's sessions what `ocprov up LAYOUT… --set NAME=VALUE --dir DIRECTORY` would, ocprov itself first.

    `source` is a directory here that looks as `~/.config/ocprov` does, `wheels` one with all wheels that a host needs;
    both are relative as pyinfra's files are. `timeout` is in seconds, for each command. The rest is of pyinfra.
    """
    flags = {
        "config": config,
        "prune": prune,
        "restart_changed": restart_changed,
        "force": force,
        "linger": linger,
    }
    given = arguments.pop("_timeout", timeout)
    arguments.setdefault("name", "ocprov sessions")
    try:
        limit = asked.seconds(given)
        files = _here(source)
        text = asked.made(layouts, variables or {}, directory, files, flags, limit)
        told = Asked(
            text,
            _key(asked.words(extras)),
            asked.words(extras),
            wheels=str(_here(wheels) or ""),
            limit=limit,
            source=str(files.resolve()) if files else "",
        )
    except OcprovError as error:
        raise OperationValueError(f"{error.message}\n    hint: {error.hint}") from error
    return _bring(turn=Turn(told), **arguments)


@lru_cache(maxsize=8)
def _key(extras: tuple[str, ...]) -> str:
    """Asked for each host, the same for all of a run."""
    return key.key(extras)


def _here(path: str | Path) -> Path | None:
    """A path of the deploy's, as pyinfra takes those; without its command line as a program does."""
    if not path:
        return None
    state: State = ctx_state.get()  # type: ignore[no-untyped-call] # pyinfra's own is untyped
    given = os.path.expanduser(path)  # noqa: PTH111 # a Path has no `./`, which is where the deploy.py is
    return Path(get_file_path(state, given)) if state.cwd else Path(given).absolute()


@operation()
def _bring(turn: Turn) -> Generator[FunctionCommand, None, None]:
    state: State = ctx_state.get()  # type: ignore[no-untyped-call] # as above
    host: Host = ctx_host.get()  # type: ignore[no-untyped-call] # as above
    if not state.is_executing:
        if turn.plan(state, host):
            yield FunctionCommand(turn.bring, (), {})
        else:
            host.noop("all is as asked")
        return
    turn.settle(state, host)
    try:
        turn.require_one_source(state, host)
        if turn.in_sync(state, host):
            host.noop("all is as asked")
        else:
            yield FunctionCommand(turn.bring, (), {})
    except (NoAnswerError, ConflictError) as error:
        yield FunctionCommand(_failing(error), (), {})


def _failing(error: OcprovError) -> Callable[[State, Host], bool]:
    """A command of pyinfra's that only fails: an exception in an operation would end the run of all hosts."""

    def no_answer(state: State, host: Host) -> bool:
        del state  # pyinfra passes both or neither
        return tell_error(host, error)

    return no_answer
