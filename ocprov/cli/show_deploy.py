"""What `deploy` did or would do, for people and for programs; pure."""

from ocprov.cli.terminal import style
from ocprov.configfile.change import Change
from ocprov.core.names import printable
from ocprov.errors import ConflictError

_DONE = {
    "create": "created {real}, from {source}",
    "replace": "replaced {real}, from {source}",
    "adopt": "unchanged {real} (now recorded as deployed)",
    "chmod": "changed the mode of {real}: not any user can write to it now",
    "none": "unchanged {real}",
    "keep": "kept {real} as it is, until the source changes",
    "restore": "restored {real}, {reason}",
}
_WOULD = {
    "create": "would create {real}, from {source}",
    "replace": "would replace {real}, from {source}",
    "adopt": "unchanged {real}",
    "chmod": "would change the mode of {real}: any user can write to it",
    "none": "unchanged {real}",
    "keep": "would keep {real} as it is, until the source changes",
    "restore": "would restore {real}, {reason}",
    "conflict": "conflict {real}",
}
_LINKED = {"create": "linked {real} to {source}", "replace": "linked {real} to {source}"}
_WOULD_LINK = {"create": "would link {real} to {source}", "replace": "would link {real} to {source}"}
_COLORS = {"+": "green", "-": "red", "@": "cyan"}


def changes(change: Change) -> bool:
    """Whether the file is, or would be, another one than before."""
    return change.action in ("create", "replace", "chmod", "restore")


def line(change: Change, source: str, *, dry_run: bool) -> str:
    """One line that says what happened to which path."""
    words = _WOULD if dry_run else _DONE
    if change.link:
        words = words | (_WOULD_LINK if dry_run else _LINKED)
    said = words[change.action].format(real=change.real, source=source, reason=change.reason)
    if change.backup:
        said += f" (what it held: {change.backup})"
    elif change.action == "none" and change.sha_old != change.sha_new:
        said += f": {change.reason}"
    return printable(said)


def diff(change: Change, source: str) -> list[str]:
    """The difference that was or would be made, secrets masked; empty where the bytes are the same."""
    if change.sha_old == change.sha_new:
        return []
    if change.after is None or (change.before is None and change.sha_old):
        return [
            f"--- {printable(str(change.real))}",
            f"+++ {printable(source)}",
            "@@ too large to be shown @@",
        ]
    from ocprov.configfile import difference  # late: most deployments show none

    return difference.lines(change.before or b"", change.after, str(change.real), source)


def painted(lines: list[str]) -> list[str]:
    """A diff in colour."""
    head = [style(text, bold=True) for text in lines[:2]]
    return head + [style(text, fg=_COLORS[text[0]]) if text[:1] in _COLORS else text for text in lines[2:]]


def conflict(change: Change, options: str) -> ConflictError:
    """The refusal, with the two ways on; `options` are those of this call that they need."""
    again = f"ocprov deploy {options}".rstrip()
    hint = printable(
        f"nothing was touched; {again} --keep leaves it so, --force replaces it and keeps a backup"
    )
    return ConflictError(printable(f"{change.real} is in the way: {change.reason}"), hint)


def data(change: Change, *, dry_run: bool, shown: list[str]) -> dict[str, object]:
    """What `--json` says about a change; `shown` is its diff, where that is wanted."""
    return {
        "path": str(change.target),
        "realpath": str(change.real),
        "action": change.action,
        "changed": changes(change),
        "dry_run": dry_run,
        "reason": change.reason,
        "backup": str(change.backup) if change.backup else None,
        "sha_old": change.sha_old or None,
        "sha_new": change.sha_new,
        "warning": "; ".join(change.warnings) or None,
        "link": change.link,
        "diff": "\n".join(shown) or None,
    }
