"""`ocprov chat run`: the prompts of a file, several at a time."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.cli import complete_names, show_run
from ocprov.cli.app import App
from ocprov.cli.chatting import model_options
from ocprov.cli.context import json_option
from ocprov.cli.output import counted
from ocprov.cli.show_run import Outcome
from ocprov.core.names import printable

if TYPE_CHECKING:
    from ocprov.opencode.bulk.jobs import Format, Job
    from ocprov.opencode.bulk.results import Result, Sink
    from ocprov.opencode.bulk.run import Run
    from ocprov.opencode.heard.activity import Wait

_SUFFIX = ".results.jsonl"
_OUTPUT = "-"


@dataclass(frozen=True, slots=True)
class Pace:
    """How the prompts are sent."""

    parallel: int
    timeout: float
    stop_on_error: bool


@click.command("run")
@click.argument("file", metavar="FILE")
@click.option(
    "-j",
    "--parallel",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    metavar="N",
    help="conversations at once",
)
@click.option(
    "--dir",
    "base",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="DIR",
    help="the directory of new conversations  [default: this one]",
    shell_complete=complete_names.directories,
)
@model_options
@click.option(
    "--format",
    "written",
    type=click.Choice(["text", "jsonl", "json"]),
    help="how FILE is  [default: by its name]",
)
@click.option(
    "-o", "--out", metavar="FILE", help="where the results go, - prints them  [default: FILE.results.jsonl]"
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="for each prompt; then it is aborted",
)
@click.option("--stop-on-error", is_flag=True, help="send nothing more after a failure")
@click.option("--retry-failed", is_flag=True, help="send again what failed in a run before")
@json_option
@click.pass_obj
def command(
    app: App,
    file: str,
    parallel: int,
    base: Path,
    model: str,
    agent: str,
    written: "Format | None",
    out: str | None,
    timeout: float | None,
    stop_on_error: bool,
    retry_failed: bool,
    as_json: bool,
) -> None:
    """Send the prompts of FILE, several at a time, and write what comes of each as a line of JSON.

    FILE has a prompt a line; or it is JSON lines (.jsonl), or a JSON array (.json), of objects with prompt, and title,
    model, agent, directory, or the conversation to go on with. - is standard input, whose results are printed.

    The same command again goes on where the run before ended, and sends nothing twice.
    """
    from ocprov.opencode.bulk.read import Asked, read

    target = _target(file, out, as_json=as_json)
    jobs = read(file, Asked(base, model, agent, written))
    pace = Pace(parallel, timeout or 0.0, stop_on_error)
    if target is None:
        outcome = _print(app, jobs, pace)
        app.tell(show_run.line(outcome))
    else:
        outcome = _keep(app, jobs, pace, target, again=retry_failed)
        click.echo(show_run.data(outcome) if as_json else show_run.line(outcome))
    if outcome.signal:
        sys.exit(128 + outcome.signal)
    failed = show_run.problem(outcome)
    if failed:
        raise failed


def _target(file: str, out: str | None, *, as_json: bool) -> Path | None:
    """Where the results go; None is the output."""
    target = out or (_OUTPUT if file == _OUTPUT else file + _SUFFIX)
    if target != _OUTPUT:
        return Path(target)
    if as_json:
        raise click.UsageError("--json goes with results in a file: name one with --out.")
    return None


def _print(app: App, jobs: "Sequence[Job]", pace: Pace) -> Outcome:
    from ocprov.opencode.bulk.results import Stream

    run, number = _send(app, jobs, Stream(_write), pace, bar=not sys.stdout.isatty())
    return Outcome(len(jobs), run.counts, why=run.why, signal=number)


def _write(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


def _keep(app: App, jobs: "Sequence[Job]", pace: Pace, target: Path, *, again: bool) -> Outcome:
    from ocprov.opencode.bulk.results import kept

    keys = [job.key for job in jobs]
    with kept(target, again=again) as results:
        gone = len(set(results.states).difference(keys))
        if gone:
            app.tell(f"{printable(str(target))} has {counted(gone, 'result')} of other prompts too: kept")
        waiting = [job for job in jobs if job.key not in results.states]
        run, number = _send(app, waiting, results, pace, bar=True)
        before = len(jobs) - len(waiting)
        return Outcome(len(jobs), results.count(keys), before, run.why, number, str(target))


def _send(app: App, jobs: "Sequence[Job]", sink: "Sink", pace: Pace, *, bar: bool) -> "tuple[Run, int]":
    """Send the prompts; the run, and the signal that ended it."""
    import asyncio

    from ocprov.opencode.bulk.run import Run
    from ocprov.opencode.bulk.servers import Owners
    from ocprov.opencode.bulk.signals import until_signal

    async def sent(run: Run) -> None:
        await run.check(jobs)
        sink.start()
        await run.send(jobs)

    async def ended() -> tuple[Run, int]:
        async with Owners() as servers:
            with _progress(app, len(jobs), wanted=bar) as told:
                waits = partial(_tell_wait, app)
                run = Run(servers, sink, told, waits, pace.parallel, pace.timeout, pace.stop_on_error)
                return run, await until_signal(sent(run))

    return asyncio.run(ended())


def _tell_wait(app: App, wait: "Wait") -> None:
    if sys.stderr.isatty() and not app.quiet:
        sys.stderr.write("\r\033[K")  # the bar is painted anew behind it
    app.tell(f"{wait.conversation} waits: {printable(wait.text)}; see ocprov chat show {wait.conversation}")


@contextmanager
def _progress(app: App, length: int, *, wanted: bool) -> "Iterator[Callable[[Result], None]]":
    """A bar on a terminal's stderr, and nothing elsewhere."""
    if not (wanted and length and sys.stderr.isatty()) or app.quiet:
        yield lambda _: None
        return
    with click.progressbar(length=length, label="prompts", file=sys.stderr, show_pos=True) as bar:
        bar.render_progress()
        yield lambda _: bar.update(1)
