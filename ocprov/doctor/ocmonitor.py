"""Judges ocmonitor, which the dashboards run, and its config."""

import re
from collections.abc import Iterator

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.doctor.check import Check
from ocprov.doctor.fixes import Fixes
from ocprov.doctor.seen.program import Said

PACKAGE = "uv tool install opencode-monitor, pipx install opencode-monitor"
_UPGRADE = "uv tool upgrade opencode-monitor, or: pipx upgrade opencode-monitor"
_VERSION = re.compile(r"\bversion (\d+)\.(\d+)\.(\d+)\b")
_SUPPORTED = (1, 0, 2)
_WANTED = (1, 0, 5)


@dataclass(frozen=True, slots=True)
class Config:
    """Its config file, and whether that is `there`: `problem` is why it cannot be used, `hint` what to do then.

    `action` is what `deploy` would do with it (empty: it cannot tell, for the reason in `untold`), `doubt` is why
    ocmonitor did not tell what it thinks. `exports` is a relative export_dir, empty where it is absolute; `local` a
    config.toml in the directory where ocprov was called.
    """

    path: str
    there: bool = True
    action: str = "none"
    untold: str = ""
    problem: str = ""
    hint: str = ""
    doubt: str = ""
    exports: str = ""
    local: str = ""


@dataclass(frozen=True, slots=True)
class Ocmonitor:
    """What it says: to `--version`, and to `live --help`; `path` is empty where it is not on PATH."""

    path: str
    version: Said = Said()
    help: Said = Said()
    needed: tuple[str, ...] = ()
    config: Config | None = None


def judge(seen: Ocmonitor, fixed: Fixes) -> Iterator[Check]:
    """One check for the program, and for each thing that is wrong with its config."""
    if not seen.path:
        who = ", ".join(map(printable, seen.needed)) or "nothing"
        yield Check("ocmonitor", "fail", f"not on PATH; needed by {who}", fixed.advice(PACKAGE))
    else:
        yield _program(seen)
    if seen.config:
        yield from _config(seen.config, fixed)


def _program(seen: Ocmonitor) -> Check:
    what, path = "ocmonitor", printable(seen.path)
    by_hand = f"run it by hand: {path} --version"
    if seen.version.trouble:
        return Check(what, "warn", f"{path} {seen.version.trouble}", by_hand)
    found = _VERSION.search(seen.version.text)
    if found is None:
        lines = seen.version.text.strip().splitlines() or ["nothing"]
        said = printable(lines[-1].strip())[:60]
        return Check(what, "warn", f"{path} does not tell its version, but: {said}", by_hand)
    version = tuple(map(int, found.groups()))
    told = f"{'.'.join(found.groups())}, {path}"
    if version < _SUPPORTED:
        return Check(what, "fail", f"{told}: too old, it finds no data", _UPGRADE)
    if "--last" in seen.help.text:
        fork = "a fork of another schema, which may find no data of today's OpenCode"
        return Check(what, "warn", f"{told}: {fork}", "uv tool install --force opencode-monitor")
    if version < _WANTED:
        return Check(what, "warn", f"{told}: 1.0.5 or newer reads today's OpenCode, and waits less", _UPGRADE)
    return Check(what, "ok", told)


def _config(config: Config, fixed: Fixes) -> Iterator[Check]:
    what, shown = "its config", printable(config.path)
    deploy = fixed.commands.ocprov("deploy")
    if config.problem:
        yield Check(what, "fail", printable(config.problem), printable(config.hint) or f"{deploy} --diff")
        return
    if not config.there:
        yield Check(
            what, "warn", f"{shown} is not there: ocmonitor makes ./exports wherever it starts", deploy
        )
        if config.local:
            found = f"without it ocmonitor reads {printable(config.local)}, and fails where that is none of its own"
            yield Check("foreign config", "warn", found, deploy)
        return
    yield _deployed(config, shown, deploy)
    if config.doubt:
        yield Check("accepted by it", "warn", printable(config.doubt), "ocmonitor config show")
    if config.exports:
        found = f"paths.export_dir is {printable(config.exports)}: ocmonitor makes it wherever it starts"
        yield Check("exports", "warn", found, f"write paths.export_dir in full, or: {deploy} --force")


def _deployed(config: Config, shown: str, deploy: str) -> Check:
    what = "its config"
    if config.untold:
        return Check(
            what,
            "warn",
            f"{shown}; not known what it should be: {printable(config.untold)}",
            f"{deploy} --check",
        )
    if config.action == "conflict":
        look = f"{deploy} --diff; then {deploy} --force, or --keep"
        return Check(what, "warn", f"{shown} was edited, or is your own: it is not as its source is", look)
    if config.action in ("none", "adopt"):
        return Check(what, "ok", f"{shown}, as deployed")
    return Check(what, "warn", f"{shown} is not as its source is now", deploy)
