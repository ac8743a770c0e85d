"""Gathers what ocmonitor says, and what its config holds."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ocprov.configfile import asking
from ocprov.configfile import target as targets
from ocprov.configfile.ocmonitor import Document, checked
from ocprov.core.names import printable
from ocprov.core.value import replace
from ocprov.doctor.ocmonitor import Config, Ocmonitor
from ocprov.doctor.seen import program as asked
from ocprov.doctor.seen.program import Said, ask, ask_apart
from ocprov.doctor.seen.search import search
from ocprov.errors import OcprovError


def ocmonitor(needed: tuple[str, ...], compared: Callable[[], str]) -> Ocmonitor:
    """The program on PATH, asked for everything at the same time; `needed` are the layouts that need it.

    `compared` tells what `deploy` would do with its config.
    """
    path = search("ocmonitor")
    with ThreadPoolExecutor(3) as pool:
        config = pool.submit(_config, path, compared)
        if not path:
            return Ocmonitor("", needed=needed, config=config.result())
        version, help_ = pool.submit(ask, [path, "--version"]), pool.submit(_help, path)
        return Ocmonitor(path, version.result(), help_.result(), needed, config.result())


def _help(path: str) -> Said:
    """For the help of a command it reads its config and makes its directories: somewhere else than at home."""
    return ask_apart([path, "live", "--help"], ["HOME"])


def document() -> Document:
    """What its config says; empty where there is none that can be read."""
    try:
        data = targets.find(targets.standard()).data
        return checked(data, str) if data is not None else {}
    except OcprovError:
        return {}  # told where the config itself is judged


def _config(program: str, compared: Callable[[], str]) -> Config:
    target = targets.standard()
    try:
        found = targets.find(target)
    except OcprovError as error:
        return Config(str(target), problem=error.message, hint=error.hint)
    if found.data is None:
        return Config(str(target), there=False, local=_local())
    try:
        config = Config(str(target), action=compared())
    except OcprovError as error:
        config = Config(str(target), action="", untold=error.message)
    return _read(config, program, found.data)


def _read(config: Config, program: str, data: bytes) -> Config:
    """What is in it, and what the program says to that."""
    shown = printable(config.path)
    hint = "correct it, or: ocprov deploy --force"
    try:
        told = checked(data, lambda line: f"{shown}:{line}" if line else shown)
        doubt = asking.ask(program, data, told, asked.SECONDS) if program else ""
    except OcprovError as error:
        return replace(config, problem=error.message, hint=hint)
    exports = str(told.get("paths", {}).get("export_dir", "./exports"))
    return replace(config, doubt=doubt, exports="" if exports.startswith(("/", "~", "$")) else exports)


def _local() -> str:
    """A file that ocmonitor would read for want of a config of the user's."""
    here = (Path(os.curdir, name) for name in ("config.toml", "ocmonitor.toml"))
    return next((f"./{path.name}" for path in here if path.is_file()), "")
