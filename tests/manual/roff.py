"""The little of roff that a man page takes."""


def text(words: str) -> str:
    """Words as roff reads them as nothing but words."""
    safe = "".join(_char(char) for char in words)
    return f"\\&{safe}" if safe.startswith((".", "'")) else safe


def _char(char: str) -> str:
    if char in "\\-`^~":
        return {"\\": "\\e", "-": "\\-", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"}[char]
    return char if char.isascii() else f"\\[u{ord(char):04X}]"


def bold(words: str) -> str:
    """Words in bold."""
    return f"\\fB{text(words)}\\fR"


def italic(words: str) -> str:
    """Words underlined, as what stands for something else."""
    return f"\\fI{text(words)}\\fR"


def heading(title: str) -> list[str]:
    """A section's heading."""
    return [f'.SH "{text(title)}"']


def subheading(title: str) -> list[str]:
    """A heading inside a section."""
    return [f'.SS "{text(title)}"']


def paragraph(words: str) -> list[str]:
    """A paragraph, filled."""
    return [".PP", text(" ".join(words.split()))]


def entry(tag: str, words: str) -> list[str]:
    """A term, which is roff already, and what it means."""
    return [".TP", tag, text(" ".join(words.split()))]


def example(line: str) -> list[str]:
    """A line as it is typed."""
    return [".PP", ".RS 4", ".EX", text(line), ".EE", ".RE"]
