"""Ask ocmonitor for reports, as JSON."""

from collections.abc import Mapping, Sequence

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.watch import data, program
from ocprov.watch.document import document

# Without these each run may wait for the network.
_CALL = ("ocmonitor", "--no-remote-pricing", "--no-remote-rates")
_HINT = "run it by hand: {}"


def ask(reports: Sequence[Sequence[str]], *, patience: float) -> list[Mapping[str, object]]:
    """What ocmonitor answers to each, such as `("models", "--timeframe", "daily")`; costs are US dollars.

    OcprovError when one of them is not answered with a JSON object within `patience` seconds.
    """
    calls = [(*_CALL, *report, "-f", "json") for report in reports]
    answers = program.run_all(calls, patience=patience, environment=data.environment())
    return [_read(call, answer) for call, answer in zip(calls, answers, strict=True)]


def _read(call: Sequence[str], answer: program.Ran) -> Mapping[str, object]:
    hint = _HINT.format(printable(" ".join(call)))
    if answer.code:
        raise OcprovError(f"ocmonitor tells nothing: {answer.reason}", hint)
    try:
        return document(answer.out)
    except ValueError as error:
        raise OcprovError(f"ocmonitor answers with something else: {error}", hint) from error
