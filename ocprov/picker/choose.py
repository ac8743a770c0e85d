"""Which program picks: fzf where there is one, or our own."""

from ocprov.errors import OcprovError
from ocprov.picker import fzf
from ocprov.picker.entry import Entry
from ocprov.questions import answer


def choose(program: str, asked: fzf.Pick) -> Entry | None:
    """The entry that a person picks, by `fzf`, `builtin`, or, if `auto`, the first that can; None for none."""
    if program == "fzf" and not answer("have", "fzf"):
        raise OcprovError("fzf is not on PATH", "install it, or set pick.program to auto in config.toml")
    if program == "fzf" or (program == "auto" and answer("have", "fzf")):
        try:
            return fzf.pick(asked)
        except fzf.UnusableError:
            if program == "fzf":
                raise
    from ocprov.picker import builtin  # late: its library takes longer to import than all the rest

    return builtin.pick(asked)
