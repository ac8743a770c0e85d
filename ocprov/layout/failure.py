"""What goes wrong inside a template, as a LayoutError with the template's file and line."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError

from ocprov.core.names import printable
from ocprov.errors import LayoutError
from ocprov.layout.files import shown
from ocprov.layout.limits import SECONDS, Expired

if TYPE_CHECKING:
    from types import TracebackType

_NAMED = re.compile(r"'(\w+)' is undefined")


def failure(error: BaseException, path: Path, names: Iterable[str]) -> LayoutError:
    """`error`, raised while the layout `path` was rendered; `names` are the variables that there are."""
    file, line = _place(error) or (path, 0)
    message, hint = _words(error, list(names))
    return LayoutError(f"{shown(file)}:{line}: {message}" if line else f"{shown(file)}: {message}", hint)


def _place(error: BaseException) -> tuple[Path, int] | None:
    if isinstance(error, TemplateSyntaxError) and (file := error.filename or error.name):
        return Path(file), error.lineno
    found = None
    frame: TracebackType | None = error.__traceback__
    while frame is not None:
        template = frame.tb_frame.f_globals.get("__jinja_template__")
        if template is not None:
            found = Path(template.filename), template.get_corresponding_lineno(frame.tb_lineno)
        frame = frame.tb_next
    return found


def _words(error: BaseException, names: list[str]) -> tuple[str, str]:
    if isinstance(error, RecursionError):
        return "it calls, includes or extends itself without end", "end the recursion"
    if isinstance(error, Expired):
        return f"rendering took longer than {SECONDS:g} s", "loop less"
    if isinstance(error, TemplateNotFound):
        wanted = printable(str(error.message or error.name).lstrip("\0"))
        return (
            f'no file "{wanted}" in the layouts',
            "write its path from a layouts folder: observability/monitoring.yaml.j2",
        )
    text = (error.message or "") if isinstance(error, TemplateSyntaxError) else str(error)
    message = printable(" ".join(text.split()))[:200] or type(error).__name__
    message = message[:1].lower() + message[1:]
    if isinstance(error, UndefinedError):
        return message, _nearest(message, names)
    if isinstance(error, TemplateSyntaxError):
        return (
            message,
            "correct the template; text with {{ or {% that is not Jinja's goes between {% raw %} and {% endraw %}",
        )
    return message, "correct the template there"


def _nearest(message: str, names: list[str]) -> str:
    import difflib  # late: only for a mistake

    found = _NAMED.search(message)
    close = difflib.get_close_matches(found.group(1), names, n=1) if found else []
    return f'did you mean "{close[0]}"?' if close else "declare it under variables: in the header"
