"""The notifiers that the settings ask for."""

from collections.abc import Callable, Mapping
from functools import partial

from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.settings.values import Settings
from ocprov.tmux.client import Server
from ocprov.watch import notify_command, notify_desktop, notify_tmux, notify_webhook
from ocprov.watch.message import Message

# Tells a message; whether there was somebody to tell it to. OcprovError when it failed.
Send = Callable[[Message], bool]


@dataclass(frozen=True, slots=True)
class Notifiers:
    """Those that can be tried, by name; and why others cannot."""

    ready: Mapping[str, Send]
    unready: Mapping[str, OcprovError]


def wanted(settings: Settings, server: Server) -> Notifiers:
    """The notifiers of `alert.notify`; of those that nobody chose, the ones that work here."""
    ready: dict[str, Send] = {}
    unready: dict[str, OcprovError] = {}
    for name in dict.fromkeys(settings.texts("alert.notify")):
        try:
            ready[name] = _MAKERS[name](settings, server)
        except OcprovError as error:
            unready[name] = error
    if settings.found["alert.notify"].origin == "default" and not notify_desktop.available():
        ready.pop("desktop", None)
    return Notifiers(ready, unready)


def _tmux(_: Settings, server: Server) -> Send:
    return partial(notify_tmux.send, server)


def _desktop(_settings: Settings, _server: Server) -> Send:
    return notify_desktop.send


def _command(settings: Settings, _: Server) -> Send:
    command = settings.texts("alert.command")
    if not command:
        raise OcprovError(
            "alert.notify has command, and alert.command names none", 'alert.command = ["program"]'
        )
    return partial(notify_command.send, command)


def _webhook(settings: Settings, _: Server) -> Send:
    url, origin = settings.text("alert.webhook"), settings.found["alert.webhook"].origin
    file = settings.path("alert.webhook_file")
    if not url and file is None:
        hint = "set alert.webhook, or alert.webhook_file to a file of mode 0600 with the URL"
        raise OcprovError("alert.notify has webhook, and there is no URL for it", hint)
    if not url and file is not None:
        url, origin = notify_webhook.url_in(file), str(file)
    return partial(notify_webhook.send, notify_webhook.checked(url, origin))


_MAKERS: Mapping[str, Callable[[Settings, Server], Send]] = {
    "tmux": _tmux,
    "desktop": _desktop,
    "command": _command,
    "webhook": _webhook,
}
