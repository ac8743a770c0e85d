"""All the lines for tmux.conf, in one text."""

from collections.abc import Sequence

from ocprov.core.attention import ATTENTION
from ocprov.persistence import bindings, conf
from ocprov.persistence.keys import Keys

# tmux does not expand again what it inserts here; with #{E:…} it would run what is in it.
SEGMENT = f"#{{?{ATTENTION},#[reverse] #{{{ATTENTION}}} #[default],}}"

_TEXT = """\
{persistence}
# Keys, after the prefix. What you have bound yourself, before these lines or after them, stays as it is; only for a
# key that config.toml names (in its section keys) these lines win over the ones before them.
{bindings}
# The status line is yours. What calls for attention, such as !2 for two windows whose command failed, is shown by
# this in your status-right or status-left:
#   {segment}
"""


def text(keys: Keys, command: Sequence[str]) -> str:
    """The lines, for an ocprov that `command` runs (absolute); OcprovError when tmux could not read its path."""
    return _TEXT.format(
        persistence=conf.text(command), bindings=bindings.text(keys, command), segment=SEGMENT
    )
