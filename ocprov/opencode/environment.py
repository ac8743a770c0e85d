"""The environment of a server and of what attaches to it."""

from collections.abc import Mapping
from pathlib import Path

from ocprov.opencode.places import Places
from ocprov.opencode.record import Options

PASSWORD = "OPENCODE_SERVER_PASSWORD"  # noqa: S105 # the variable's name
XDG = {
    "XDG_DATA_HOME": "data",
    "XDG_CONFIG_HOME": "config",
    "XDG_STATE_HOME": "state",
    "XDG_CACHE_HOME": "cache",
}

# Of tmux and of whoever called: a server outlives them, and its tools would act on the caller's pane.
_STRIPPED = ("AGENT", "OPENCODE", "TMUX", "TMUX_PANE", "OCPROV", "OLDPWD")


def clean(caller: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without anything of OpenCode's or ocprov's, such as an agent's shell has it."""
    return {
        name: value
        for name, value in caller.items()
        if name not in _STRIPPED and not name.startswith(("OPENCODE_", "OCPROV_"))
    }


def server(
    caller: Mapping[str, str], place: Places, options: Options, directory: str, password: str
) -> dict[str, str]:
    """What a server is started with."""
    found = clean(caller) | {
        PASSWORD: password,
        "PWD": directory,
        "TMPDIR": str(place.tmp),
        "OPENCODE_DISABLE_AUTOUPDATE": "1",  # a program that ocprov supervises does not replace itself
    }
    if options.config_file:
        found["OPENCODE_CONFIG"] = options.config_file
    return found | _isolated(place, options)


def attached(
    caller: Mapping[str, str], place: Places, options: Options, password: str, tmp: Path
) -> dict[str, str]:
    """What `opencode attach` is started with; it keeps its own TMPDIR, which it leaves files in."""
    return clean(caller) | {PASSWORD: password, "TMPDIR": str(tmp)} | _isolated(place, options)


def database(place: Places, options: Options, data_home: Path) -> Path:
    """Where the conversations of such a server are; `data_home` is the user's XDG_DATA_HOME."""
    if options.isolation == "data":
        return place.xdg / "opencode.db"
    root = place.xdg / "data" if options.isolation == "full" else data_home
    return root / "opencode" / "opencode.db"


def _isolated(place: Places, options: Options) -> dict[str, str]:
    """`data`: only the database, as the tools of an agent look into the XDG directories too (git, gh, npm)."""
    if options.isolation == "full":
        return {name: str(place.xdg / folder) for name, folder in XDG.items()}
    return {"OPENCODE_DB": str(database(place, options, Path()))} if options.isolation == "data" else {}
