"""Settings in the environment: `OCPROV_SECTION_KEY`, lists separated by commas."""

from contextlib import suppress

from ocprov.core.keys import Key, why_not
from ocprov.errors import OcprovError

_FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def variable(key: Key) -> str:
    """The variable of a key."""
    return f"OCPROV_{key.name.replace('.', '_').upper()}"


def parsed(key: Key, text: str) -> object:
    """The value that `text` means for `key`; OcprovError when it means none."""
    value = _value(key, text)
    why = why_not(key, value)
    if why:
        shown = "" if key.secret else f" {text!r}"
        raise OcprovError(f"{variable(key)}{shown}: {why}", f"unset {variable(key)}, or correct it")
    return value


def _value(key: Key, text: str) -> object:
    if key.kind in ("texts", "wholes"):
        parts = [part.strip() for part in text.split(",") if part.strip()]
        return [_whole(part) for part in parts] if key.kind == "wholes" else parts
    if key.kind == "flag":
        return _FLAGS.get(text.lower(), text)
    if key.kind == "whole":
        return _whole(text)
    if key.kind == "number":
        with suppress(ValueError):
            return float(text)
    return text


def _whole(text: str) -> object:
    with suppress(ValueError):
        return int(text)
    return text
