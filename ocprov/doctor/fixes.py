"""The commands in fixes, right for this system: which installer there is, and which tmux server is meant."""

import re

from ocprov.core.value import dataclass
from ocprov.doctor.command import Commands

# As they are written in an advice, the system's own before those of languages.
INSTALLERS = (
    "apt",
    "apt-get",
    "dnf",
    "yum",
    "zypper",
    "pacman",
    "apk",
    "brew",
    "uv",
    "pipx",
    "npm",
    "cargo",
)
_FOR_ROOT = INSTALLERS[:7]
_COMMAND = re.compile(
    rf"(?<![\w-])({'|'.join(sorted(INSTALLERS, key=len, reverse=True))}) (?:install|tool install|add|-S)(?: [\w@.+/-]+)+"
)
_AGAIN = re.compile(r" (?:or|and|then|see)\b.*")

TMUX = (
    "apt install tmux, dnf install tmux, zypper install tmux, pacman -S tmux, apk add tmux, brew install tmux"
)
CCZE = "apt install ccze, dnf install ccze, apk add ccze, brew install ccze"
PS = "apt install procps, dnf install procps-ng, zypper install procps, pacman -S procps-ng, apk add procps"


@dataclass(frozen=True, slots=True)
class Fixes:
    """`installers` are those of INSTALLERS that are on PATH; `become` is what a command for root begins with."""

    commands: Commands
    installers: frozenset[str] = frozenset()
    become: str = ""

    def advice(self, text: str) -> str:
        """The first command in an advice that this system has, to paste; the whole advice where it has none."""
        for match in _COMMAND.finditer(text):
            if match[1] in self.installers:
                command = _AGAIN.sub("", match[0])
                return f"{self.become}{command}" if match[1] in _FOR_ROOT else command
        return text
