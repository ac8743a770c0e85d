"""What is told to a shell when Tab is pressed: by Click's own machinery, without a word to the person, and in time."""

import os
import re
import signal
import sys

import click
from click.shell_completion import CompletionItem, ShellComplete, split_arg_string

VARIABLE = "_OCPROV_COMPLETE"
# Seconds that a person would wait for a Tab.
PATIENCE = 2.0

_END = "\ue000"  # of a private use area: nobody's word has it


class TooLateError(BaseException):
    """Nobody waits any more; of no kind that something on the way would catch."""


def run(cli: click.Group, commands: dict[str, str]) -> int:
    """Print what completes the words in the environment, or nothing; the exit code."""
    # Whatever a half-typed line makes go wrong is no answer, and a message would land in the middle of the line.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    signal.signal(signal.SIGALRM, _late)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        lines = _answer(cli, commands, os.environ[VARIABLE].partition("_")[0])
    except (Exception, TooLateError):  # see above
        return 0
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    sys.stdout.write("".join(lines))
    return 0


def _late(*_: object) -> None:
    raise TooLateError


def _answer(cli: click.Group, commands: dict[str, str], shell: str) -> list[str]:
    if shell == "bash":
        words, typed = _words_of_line(os.environ["_OCPROV_LINE"])
        breaks = "" if typed[:1] in ("'", '"') else os.environ.get("_OCPROV_BREAKS", "")
    else:
        before = os.environ.get("_OCPROV_WORDS", "").split("\n")
        words, typed, breaks = [*before, os.environ.get("_OCPROV_WORD", "")], "", ""
    items, incomplete, head = _items(cli, commands, [word for word in words[:-1] if word], words[-1])
    taken = _unbroken(head + incomplete, breaks)
    quote = shell == "bash" and typed[:1] not in ("'", '"')
    return [_line(item, head, taken, quote=quote) for item in items if _shown(item)]


def _words_of_line(line: str) -> tuple[list[str], str]:
    """The words behind the command, the last one as far as it is typed; and that one as it stands there."""
    words = split_arg_string(line + _END)
    typed = re.split(r"(?<!\\)\s", line)[-1]
    name = next((number for number, word in enumerate(words) if word.rpartition("/")[2] == "ocprov"), 0)
    return [word.replace(_END, "") for word in words[name + 1 :]], typed


def _items(
    cli: click.Group, commands: dict[str, str], words: list[str], incomplete: str
) -> tuple[list[CompletionItem], str, str]:
    """What fits, what it is to complete, and what of the same word stands before that: of `--set=NAME` the `--set=`."""
    before = ""
    if incomplete.startswith("--") and "=" in incomplete:
        option, _, rest = incomplete.partition("=")
        words, before, incomplete = [*words, option], f"{option}=", rest
    # In a half-typed line Click finds no arguments behind an option that lacks its value: hence the words.
    completer = _Completer(cli, {"obj": tuple(words)}, "ocprov", VARIABLE)
    completer.commands = commands
    return completer.get_completions(words, incomplete), incomplete, before


class _Completer(ShellComplete):
    """Click's, but for the list of commands: there is a table of them, and none is imported to list them."""

    commands: dict[str, str]

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        if not args and not incomplete.startswith("-"):
            fits = (name for name in self.commands if name.startswith(incomplete))
            return [CompletionItem(name, help=self.commands[name]) for name in fits]
        return super().get_completions(args, incomplete)


def _unbroken(word: str, breaks: str) -> int:
    """How much of a word bash takes for words before it: it breaks them at `:` and `=`."""
    return max((word.rfind(char) + 1 for char in ":=" if char in breaks), default=0)


def _shown(item: CompletionItem) -> bool:
    return item.type != "plain" or str(item.value).isprintable()


def _line(item: CompletionItem, head: str, taken: int, *, quote: bool) -> str:
    value = (head + str(item.value))[taken:]
    if quote:
        value = re.sub(r"([^\w@%+=:,./-])", r"\\\1", value)
    help_text = " ".join((item.help or "").split())
    return f"{item.type}\t{value}\t{help_text}\n"
