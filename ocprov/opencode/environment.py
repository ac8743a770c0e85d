"""The environment of a server and of what attaches to it."""

from collections.abc import Mapping
from pathlib import Path

from ocprov.opencode import places
from ocprov.opencode.places import Places
from ocprov.opencode.record import Options
from ocprov.state import base, home

USER = "opencode"
PASSWORD = "OPENCODE_SERVER_PASSWORD"  # noqa: S105 # the variable's name
_DATA = "XDG_DATA_HOME"
XDG = {
    _DATA: "data",
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
        if name not in _STRIPPED
        and not name.startswith(("OPENCODE_", "OCPROV_"))
        and not (name == _DATA and _isolated_one(Path(value)))
    }


def data_home() -> Path:
    """The user's XDG_DATA_HOME, also where an agent on an isolated server calls."""
    found = base(_DATA, ".local/share")
    return home() / ".local/share" if _isolated_one(found) else found


def _isolated_one(data: Path) -> bool:
    """Whether it is a server's own: another server that an agent there starts is not to get its conversations."""
    return data.is_relative_to(places.folder())


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
    """What `opencode attach` is started with, in the caller's pane; it has its own TMPDIR, which it leaves files in."""
    pane = {name: caller[name] for name in ("TMUX", "TMUX_PANE") if name in caller}
    return clean(caller) | pane | {PASSWORD: password, "TMPDIR": str(tmp)} | _isolated(place, options)


def database(place: Places, options: Options, data_home: Path) -> Path:
    """Where the conversations of such a server are; `data_home` is the user's XDG_DATA_HOME."""
    root = data_home if options.isolation == "shared" else place.xdg / XDG[_DATA]
    return root / "opencode" / "opencode.db"


def _isolated(place: Places, options: Options) -> dict[str, str]:
    """`data`: not OPENCODE_DB alone, as snapshots, logs and cut outputs of tools would be the user's still.

    No further directory, as an agent's tools look there too (git, gh, npm); see `isolate` for what they find of theirs.
    """
    if options.isolation == "full":
        own = {name: str(place.xdg / folder) for name, folder in XDG.items()}
        return own | {
            "npm_config_cache": str(place.xdg / "cache/npm")
        }  # by which OpenCode installs its plugins
    return {} if options.isolation == "shared" else {_DATA: str(place.xdg / XDG[_DATA])}
