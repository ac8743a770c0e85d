"""One host's turn in a run of pyinfra: looking at it, and making it as asked."""

import time
from collections.abc import Mapping
from functools import lru_cache

from gevent.lock import BoundedSemaphore
from pyinfra import logger
from pyinfra.api.arguments import CONNECTOR_ARGUMENT_KEYS
from pyinfra.api.host import Host
from pyinfra.api.state import State

from ocprov.errors import OcprovError
from ocprov.fleet import connection, finding, one_source, pushing, report, telling, wheels
from ocprov.fleet.asked import Asked
from ocprov.fleet.connection import NoAnswerError, Output
from ocprov.fleet.finding import Found, Verb
from ocprov.fleet.kind import Kind
from ocprov.fleet.report import Report

# Seconds that a look may take at most, and that what it saw is believed for.
LOOK = 60.0
FRESH = 60.0
_OURS = {"_stdin", "_timeout", "_get_pty", "_success_exit_codes"}
# Greenlets share a thread: were two to collect at once, the second would wait for the first one's lock for ever.
_collecting = BoundedSemaphore()


class Turn:
    """What is asked of one host, and what was seen on it while pyinfra prepared."""

    __slots__ = ("_asked", "_in_sync_at", "_told")

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._in_sync_at: float | None = None
        self._told = False

    def require_one_source(self, state: State, host: Host) -> None:
        """ConflictError where its files would take away those of another source."""
        one_source.require(state, f"{host.name} {_arguments(host)}", self._asked.source)

    def in_sync(self, state: State, host: Host) -> bool:
        """Whether all is as asked; NoAnswerError where the host cannot be asked.

        That it was while pyinfra prepared is believed unless something was done on the host since.
        """
        if self._believed(state, host):
            return True
        self._in_sync_at = None
        try:
            answer = self._ask(state, host, "look")
        except NoAnswerError:
            raise
        except OcprovError:  # it may be of an older ocprov there: what is done next tells it, or mends it
            return False
        if isinstance(answer, Found) or answer.key != self._asked.key or not answer.in_sync:
            return False
        for line in telling.lines(answer):
            _tell(host, line)
        return True

    def plan(self, state: State, host: Host) -> bool:
        """Tell what would be done, and whether it is anything; nothing is touched."""
        self._in_sync_at = None
        try:
            answer = self._ask(state, host, "look")
        except OcprovError as error:
            self._doubt(state, host, error)
            return False
        if isinstance(answer, Found):
            _tell(host, f"ocprov: to be installed, with its Python {answer.kind.python}")
            return True
        other = answer.key != self._asked.key
        if other:
            _tell(host, "ocprov: to be replaced by the one here")
        for line in telling.lines(answer):
            _tell(host, line)
        for problem in telling.problems(answer):
            self._doubt(state, host, problem)
        self._in_sync_at = time.monotonic() if answer.in_sync and not other else None
        return other or answer.changed

    def bring(self, state: State, host: Host) -> bool:
        """Make the host as asked and tell what was done; whether that went well. Raises nothing: pyinfra would trace it."""
        try:
            answer, installed = self._applied(state, host)
        except OcprovError as error:
            return tell_error(host, error)
        for line in telling.lines(answer):
            _tell(host, line)
        if not (installed or answer.changed or answer.exit_code):
            _tell(host, "nothing had to be changed")
        return all([True, *(tell_error(host, problem) for problem in telling.problems(answer))])

    def settle(self, state: State, host: Host) -> None:
        """What was seen while pyinfra prepared counts no more: what comes of it now does."""
        if self._told:
            state.failed_hosts.discard(host)
            self._told = False

    def _believed(self, state: State, host: Host) -> bool:
        if self._in_sync_at is None or time.monotonic() - self._in_sync_at > FRESH:
            return False
        return not any(data.operation_meta.executed for data in state.ops[host].values())

    def _doubt(self, state: State, host: Host, error: OcprovError) -> None:
        """Tell what stands against it. The run goes on, as asking a person now would stop the other hosts; it fails."""
        tell_error(host, error)
        state.failed_hosts.add(host)
        self._told = True

    def _ask(self, state: State, host: Host, verb: Verb) -> Report | Found:
        limit = min(LOOK, self._asked.limit) if verb == "look" else self._asked.limit
        line = finding.command(verb, self._asked.key)
        output = connection.run(state, host, line, [self._asked.request], limit, _arguments(host))
        return _answer(output)

    def _applied(self, state: State, host: Host) -> tuple[Report, bool]:
        """What was done, and whether ocprov had to be installed for it."""
        answer = self._ask(state, host, "apply")
        installed = isinstance(answer, Found)
        if isinstance(answer, Found):
            self._install(state, host, answer)
            answer = self._ask(state, host, "apply")
        if isinstance(answer, Found):
            if answer.current not in ("", self._asked.key):
                raise OcprovError("another run put another ocprov there meanwhile", "run it again")
            raise OcprovError(
                "ocprov was installed and does not answer", "look into ~/.local/share/ocprov there"
            )
        return answer, installed

    def _install(self, state: State, host: Host, found: Found) -> None:
        asked = self._asked
        lines = _pushed(state, found.kind, asked)
        line = pushing.command(found.program)
        output = connection.run(state, host, line, lines, asked.limit, _arguments(host))
        if not output.ok:
            raise connection.failure(output)
        _tell(host, "ocprov: replaced" if found.current else "ocprov: installed")
        for notice in pushing.notices(output.lines):
            _tell(host, notice)


def tell_error(host: Host, error: OcprovError) -> bool:
    """Tell an error with the host's name; it is False for whoever returns it to pyinfra."""
    for line in telling.two_lines(error):
        logger.error(f"{host.print_prefix}{line}")
    return False


def _tell(host: Host, line: str) -> None:
    logger.info(f"{host.print_prefix}{line}")


def _answer(output: Output) -> Report | Found:
    """What a host said; OcprovError with why where it is nothing of use."""
    text = finding.answer("\n".join(output.lines))
    try:
        return report.parse(text)
    except ValueError:
        pass
    try:
        return finding.found(text)
    except ValueError:
        raise connection.failure(output) from None


def _arguments(host: Host) -> dict[str, object]:
    """What pyinfra was told of whose rights, and so on, the operation runs with."""
    given: Mapping[str, object] = host.current_op_global_arguments or {}
    return {
        name: value for name, value in given.items() if name in CONNECTOR_ARGUMENT_KEYS and name not in _OURS
    }


def _pushed(state: State, kind: Kind, asked: Asked) -> tuple[str, ...]:
    """What hosts of a kind are sent, made once a run, as is the failure to make it."""
    with _collecting:
        made = _collected(state, kind, asked.extras, asked.wheels, asked.key)
    if isinstance(made, OcprovError):
        raise made
    return made


@lru_cache(maxsize=4)
def _collected(
    state: State, kind: Kind, extras: tuple[str, ...], given: str, key: str
) -> tuple[str, ...] | OcprovError:
    del state  # it is here for the cache alone: the next run tries again
    try:
        return pushing.lines(wheels.collected(kind, extras, given, logger.info), key)
    except OcprovError as error:
        return error
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        return OcprovError(f"the wheels cannot be collected here: {why}", "make room in ~/.cache/ocprov")
