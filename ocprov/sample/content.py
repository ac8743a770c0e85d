"""What the sample is about: invented projects, and models with their prices."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """A model as OpenCode names it; prices in USD for a million tokens."""

    provider: str
    name: str
    input: float
    output: float
    cache_read: float
    cache_write: float


@dataclass(frozen=True, slots=True)
class Project:
    """A project that nobody has; each title is a conversation, each search one of a sub-agent.

    `command` is what its agents run.
    """

    directory: str
    titles: tuple[str, ...]
    searches: tuple[str, ...]
    files: tuple[str, ...]
    command: str


SONNET = Model("anthropic", "claude-sonnet-5", 2.0, 10.0, 0.2, 2.5)
OPUS = Model("anthropic", "claude-opus-5-5", 4.0, 20.0, 0.2, 5.0)
CODEX = Model("openai", "gpt-5.3-codex", 1.75, 14.0, 0.175, 0.0)
FLASH = Model("google", "gemini-3-flash", 0.5, 3.0, 0.05, 0.0)

MAIN_MODELS = (SONNET, CODEX, OPUS)
MAIN_WEIGHTS = (5, 3, 2)
SUB_AGENT_MODEL = FLASH

AGENTS = ("build", "plan")
AGENT_WEIGHTS = (4, 1)
SUB_AGENT = "explore"

READING = ("read", "read", "read", "grep", "grep", "glob")
WORKING = (*READING, "edit", "edit", "edit", "edit", "bash", "bash", "bash")

PROJECTS = (
    Project(
        "/home/demo/src/webshop",
        (
            "Round cart totals once, at the end",
            "Fix the flaky login test",
            "Add CSV export of orders",
            "Show stock in the product list",
            "Move checkout to the new API",
            "Speed up the search page",
        ),
        ("Find rounding", "List API calls", "Find slow queries"),
        ("src/cart/totals.ts", "src/checkout/api.ts", "src/search/page.tsx", "tests/login.spec.ts"),
        "npm test",
    ),
    Project(
        "/home/demo/src/billing-api",
        (
            "Write the migration for invoices",
            "Make webhooks idempotent",
            "Explain the retry queue",
            "Return 422 for a bad currency",
            "Upgrade to PostgreSQL 18",
        ),
        ("Find invoice SQL", "Trace a webhook"),
        ("billing/invoices.py", "billing/webhooks.py", "billing/currency.py", "migrations/0042_invoices.sql"),
        "pytest -q",
    ),
    Project(
        "/home/demo/src/weather-cli",
        (
            "Cache the forecast for ten minutes",
            "Add shell completion",
            "Draft the 2.0 release notes",
            "Parse times with a zone",
        ),
        ("Find completions", "List changes"),
        ("cmd/forecast.go", "cmd/completion.go", "internal/cache/cache.go", "CHANGELOG.md"),
        "go test ./...",
    ),
    Project(
        "/home/demo/dotfiles",
        ("Tidy the tmux keys", "Explain tmux hooks", "Replace the prompt by a faster one"),
        ("Find double keys",),
        (".tmux.conf", ".zshrc", "bin/prompt"),
        "zsh -n .zshrc",
    ),
)
