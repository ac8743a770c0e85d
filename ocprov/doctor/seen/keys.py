"""Gathers which of ocprov's keys do something else in the server."""

from ocprov.core.names import printable
from ocprov.doctor.keys import Bound
from ocprov.doctor.running import lines
from ocprov.doctor.seen.around import Around
from ocprov.errors import OcprovError
from ocprov.persistence import bindings, include, keys
from ocprov.settings.read import read
from ocprov.tmux import options


def bound(around: Around) -> Bound | None:
    """The keys; None where no server answers, or it has not read ocprov's lines. OcprovError as tmux's."""
    path = str(include.path())
    try:
        settings = read()
    except OcprovError:
        return None  # told where config.toml itself is judged
    try:
        known = keys.of(settings)
    except OcprovError as error:
        return Bound(path, trouble=printable(error.message), hint=printable(error.hint))
    if around.server is None or not around.answers or not options.value(around.server, bindings.FREE):
        return None
    listed = lines(around.server, "list-keys")  # with -T it fails where that table has no key
    does = keys.bound(listed)
    others = tuple((name, key, does.get(key, "")) for name, key in keys.left_alone(known, listed))
    return Bound(path, others, known.chosen)
