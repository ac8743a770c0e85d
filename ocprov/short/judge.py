"""Whether a session is as declared, from the lines that tmux answers with: only what is plainly so; pure."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ocprov.core.prepared import Prepared

_STATE_WORDS = 4


def notes(
    lines: "list[str]", ready: "Prepared", alive: "Callable[[int], bool]"
) -> "list[tuple[str, str]] | None":
    """The windows of a person's own in a session that is as declared, each index and name; None for any other.

    `ready` is what `core.prepared` made; `alive` tells whether a process is there.
    """
    about = _row(lines[0] if lines else "", ready["session"])
    rows = [_row(line, ready["panes"]) for line in lines[1:] if line]
    if about is None or not _session(about, ready):
        return None
    ours = [row for row in rows if row and row["@ocprov_pane"]]
    if None in rows or sorted(row["@ocprov_pane"] for row in ours) != sorted(ready["digests"]):
        return None
    if not all(_pane(row, ready, alive) for row in ours) or not _windows(ours, ready):
        return None
    return _foreign(
        [row for row in rows if row and not row["@ocprov_pane"]], {row["window_id"] for row in ours}
    )


def _row(line: str, fields: "tuple[str, ...]") -> "dict[str, str] | None":
    values = line.split("|", len(fields) - 1)
    return dict(zip(fields, values, strict=True)) if len(values) == len(fields) else None


def _session(about: "Mapping[str, str]", ready: "Prepared") -> bool:
    """Whether the session is ours as it was made, and stays when our client goes."""
    stays = about["exit-unattached"] in ("0", "off", "") or about["session_attached"] != "0"
    return about["@ocprov_session"] == ready["tag"] and about["version"] == ready["version"] and stays


def _pane(row: "Mapping[str, str]", ready: "Prepared", alive: "Callable[[int], bool]") -> bool:
    """Whether nothing is to be done to a pane of ours; see core.condition for what each word means."""
    key = row["@ocprov_pane"]
    if row["pane_dead"] != "0" or row["@ocprov_digest"] != ready["digests"][key]:
        return False
    if key not in ready["launchers"]:
        return True
    told = row["@ocprov_state"].split(" ")
    if told == [""]:
        return row[ready["started"]] == "1"
    if len(told) != _STATE_WORDS or not told[3].isdigit():
        return False
    word, _, code, pid = told
    return word in ("plain", "shell") or (
        alive(int(pid)) and (word in ("running", "waiting", "stopped") or (word == "exited" and code == "0"))
    )


def _windows(ours: "list[dict[str, str]]", ready: "Prepared") -> bool:
    """Whether each declared window has its panes together, under its name and with its options."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in ours:
        found.setdefault(row["window_id"], []).append(row)
    looks = [
        (rows[0]["window_name"], rows[0]["@ocprov_window"], sorted(row["@ocprov_pane"] for row in rows))
        for rows in found.values()
    ]
    return sorted(looks) == sorted((name, tag, sorted(keys)) for name, tag, keys in ready["windows"].values())


def _foreign(others: "list[dict[str, str]]", ours: "set[str]") -> "list[tuple[str, str]] | None":
    if any(row["window_id"] in ours or not row["window_name"].isprintable() for row in others):
        return None
    return [(row["window_index"], row["window_name"]) for row in others]
