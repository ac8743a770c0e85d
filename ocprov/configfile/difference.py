"""The difference of two files as a person may see it: no secret, no control character, not too long."""

import re
from collections.abc import Iterator, Sequence

from ocprov.core.names import printable

LONGEST = 2000
MASK = "****"

_WORDS = r"(?:pass(?:word|wd|phrase)?|pwd|token|secret|key|credential|auth|bearer)"
# Everything behind the sign goes, the rest of an inline table too: rather too much than too little.
# The lengths have limits, for a file that is no config may have lines that take for ever without.
_VALUE = re.compile(rf"({_WORDS}[\w\"'.-]{{0,80}}\s{{0,20}}[=:]\s{{0,20}}|\bbearer\s)(\S.*)", re.IGNORECASE)
_IN_URL = re.compile(r"(\w://)[^/\s\"']*@")
# Services that tell rates want what they know one by in the query, under many a name: app_id, access, sig.
_IN_QUERY = re.compile(r"([?&][\w.-]{1,80}=)[^&#\s\"']+")
_SECTION = re.compile(rf"\s*\[\[?[^\]]*{_WORDS}", re.IGNORECASE)
_OPEN = {'"""': '"""', "'''": "'''", "[": "]"}


def lines(before: bytes, after: bytes, name: str, source: str) -> list[str]:
    """A unified diff from `before`, what `name` holds, to `after`, which is from `source`; empty where they are equal.

    Values of keys that tell of a secret are masked; where nothing else differs the lines still show as changed.
    """
    if before == after:
        return []
    old, new = _lines(before), _lines(after)
    head = [f"--- {printable(name)}", f"+++ {printable(source)}"]
    if max(len(old), len(new)) > LONGEST:
        return [*head, f"@@ {len(old)} lines and {len(new)} lines: too many to show @@"]
    return [*head, *_hunks(old, new)]


def masked(text: Sequence[str]) -> list[str]:
    """The lines with secret values masked; those that a value goes on over are masked whole."""
    shown, until, secret = [], "", False
    for raw in text:
        line = printable(raw.removesuffix("\n"))
        if until:
            until = "" if until in line else until
            shown.append(MASK)
            continue
        if line.lstrip().startswith("["):
            secret = bool(_SECTION.match(line))
        masked, value = _masked(line, whole=secret)
        until = _unclosed(value)
        shown.append(masked)
    return shown


def _masked(line: str, *, whole: bool) -> tuple[str, str]:
    """The line without its secret, and that secret."""
    found = _VALUE.search(line)
    if found:
        return _bare(f"{line[: found.start(2)]}{MASK}"), found.group(2)
    head, sign, value = line.partition("=")
    if whole and sign and not line.lstrip().startswith("["):
        return f"{head}{sign} {MASK}", value.strip()
    return _bare(line), ""


def _bare(line: str) -> str:
    """The line without the user and the password of a URL, and what it asks for."""
    return _IN_QUERY.sub(rf"\g<1>{MASK}", _IN_URL.sub(rf"\g<1>{MASK}@", line))


def _unclosed(value: str) -> str:
    """What ends a value that goes on over the next lines; empty for one that does not."""
    for start, end in _OPEN.items():
        if value.startswith(start):
            return "" if end in value[len(start) :] else end
    return ""


def _lines(data: bytes) -> list[str]:
    """The lines, each with its newline but for a last one that has none."""
    return re.findall(r"[^\n]*\n|[^\n]+", data.decode("utf-8", "backslashreplace"))


def _hunks(old: list[str], new: list[str]) -> Iterator[str]:
    import difflib  # late: most deployments show none

    shown_old, shown_new = masked(old), masked(new)
    for group in difflib.SequenceMatcher(None, old, new).get_grouped_opcodes(3):
        yield f"@@ -{_range(group[0][1], group[-1][2])} +{_range(group[0][3], group[-1][4])} @@"
        for tag, first, last, start, end in group:
            if tag == "equal":
                yield from (f" {line}" for line in shown_old[first:last])
                continue
            yield from _signed("-", old[first:last], shown_old[first:last])
            yield from _signed("+", new[start:end], shown_new[start:end])


def _signed(sign: str, raw: Sequence[str], shown: Sequence[str]) -> Iterator[str]:
    for written, line in zip(raw, shown, strict=True):
        yield f"{sign}{line}"
        if not written.endswith("\n"):
            yield "\\ No newline at end of file"


def _range(first: int, last: int) -> str:
    length = last - first
    return f"{first + (length > 0)}" if length == 1 else f"{first + (length > 0)},{length}"
