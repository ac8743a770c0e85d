"""Settings as values, each with where it came from."""

from collections.abc import Mapping
from pathlib import Path

from ocprov import state
from ocprov.core.keys import Key
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError


@dataclass(frozen=True, slots=True)
class Setting:
    """One key's value; `origin` is `default`, `config.toml:LINE` or `environment NAME`."""

    key: Key
    value: object
    origin: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting by its name; `file` is the config.toml that was asked, whether it exists or not."""

    found: Mapping[str, Setting]
    file: Path

    def text(self, name: str) -> str:
        """The value of a key of texts."""
        return str(self.found[name].value)

    def number(self, name: str) -> float:
        """The value of a key of numbers."""
        return float(str(self.found[name].value))

    def whole(self, name: str) -> int:
        """The value of a key of whole numbers."""
        return int(str(self.found[name].value))

    def flag(self, name: str) -> bool:
        """The value of a key that is true or false."""
        return self.found[name].value is True

    def texts(self, name: str) -> tuple[str, ...]:
        """The values of a key of lists; whole numbers as texts."""
        value = self.found[name].value
        return tuple(map(str, value)) if isinstance(value, list) else ()

    def path(self, name: str) -> Path | None:
        """The value of a key of paths, absolute: `~` is HOME, else it starts beside config.toml; None when empty."""
        value = self.text(name)
        if not value:
            return None
        if value == "~" or value.startswith("~/"):
            return state.home() / value[2:]
        if value.startswith("~"):
            raise OcprovError(f"{name}: {value} is another user's home", "write the path in full")
        return self.file.parent / value
