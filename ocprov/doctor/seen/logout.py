"""Gathers what systemd does at logout."""

import os
from pathlib import Path

from ocprov.doctor.lingering import Logout, kills
from ocprov.persistence import units

_FOLDERS = ("/usr/lib/systemd", "/lib/systemd", "/usr/local/lib/systemd", "/run/systemd", "/etc/systemd")
_SERVICES = {"boot": "ocprov-boot.service", "save": "ocprov-save.timer"}


def logout() -> Logout | None:
    """What it does; None where it does not run, or for root, whom it leaves alone."""
    if units.manager() != "systemd" or os.geteuid() == 0:
        return None
    directory = units.systemd_directory()
    services = tuple(name for name, file in _SERVICES.items() if (directory / file).exists())
    return Logout(kills(conf()), units.lingers(), services)


def conf(root: Path = Path("/")) -> tuple[str, ...]:
    """The texts of logind.conf and of its drop-ins, in the order in which systemd takes them."""
    folders = [root / folder.lstrip("/") for folder in _FOLDERS]
    mains = [folder / "logind.conf" for folder in folders]
    drops = {path.name: path for folder in folders for path in (folder / "logind.conf.d").glob("*.conf")}
    texts = (_text(path) for path in (*mains, *(drops[name] for name in sorted(drops))))
    return tuple(text for text in texts if text)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
