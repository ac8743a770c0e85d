"""ocmonitor's configuration: every key of it, and what is wrong with a text that is to be one.

ocmonitor ignores keys that it does not know, and takes "5" for 5. Here both are wrong: the first is a typing error
that would do nothing, for ever, and the second is one that another version may refuse.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ocprov.core.keys import Key, Kind, problems
from ocprov.core.names import printable
from ocprov.errors import OcprovError

_BOUNDED: dict[str, tuple[float, float | None]] = {
    "ui.live_refresh_interval": (1, 60),
    "models.remote_timeout_seconds": (1, 60),
    "models.remote_cache_ttl_hours": (1, 168),
    "analytics.recent_sessions_limit": (1, 1000),
    "metrics.port": (1024, 65535),
    "currency.rate": (0, None),
    "currency.decimals": (0, 6),
    "currency.remote_rates_timeout_seconds": (1, 60),
    "currency.remote_rates_cache_ttl_hours": (1, 168),
}
_CHOSEN = {
    "ui.table_style": ("rich", "simple", "minimal"),
    "ui.theme": ("dark", "light"),
    "export.default_format": ("csv", "json"),
    "analytics.default_timeframe": ("daily", "weekly", "monthly"),
    "currency.display_format": ("symbol_prefix", "code_suffix"),
}
_KINDS: dict[Kind, str] = {
    "path": "paths.messages_dir paths.opencode_storage_dir paths.database_file paths.export_dir models.config_file "
    "models.user_file models.remote_cache_path currency.remote_rates_cache_path",
    "text": "ui.table_style ui.theme export.default_format models.remote_url analytics.default_timeframe metrics.host "
    "currency.code currency.symbol currency.display_format currency.remote_rates_url",
    "flag": "ui.progress_bars ui.colors export.include_metadata export.include_raw_data models.remote_fallback "
    "models.allow_stale_cache_on_error currency.remote_rates currency.allow_stale_rates_on_error",
    "whole": "ui.live_refresh_interval models.remote_timeout_seconds models.remote_cache_ttl_hours "
    "analytics.recent_sessions_limit metrics.port currency.decimals currency.remote_rates_timeout_seconds "
    "currency.remote_rates_cache_ttl_hours",
    "number": "currency.rate",
}
KEYS: tuple[Key, ...] = tuple(
    Key(
        name,
        kind,
        None,
        low=_BOUNDED.get(name, (None, None))[0],
        high=_BOUNDED.get(name, (None, None))[1],
        choices=_CHOSEN.get(name, ()),
    )
    for kind, names in _KINDS.items()
    for name in names.split()
)

Document = Mapping[str, Mapping[str, Any]]
Where = Callable[[int], str]


def checked(data: bytes, where: Where) -> Document:
    """What the TOML in `data` says; `where` tells a line of it (from 1; 0 for none) as a person knows it.

    Raises OcprovError with the first thing wrong, for one mistake stops every ocmonitor command.
    """
    import tomllib

    try:
        text = data.decode()
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise OcprovError(
            f"{where(line)} is not UTF-8 text", "save it as UTF-8; nothing was touched"
        ) from error
    except (ValueError, RecursionError) as error:
        raise _not_toml(text, error, where) from error
    found = problems(document, KEYS, text)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        first = found[0]
        raise OcprovError(
            f"{where(first.line)}: {printable(first.name)}: {printable(first.message)}{more}",
            "correct it; nothing was touched",
        )
    return document


def _not_toml(text: str, error: Exception, where: Where) -> OcprovError:
    import re

    if text.startswith("\ufeff"):
        return OcprovError(
            f"{where(1)} is not TOML: it starts with a byte order mark",
            "save it as UTF-8 without one; nothing was touched",
        )
    said = printable(str(error)) or "it is nested too deep"
    found = re.search(r"at line ([0-9]+)", said)
    line = int(found.group(1)) if found else 0
    return OcprovError(f"{where(line)} is not TOML: {said}", "correct it; nothing was touched")
