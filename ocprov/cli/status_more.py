"""What `status` tells besides sessions, when it is asked: conversations that wait, and costs; as plain values."""

import os


def more(*, waits: bool, costs: bool) -> dict[str, object]:
    """What was asked for, by the names that it has in JSON."""
    return ({"waits": _waits()} if waits else {}) | ({"costs": _costs()} if costs else {})


def _waits() -> list[dict[str, object]]:
    """What conversations ask a person, on all servers that run here."""
    from ocprov import state

    if not os.path.isdir(f"{state.state_dir()}/opencode"):  # noqa: PTH112 # asked on every host at each look
        return []
    from ocprov.opencode.heard import activity

    return [
        {"server": place.name, "conversation": one.conversation, "kind": one.kind, "text": one.text}
        for place, one in activity.asking()
    ]


def _costs() -> dict[str, object]:
    """US dollars of today and of this month and who told them, or why that is not known."""
    from datetime import date

    from ocprov.core.names import printable
    from ocprov.errors import OcprovError
    from ocprov.settings.read import read
    from ocprov.watch import sources

    settings = read()
    try:
        told = sources.ask(
            ("daily", "monthly"),
            today=date.today(),
            source=settings.text("alert.source"),
            patience=settings.number("alert.timeout"),
        )
    except OcprovError as error:
        return {"problem": printable(error.message)}
    found = {one.period: round(one.amount, 6) for one in told.costs}
    return {
        "today": found["daily"],
        "month": found["monthly"],
        "currency": "USD",
        "source": told.costs[0].source,
    }
