"""What `status` tells besides sessions, for people; pure."""

from collections.abc import Mapping

from ocprov.cli.output import table
from ocprov.cli.show_hosts import entries, part, text
from ocprov.cli.show_status_hosts import asked, priced


def lines(more: Mapping[str, object]) -> list[str]:
    """A line for each conversation that waits, and one for the costs."""
    waits: list[tuple[str, ...]] = [
        ("asks", text(one.get("server")), asked(one)) for one in entries(more, "waits")
    ]
    shown = table(waits, paint=0) if waits else []
    if "waits" in more and not waits:
        shown = ["no conversation waits"]
    return [*shown, priced(part(more, "costs"))] if "costs" in more else shown
