"""Jinja for layouts: nothing of Python to get at, nothing without a limit, marks for lines."""

import functools
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, NoReturn

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ocprov.layout.facts import Facts
from ocprov.layout.limits import Budget, LimitError, refuse_wide
from ocprov.layout.loader import RootsLoader
from ocprov.layout.marks import Marks, indented, unmarked
from ocprov.layout.quoting import scalar, shell
from ocprov.layout.rewrite import rewrite

# Of Jinja's filters those that cannot make much from little, are no chance, and are no HTML.
_KEPT: Final = re.findall(
    r"\w+",
    "abs capitalize count d default dictsort first float groupby int items last length list lower map max min reject "
    "rejectattr reverse select selectattr sort string title trim truncate unique upper wordcount",
)

_STEPS_OF_A_CALL: Final = 25
_STEPS_OF_A_FILE: Final = 100

_METHODS: Final[dict[type, frozenset[str]]] = {
    str: frozenset(
        re.findall(
            r"\w+",
            "capitalize casefold count endswith find index isalnum isalpha isascii isdecimal isdigit islower isnumeric "
            "isspace istitle isupper lower lstrip partition removeprefix removesuffix rfind rindex rpartition rsplit rstrip "
            "split splitlines startswith strip swapcase title upper",
        )
    ),
    dict: frozenset(("get", "items", "keys", "values")),
    list: frozenset(("count", "index")),
    tuple: frozenset(("count", "index")),
}
_PLAIN: Final = (str, bytes, int, float, complex, list, tuple, dict, set, frozenset, range, type, slice)


class _Context(Context):
    """Where names are looked up; notes when the directory that a layout is for is one of them."""

    def resolve_or_missing(self, key: str) -> Any:
        """The value of a name."""
        if key in ("dir", "project"):
            environment: LayoutEnvironment = self.environment  # type: ignore[assignment] # the one below
            environment.facts.placed = True
        return super().resolve_or_missing(key)


class LayoutEnvironment(ImmutableSandboxedEnvironment):
    """One rendering's environment; the budget is spent over all its templates together."""

    intercepted_binops = frozenset(("+", "*", "**", "%"))
    context_class = _Context

    def __init__(self, facts: Facts) -> None:
        super().__init__(
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            optimized=False,
            extensions=[Marks],
            loader=RootsLoader(facts),
        )
        self.facts = facts
        self.budget = Budget()
        self.parsed: dict[str, nodes.Template] = {}
        self.numbers: dict[str, int] = {}
        self.globals = {"range": _range, "dict": dict, "namespace": self.globals["namespace"]}
        self.filters = _filters(self.budget)
        self.concat = self._concat  # type: ignore[method-assign] # what Jinja's compiled code looks up

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files parsed so far; a mark's number counts them."""
        return tuple(Path(name) for name in self.numbers)

    def number(self, filename: str | None) -> int:
        """The number of a file in marks."""
        return self.numbers.setdefault(str(filename), len(self.numbers))

    def tree(self, name: str) -> nodes.Template:
        """The parsed template `name`; each is read and parsed once."""
        if name not in self.parsed:
            source, filename, _ = self.loader.get_source(self, name)  # type: ignore[union-attr] # set above
            return self._parse(source, name, filename)
        return self.parsed[name]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if str(name) not in self.parsed:
            tree = rewrite(super()._parse(source, name, filename))
            tree.set_environment(self)
            self.parsed[str(name)] = tree
        return self.parsed[str(name)]

    def handle_exception(self, source: str | None = None) -> NoReturn:
        """Leave the exception as it is: its frames still know their template (see failure.py)."""
        raise  # Jinja calls this while it handles one

    def join_path(self, template: str, parent: str) -> str:
        """The name that `template`, written in `parent`, is loaded by."""
        self.budget.step(_STEPS_OF_A_FILE)
        loader: RootsLoader = self.loader  # type: ignore[assignment] # set above
        return loader.resolve(template, parent) or f"\0{template}"

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Plain values give only the methods that cannot make much from little."""
        if isinstance(obj, StrictUndefined):
            str(obj)  # raises, and names the variable
        if isinstance(obj, _PLAIN):
            return attr in _METHODS.get(type(obj), ())
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """`str.format` reaches attributes and any width; the filter `format` is there instead."""
        if super().wrap_str_format(value) is not None:
            raise SecurityError("str.format is not for layouts; use ~ or the filter format")

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 # as in Jinja
        """A call, counted, and its result measured."""
        __self.budget.step(_STEPS_OF_A_CALL)
        return __self.budget.measure(super().call(__context, __obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """An operator that could make much from little."""
        self.budget.before(operator, left, right)
        return self.budget.measure(super().call_binop(context, operator, left, right))

    def _concat(self, parts: Iterable[str]) -> str:
        parts = list(parts)
        self.budget.make(sum(map(len, parts)))
        return "".join(parts)


def _range(*bounds: int) -> range:
    result = range(*bounds)
    if len(result) > 100_000:
        raise LimitError("the range is longer than 100000")
    return result


def _filters(budget: Budget) -> dict[str, Callable[..., Any]]:
    """The filters, each given values without marks and its result measured, but for `indent`."""

    def looped(items: Iterable[object]) -> list[object]:
        rounds = list(items)
        budget.step(len(rounds) + 1)
        return rounds

    def joined(items: Iterable[object], between: str = "", attribute: str | None = None) -> str:
        if attribute is not None:
            raise LimitError("join takes no attribute here; use map(attribute=…) before it")
        texts = [str(unmarked(item)) for item in items]
        budget.make(sum(map(len, texts)) + len(texts) * len(between))
        return between.join(texts)

    def replaced(text: object, old: str, new: str, count: int = -1) -> str:
        written = str(text)
        budget.make(len(written) + written.count(old) * len(new))
        return written.replace(old, new, count)

    def formatted(text: object, *args: object, **kwargs: object) -> str:
        refuse_wide(str(text))
        return str(text) % (kwargs or args)

    def indent(text: str, width: int = 4, first: bool = False, blank: bool = False) -> str:
        budget.make(len(text) + text.count("\n") * max(0, width))
        return indented(text, width, first, blank)

    own: dict[str, Callable[..., Any]] = {
        "join": joined, "replace": replaced, "format": formatted, "sh": shell, "yaml": scalar, "tojson": scalar,
        "looped": looped, "concatenated": joined, "measured": budget.measure, "unmarked": unmarked,
    }  # fmt: skip
    plain = {name: FILTERS[name] for name in _KEPT} | own
    return {name: _guarded(function, budget) for name, function in plain.items()} | {"indent": indent}


def _guarded(function: Callable[..., Any], budget: Budget) -> Callable[..., Any]:
    place = 1 if hasattr(function, "jinja_pass_arg") else 0  # Jinja puts the context before the value

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        values = (*args[:place], unmarked(args[place]), *args[place + 1 :])
        return budget.measure(function(*values, **kwargs))

    return guarded
