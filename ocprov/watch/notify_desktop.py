"""The notifier `desktop`: notify-send, or osascript on macOS."""

import os
from collections.abc import Mapping
from pathlib import Path

from ocprov.errors import OcprovError
from ocprov.watch import program
from ocprov.watch.message import TITLE, Message

_PATIENCE = 10.0
# The text is an argument of the script, never a part of it: nothing is to be quoted.
_APPLESCRIPT = (
    "on run argv",
    "display notification (item 1 of argv) with title (item 2 of argv)",
    "end run",
)


def available() -> bool:
    """Whether there is a program for it, and a desktop as far as can be told."""
    place = _environment()
    if _have("notify-send", place):
        return any(place.get(name) for name in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY"))
    return _have("osascript", place)


def send(message: Message) -> bool:
    """Show it on the desktop; OcprovError when there is no program for it, or it fails."""
    place = _environment()
    if _have("notify-send", place):
        urgency = "critical" if message.urgent else "normal"
        call = ["notify-send", f"--app-name={TITLE}", f"--urgency={urgency}", "--", TITLE, message.text]
    elif _have("osascript", place):
        call = ["osascript", *(word for line in _APPLESCRIPT for word in ("-e", line)), message.text, TITLE]
    else:
        raise OcprovError(
            "there is no notify-send or osascript for a notification on the desktop",
            "apt install libnotify-bin, or leave desktop out of alert.notify",
        )
    ran = program.run(call, patience=_PATIENCE, environment=place)
    if ran.code:
        hint = "is a desktop running? else leave desktop out of alert.notify"
        raise OcprovError(f"{call[0]} did not show the notification: {ran.reason}", hint)
    return True


def _have(name: str, place: Mapping[str, str]) -> bool:
    import shutil

    return shutil.which(name, path=place["PATH"]) is not None


def _environment() -> dict[str, str]:
    """With the bus of a desktop that runs, which cron does not tell."""
    place = program.environment()
    bus = Path(f"/run/user/{os.getuid()}/bus")
    if "DBUS_SESSION_BUS_ADDRESS" not in place and bus.is_socket():
        place["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={bus}"
    return place
