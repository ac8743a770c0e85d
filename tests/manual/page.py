"""The man page, built from the commands."""

import re
from collections.abc import Iterator

import click

from ocprov import __version__
from ocprov.cli.main import COMMANDS, cli
from tests.manual import roff

EXIT = {
    "0": "done, or as declared",
    "1": "failed; stderr says why and what to do next, in two lines",
    "2": "the command line makes no sense",
    "3": "not as wanted: plan and status with --exit-code, --check and --dry-run, a limit that is passed",
    "4": "a conflict that a person must decide; nothing was touched",
    "75": "another ocprov is still at work",
    "130": "interrupted",
    "255": "of attach --host, which ends as ssh does: the host was not reached",
}
FILES = {
    "~/.config/ocprov/config.toml": "settings; ocprov config init writes one with every key",
    "~/.config/ocprov/layouts/": "layouts of your own; one of the same alias goes before a shipped one",
    "~/.config/ocprov/tmux.conf": "what ocprov tmux-conf --install wrote, read by your tmux.conf",
    "~/.local/state/ocprov/run/": "the launchers that panes run, a directory for each session",
    "~/.local/state/ocprov/log/": "logs, one for each session",
    "~/.local/state/ocprov/lock/": "locks",
    "~/.local/share/ocprov/": "the demo's sample data, exports, and on a host of a fleet its ocprov",
    "~/.cache/ocprov/plans/": "what layouts declared the last time",
    "~/.cache/ocprov/wheels/": "what hosts of a fleet are sent",
}
ENVIRONMENT = {
    "XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_DATA_HOME, XDG_CACHE_HOME": "where the directories above are instead",
    "OCPROV_SECTION_KEY": "goes before that key of config.toml: OCPROV_ALERT_DAILY=5",
    "OCPROV_COMMAND_OPTION": "is as that option: OCPROV_UP_DETACH=1",
    "TMUX_TMPDIR": "where tmux has its sockets",
    "NO_COLOR": "no colour",
}


def text() -> str:
    """The page; the same for the same commands, on any machine and day."""
    return "\n".join(line for part in (_top(), _commands(), _rest()) for line in part) + "\n"


def _top() -> Iterator[str]:
    context = click.Context(cli, info_name="ocprov")
    yield '.\\" Written by: python -m tests.manual'
    yield ".nr HY 0"
    yield f'.TH OCPROV 1 "" "ocprov {__version__}" "ocprov"'
    yield ".ad l"
    yield from roff.heading("NAME")
    yield f"ocprov \\- {roff.text('provision tmux sessions for OpenCode from declarative layouts')}"
    yield from roff.heading("SYNOPSIS")
    yield f"{roff.bold('ocprov')} [{roff.italic('options')}] {roff.italic('command')} [{roff.italic('arguments')}]"
    yield from roff.heading("DESCRIPTION")
    yield from roff.paragraph(
        "One command provisions the tmux sessions of somebody who works with OpenCode: dashboards of what it costs, "
        "logs, development sessions. They are declared in layouts, and ocprov up keeps them as declared: run it "
        "again, and what is missing comes back, what failed is run again, and everything else is left alone."
    )
    yield from roff.example("ocprov up monitoring")
    yield from roff.heading("OPTIONS")
    yield from _options(cli, context)
    yield from roff.entry(roff.bold("-h, --help"), "what a command does and takes; of every command")


def _commands() -> Iterator[str]:
    yield from roff.heading("COMMANDS")
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        if command is None:
            raise LookupError(name)
        yield from _command(command, f"ocprov {name}")


def _command(command: click.Command, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    pieces = [piece for piece in command.collect_usage_pieces(context) if piece != "[OPTIONS]"]
    yield from roff.subheading(" ".join((name, *pieces)))
    for paragraph in re.split(r"\n\s*\n", (command.help or "").replace("\b", "")):
        yield from roff.paragraph(paragraph)
    yield from _options(command, context)
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        yield from _command(each, f"{name} {each.name}")


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for param in command.get_params(context):
        record = param.get_help_record(context)
        if isinstance(param, click.Option) and record and "--help" not in param.opts:
            yield from roff.entry(roff.bold(record[0]), record[1])


def _rest() -> Iterator[str]:
    for title, table, style in (
        ("EXIT STATUS", EXIT, roff.bold),
        ("FILES", FILES, roff.italic),
        ("ENVIRONMENT", ENVIRONMENT, roff.bold),
    ):
        yield from roff.heading(title)
        for term, meaning in table.items():
            yield from roff.entry(style(term), meaning)
    yield from roff.heading("SEE ALSO")
    yield "\\fBtmux\\fR(1), \\fBtmuxp\\fR(1)"
