"""Judges config.toml: whether it reads."""

from collections.abc import Iterator

from ocprov.core.names import printable
from ocprov.doctor.check import Check
from ocprov.errors import OcprovError
from ocprov.settings import read


def judge() -> Iterator[Check]:
    """One check; what is wrong with the file is told as every command tells it."""
    try:
        settings = read.read()
    except OcprovError as error:
        yield Check("config.toml", "fail", printable(error.message), printable(error.hint))
        return
    given = sum(setting.origin != "default" for setting in settings.found.values())
    shown = printable(str(settings.file))
    told = (
        f"{given} set, the others as they are by default" if given else "every setting is as it is by default"
    )
    yield Check("config.toml", "ok", f"{shown}: {told}" if settings.file.exists() else told)
