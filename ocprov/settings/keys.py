"""Every key of config.toml: what it may be, what it is without you, and what it does."""

from ocprov.core.keys import Key

REPORTS = ("daily", "weekly", "monthly", "models", "projects")
NOTIFIERS = ("tmux", "desktop", "command", "webhook")
COSTS = ("auto", "ocmonitor", "ccusage", "opencode-usage")

_NO_KEY = "; empty: none"

KEYS: tuple[Key, ...] = (
    Key(
        "deploy.source",
        "path",
        "",
        "the file that `deploy` puts in its place  [default: ocmonitor.config.toml beside config.toml, else the shipped one]",
    ),
    Key("deploy.symlink", "flag", False, "deploy a symbolic link to the source instead of a copy"),
    Key("deploy.backups", "whole", 5, "how many backups of a deployed file are kept", low=1, high=1000),
    Key("keys.dashboard", "text", "B", "tmux key: the monitoring session" + _NO_KEY),
    Key("keys.pick", "text", "W", "tmux key: pick a session in a popup" + _NO_KEY),
    Key("keys.menu", "text", "A", "tmux key: a menu of what ocprov does" + _NO_KEY),
    Key("keys.last", "text", "a", "tmux key: back to the session before, and forth" + _NO_KEY),
    Key("keys.layout", "text", "monitoring", "the layout that the dashboard key opens"),
    Key(
        "pick.program",
        "text",
        "auto",
        "what picks: fzf, or the picker of ocprov's own; auto: fzf where there is one",
        choices=("auto", "fzf", "builtin"),
    ),
    Key("status.interval", "number", 2, "seconds between two looks of `status --watch`", low=0.2, high=3600),
    Key("chat.page", "whole", 50, "how many conversations a page of `chat ls` has", low=1, high=1000),
    Key(
        "chat.stuck",
        "number",
        10,
        "minutes without an event from which a conversation that works is stuck",
        low=0.1,
        high=10000,
    ),
    Key("alert.daily", "number", 0, "limit for a day in US dollars; 0: none", low=0),
    Key("alert.weekly", "number", 0, "limit for a week, from Monday on; 0: none", low=0),
    Key("alert.monthly", "number", 0, "limit for a calendar month; 0: none", low=0),
    Key("alert.steps", "wholes", [50, 80, 100], "per cent of a limit at which it is said", low=1, high=1000),
    Key("alert.notify", "texts", ["tmux", "desktop"], "how it is said", choices=NOTIFIERS),
    Key(
        "alert.command",
        "texts",
        [],
        "the program and its arguments for `command`; it reads the message on stdin",
    ),
    Key("alert.webhook", "text", "", "the URL for `webhook`, which gets JSON by POST", secret=True),
    Key(
        "alert.webhook_file",
        "path",
        "",
        "a file of mode 0600 with that URL, for a config.toml that is shared",
    ),
    Key("alert.source", "text", "auto", "what tells the costs; auto: the first that works", choices=COSTS),
    Key("alert.timeout", "number", 60, "seconds that it may take to tell them", low=1, high=3600),
    Key(
        "export.directory",
        "path",
        "",
        "where exports go, a directory for each day  [default: ~/.local/share/ocprov/exports]",
    ),
    Key("export.formats", "texts", ["json", "csv"], "what exports are", choices=("json", "csv")),
    Key(
        "export.reports", "texts", list(REPORTS), "which reports of ocmonitor's are exported", choices=REPORTS
    ),
    Key("export.keep", "whole", 30, "how many days of exports are kept; 0: all", low=0),
    Key("export.timeout", "number", 120, "seconds that ocmonitor may take for a report", low=1, high=3600),
    Key(
        "fleet.ssh",
        "text",
        "ssh",
        "how other machines are reached: ssh and what it is always given, in a shell's words",
    ),
    Key("fleet.timeout", "number", 15, "seconds that another machine may take to answer", low=1, high=3600),
    Key("clean.days", "whole", 30, "age in days from which `clean` removes logs and records", low=0),
)
