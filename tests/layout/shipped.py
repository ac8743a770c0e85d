"""What the tests of the shipped layouts share."""

from datetime import datetime
from pathlib import Path

from ocprov import sample
from ocprov.core.desired import Window
from ocprov.layout.facts import Facts
from ocprov.layout.load import Loaded, load
from ocprov.layout.source import find

NAMES = {
    "monitoring": [
        "ocmonitor-live-feed",
        "ocmonitor-daily-costs",
        "ocmonitor-model-breakdown",
        "ocmonitor-session-history",
        "opencode-logs-tail",
        "workspace",
    ],
    "analysis": [
        "ocmonitor-projects",
        "ocmonitor-agents",
        "ocmonitor-weekly",
        "ocmonitor-monthly",
        "ocmonitor-exports",
    ],
    "costs": [
        "ocmonitor-daily-costs",
        "ocmonitor-weekly-costs",
        "ocmonitor-monthly-costs",
        "ocmonitor-cost-alerts",
    ],
    "development": ["server", "attach", "editor", "git", "tests", "shell", "events"],
}
HOSTILE = """/x y'"; touch pwned; $(touch pwned) `touch pwned` {{ dir }} #{pane_id} : # - é"""


def named(alias: str, *settings: str, have: tuple[str, ...] = ()) -> Loaded:
    """A layout as it is where just the programs `have`, of those it asks for, are installed."""
    optional = ("ccze", "lazygit", "tig", "watch", "less", "ocmonitor", "ocprov", "opencode")
    facts = Facts({("have", program): program in have for program in optional})
    return load(find(alias), settings=settings, directory=Path.cwd(), facts=facts)


def window(loaded: Loaded, name: str) -> Window:
    return next(window for window in loaded.desired.windows if window.name == name)


def script(window: Window) -> str:
    return "\n".join(window.panes[0].commands)


def data(home: Path, *, within: str = ".local/share", now: datetime | None = None) -> sample.Sample:
    """Sample conversations where OpenCode keeps its own, the last at work now."""
    return sample.write(home / within / "opencode", now=now or datetime.now().astimezone())
