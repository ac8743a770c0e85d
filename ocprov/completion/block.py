"""The block of ocprov's in a file that a shell reads when it starts: bytes in, bytes out, all others as they were."""

BEGIN = b"# >>> ocprov completion >>>"
END = b"# <<< ocprov completion <<<"


def damaged(data: bytes) -> bool:
    """Whether the marks are there in another way than as one pair."""
    marks = [line for line in map(bytes.strip, data.split(b"\n")) if line in (BEGIN, END)]
    return marks not in ([], [BEGIN, END])


def put(data: bytes, lines: bytes) -> bytes:
    """`data` with a block of these lines: where one was, else at the end. Undamaged data only."""
    parts = _parts(data)
    block = b"\n".join((BEGIN, lines, END)) + b"\n"
    if parts:
        return parts[0] + block + parts[1]
    between = b"" if not data or data.endswith(b"\n") else b"\n"
    return data + between + block


def take(data: bytes) -> bytes:
    """`data` without its block."""
    parts = _parts(data)
    return parts[0] + parts[1] if parts else data


def _parts(data: bytes) -> tuple[bytes, bytes] | None:
    """What is before the block and what is after it; None where there is none."""
    lines = data.splitlines(keepends=True)
    marks = [line.strip() for line in lines]
    if BEGIN not in marks:
        return None
    start, stop = marks.index(BEGIN), marks.index(END) + 1
    return b"".join(lines[:start]), b"".join(lines[stop:])
