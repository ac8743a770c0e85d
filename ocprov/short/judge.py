"""Whether a session is as declared, from the lines that tmux answers with: only what is plainly so; pure."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

_STATE_WORDS = 4


def notes(
    lines: "list[str]", wanted: "Mapping[str, Any]", alive: "Callable[[int], bool]"
) -> "list[tuple[str, str]] | None":
    """The windows of a person's own in a session that is as declared, each index and name; None for any other.

    `wanted` is what `core.prepared` made; `alive` tells whether a process is there.
    """
    about = _row(lines[0] if lines else "", wanted["session"])
    rows = [_row(line, wanted["panes"]) for line in lines[1:] if line]
    if about is None or not _session(about, wanted):
        return None
    ours = [row for row in rows if row and row["@ocprov_pane"]]
    if None in rows or sorted(row["@ocprov_pane"] for row in ours) != sorted(wanted["digests"]):
        return None
    if not all(_pane(row, wanted, alive) for row in ours) or not _windows(ours, wanted):
        return None
    return _foreign(
        [row for row in rows if row and not row["@ocprov_pane"]], {row["window_id"] for row in ours}
    )


def _row(line: str, fields: "tuple[str, ...]") -> "dict[str, str] | None":
    values = line.split("|", len(fields) - 1)
    return dict(zip(fields, values, strict=True)) if len(values) == len(fields) else None


def _session(about: "Mapping[str, str]", wanted: "Mapping[str, Any]") -> bool:
    """Whether the session is ours as it was made, and stays when our client goes."""
    stays = about["exit-unattached"] in ("0", "off", "") or about["session_attached"] != "0"
    return about["@ocprov_session"] == wanted["tag"] and about["version"] == wanted["version"] and stays


def _pane(row: "Mapping[str, str]", wanted: "Mapping[str, Any]", alive: "Callable[[int], bool]") -> bool:
    """Whether nothing is to be done to a pane of ours; see core.condition for what each word means."""
    key = row["@ocprov_pane"]
    if row["pane_dead"] != "0" or row["@ocprov_digest"] != wanted["digests"][key]:
        return False
    if key not in wanted["launchers"]:
        return True
    told = row["@ocprov_state"].split(" ")
    if told == [""]:
        return row[wanted["started"]] == "1"
    if len(told) != _STATE_WORDS or not told[3].isdigit():
        return False
    word, _, code, pid = told
    return word in ("plain", "shell") or (
        alive(int(pid)) and (word in ("running", "waiting", "stopped") or (word == "exited" and code == "0"))
    )


def _windows(ours: "list[dict[str, str]]", wanted: "Mapping[str, Any]") -> bool:
    """Whether each declared window has its panes together, under its name and with its options."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in ours:
        found.setdefault(row["window_id"], []).append(row)
    looks = [
        (rows[0]["window_name"], rows[0]["@ocprov_window"], sorted(row["@ocprov_pane"] for row in rows))
        for rows in found.values()
    ]
    return sorted(looks) == sorted(
        (name, tag, sorted(keys)) for name, tag, keys in wanted["windows"].values()
    )


def _foreign(others: "list[dict[str, str]]", ours: "set[str]") -> "list[tuple[str, str]] | None":
    if any(row["window_id"] in ours or not row["window_name"].isprintable() for row in others):
        return None
    return [(row["window_index"], row["window_name"]) for row in others]
