"""`ocprov chat run`: each prompt of a file is answered once, however often the run is ended."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ocprov.opencode import process
from ocprov.opencode.api.client import Client
from ocprov.opencode.api.values import Message
from ocprov.opencode.bulk.jobs import Prompt, number
from ocprov.opencode.bulk.results import Stream
from ocprov.opencode.bulk.run import Run
from ocprov.opencode.bulk.servers import Owners
from ocprov.opencode.record import Record
from tests.conftest import Result, until
from tests.opencode.provider import Provider
from tests.opencode.real import Opencode
from tests.opencode.several import PATIENCE, gate
from tests.opencode.shared import opencode, provider

__all__ = ["gate", "opencode", "provider"]

pytestmark = pytest.mark.slow

# Of the ninety prompts: enough of them at once to fetch what is known already, were it not kept.
SENT = 20

_files = count()


@pytest.fixture(scope="module")
def shop(opencode: Opencode) -> Record:
    return opencode.ensure()


@dataclass(frozen=True, slots=True)
class Batch:
    """A file of prompts, and the command that sends them."""

    opencode: Opencode
    file: Path
    options: tuple[str, ...] = ()

    @property
    def results(self) -> Path:
        return self.file.with_name(self.file.name + ".results.jsonl")

    @property
    def command(self) -> list[str]:
        directory = str(self.opencode.directory())
        return ["chat", "run", str(self.file), "--dir", directory, *self.options]

    def run(self, *more: str) -> Result:
        return self.opencode.ocprov(*self.command, *more)

    @contextmanager
    def running(self, *before: str) -> Iterator[subprocess.Popen[str]]:
        """The command on its way; killed at the end where it is still there."""
        with subprocess.Popen(
            [*before, sys.executable, "-m", "ocprov", *self.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as found:
            try:
                yield found
            finally:
                found.kill()

    def rows(self) -> dict[str, dict[str, Any]]:
        """Results by their prompts."""
        found = [json.loads(line) for line in self.results.read_text().splitlines()]
        assert len({row["prompt"] for row in found}) == len(found)
        return {row["prompt"]: row for row in found}

    def states(self) -> dict[str, str]:
        return {prompt: row["state"] for prompt, row in self.rows().items()}


Make = Callable[..., Batch]


def soon(question: Callable[[], Any]) -> None:
    until(question, PATIENCE)


@pytest.fixture
def batch(opencode: Opencode) -> Make:
    def made(*prompts: str, options: tuple[str, ...] = (), ending: str = "txt") -> Batch:
        path = opencode.machine.home / f"{next(_files)}.{ending}"
        path.write_text("".join(f"{one}\n" for one in prompts))
        return Batch(opencode, path, options)

    return made


def asked(opencode: Opencode, shop: Record, conversation: str) -> list[Message]:
    """What the user said in a conversation, as OpenCode has it."""
    found = opencode.ask(shop, lambda client: client.messages(conversation))
    return [one for one in found.items if one.role == "user"]


def idle(opencode: Opencode, shop: Record) -> bool:
    return not opencode.ask(shop, Client.status)


def test_each_prompt_is_answered_in_a_conversation_of_its_own(batch: Make, shop: Record) -> None:
    some = batch(*(f"number {one}" for one in range(12)), options=("-j", "5"))
    done = some.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"12 prompts: 12 ok; results: {some.results}\n"
    rows = some.rows()
    assert {prompt: row["text"] for prompt, row in rows.items()} == {one: f"echo: {one}" for one in rows}
    assert len({row["conversation"] for row in rows.values()}) == 12
    assert sorted(row["index"] for row in rows.values()) == list(range(12))
    assert {row["model"] for row in rows.values()} == {"fake/m1"}
    assert all(row["cost"] > 0 and row["tokens"] > 1000 and row["seconds"] > 0 for row in rows.values())
    assert sorted(some.file.parent.glob(f"{some.file.name}*")) == [some.file, some.results]


def test_a_run_after_all_is_done_sends_nothing(batch: Make, shop: Record, provider: Provider) -> None:
    some = batch("once and for all")
    some.run()
    again = some.run("--json")
    data = json.loads(again.stdout)["data"]
    assert data == {
        "prompts": 1, "ok": 1, "error": 0, "aborted": 0, "interrupted": 0, "unsent": 0, "before": 1,
        "results": str(some.results),
    }  # fmt: skip
    assert provider.prompts.count("once and for all") == 1


def test_lines_of_json_say_more_of_each_prompt(batch: Make, opencode: Opencode, shop: Record) -> None:
    other = opencode.ask(shop, lambda client: client.create("mine"))
    lines = [
        {"prompt": "named", "title": "a title", "model": "fake/m2", "agent": "plan"},
        {"prompt": "first of two", "conversation": other.id},
        {"prompt": "second of two", "conversation": other.id},
        {"prompt": "there", "directory": str(opencode.directory())},
    ]
    some = batch(*map(json.dumps, lines), ending="jsonl")
    assert some.run("--model", "fake/m1").returncode == 0
    rows = some.rows()
    assert rows["named"]["model"] == "fake/m2"
    named = opencode.ask(shop, lambda client: client.get(rows["named"]["conversation"]))
    assert (named.title, named.agent) == ("a title", "plan")
    assert [one.text for one in asked(opencode, shop, other.id)] == ["first of two", "second of two"]
    assert rows["second of two"]["text"] == "echo: second of two"
    there = opencode.ask(shop, lambda client: client.get(rows["there"]["conversation"]))
    assert there.title == "there"


def test_a_kill_at_any_moment_loses_nothing_and_sends_nothing_twice(
    batch: Make, opencode: Opencode, shop: Record, provider: Provider
) -> None:
    some = batch("before the kill", "hold alpha", "hold beta", "after the kill", options=("-j", "2"))
    with some.running() as first:
        soon(lambda: {"hold alpha", "hold beta"} <= set(provider.prompts))
        first.kill()
    assert list(some.rows()) == ["before the kill"]
    with some.results.open("a") as file:
        file.write('{"index": 1, "key": "')
    with some.running() as second:
        until(
            lambda: "after the kill" not in provider.prompts and len(opencode.ask(shop, Client.status)) == 2
        )
        provider.release()
        assert second.wait(60) == 0
    assert set(some.states().values()) == {"ok"}
    for prompt, row in some.rows().items():
        assert provider.prompts.count(prompt) == 1
        assert [one.id for one in asked(opencode, shop, row["conversation"])] == [row["message"]]
        assert row["text"].endswith(f"echo: {prompt}")
    assert not some.results.with_name(some.results.name + ".sent").exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_what_a_signal_interrupts_is_aborted_and_gone_on_with(
    batch: Make, opencode: Opencode, shop: Record, provider: Provider, number: signal.Signals, code: int
) -> None:
    held, later = f"hold {number.name}", f"later {number.name}"
    some = batch(held, later, options=("-j", "1"))
    with some.running() as first:
        soon(lambda: held in provider.prompts)
        first.send_signal(number)
        said, _ = first.communicate(timeout=60)
        assert first.returncode == code
    assert said.startswith("2 prompts: 0 ok, 1 interrupted, 1 not sent")
    assert some.states() == {held: "interrupted"}
    soon(lambda: idle(opencode, shop))
    provider.release()
    done = some.run()
    assert done.stdout.startswith("2 prompts: 2 ok;")
    assert some.states() == {held: "ok", later: "ok"}
    row = some.rows()[held]
    assert [one.id for one in asked(opencode, shop, row["conversation"])] == [row["message"]]


def test_what_fails_is_said_and_sent_again_when_that_is_asked_for(
    batch: Make, opencode: Opencode, shop: Record, provider: Provider
) -> None:
    some = batch("fail 400", "fine")
    done = some.run()
    assert done.returncode == 1
    assert done.stdout.startswith("2 prompts: 1 ok, 1 error;")
    assert "error: 1 of 2 prompts failed\nhint: " in done.stderr
    assert some.rows()["fail 400"]["error"] == "APIError: fake 400"
    assert some.run().returncode == 1
    assert provider.prompts.count("fail 400") == 1
    assert some.run("--retry-failed").returncode == 1
    assert provider.prompts.count("fail 400") == 2
    row = some.rows()["fail 400"]
    assert len(asked(opencode, shop, row["conversation"])) == 1


def test_after_a_failure_nothing_more_is_sent_where_that_is_asked_for(batch: Make, shop: Record) -> None:
    some = batch("fail 401", "never sent", options=("-j", "1"))
    done = some.run("--stop-on-error")
    assert done.returncode == 1
    assert "error: 1 prompt not sent, as one failed" in done.stderr
    assert some.states() == {"fail 401": "error"}
    some.run()
    assert some.states() == {"fail 401": "error", "never sent": "ok"}


def test_what_takes_too_long_is_aborted(batch: Make, opencode: Opencode, shop: Record) -> None:
    some = batch("hold too long")
    assert some.run("--timeout", "2").returncode == 1
    assert some.rows()["hold too long"]["error"] == "no answer within 2 s: aborted"
    soon(lambda: idle(opencode, shop))


def test_what_another_aborts_is_told_as_that(
    batch: Make, opencode: Opencode, shop: Record, provider: Provider
) -> None:
    some = batch("hold for another")
    with some.running() as sending:
        soon(lambda: "hold for another" in provider.prompts)
        (busy,) = opencode.ask(shop, Client.status)
        opencode.ask(shop, lambda client: client.abort(busy))
        assert sending.wait(60) == 1
    assert some.states() == {"hold for another": "aborted"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"prompt": "x", "model": "fake/m9"}, "prompt 2: the server has no model fake/m9"),
        ({"prompt": "x", "agent": "nobody"}, "prompt 2: the server has no agent nobody"),
        ({"prompt": "x", "conversation": "ses_nowhere"}, "prompt 2: there is no conversation ses_nowhere"),
        ({"prompt": "x", "directory": "/"}, "prompt 2: no server runs in /"),
        ({"prompt": "x", "directory": "/missing"}, ":2: /missing: no such file or directory"),
        (
            {"prompt": "x", "directory": "~nobody-here/x"},
            ":2: ~nobody-here/x: nobody knows that home directory",
        ),
        ({"prompt": "x", "directory": "a\0b"}, ":2: a\\x00b is no path"),
        ({"prompt": ""}, ":2: the prompt is empty"),
    ],
    ids=["model", "agent", "conversation", "server", "directory", "home", "NUL", "prompt"],
)
def test_what_cannot_be_sent_is_refused_before_anything_is(
    batch: Make, shop: Record, provider: Provider, line: dict[str, str], said: str
) -> None:
    some = batch('"not sent either"', json.dumps(line), ending="jsonl")
    done = some.run()
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 2
    assert "not sent either" not in provider.prompts
    assert not some.results.exists()


def test_two_runs_of_a_file_do_not_mix(batch: Make, shop: Record, provider: Provider) -> None:
    some = batch("hold for two runs")
    with some.running() as first:
        soon(lambda: "hold for two runs" in provider.prompts)
        second = some.run()
        assert second.returncode == 75
        assert f"(process {first.pid}) is still at work" in second.stderr
        provider.release()
        assert first.wait(60) == 0


def test_results_of_lines_that_are_gone_are_kept_and_said(batch: Make, shop: Record) -> None:
    some = batch("stays", "goes")
    some.run()
    some.file.write_text("new\nstays\n")
    done = some.run()
    assert done.stderr == f"ocprov: {some.results} has 1 result of other prompts too: kept\n"
    assert done.stdout.startswith("2 prompts: 2 ok (1 of them before);")
    assert some.states() == {"stays": "ok", "goes": "ok", "new": "ok"}


def test_standard_input_is_answered_on_the_output(opencode: Opencode, shop: Record) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ocprov", "chat", "run", "-", "--dir", shop.directory],
        input="by a pipe\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout)["text"] == "echo: by a pipe"
    assert done.stderr == "ocprov: 1 prompt: 1 ok\n"


def test_a_terminal_sees_how_far_it_is(batch: Make, shop: Record) -> None:
    some = batch("seen on a terminal", "and this")
    ours, theirs = os.openpty()
    shown = b""
    with subprocess.Popen(
        [sys.executable, "-m", "ocprov", *some.command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    ) as run:
        os.close(theirs)
        with suppress(OSError):  # its end
            while more := os.read(ours, 4096):
                shown += more
    os.close(ours)
    assert run.returncode == 0
    assert b"prompts" in shown
    assert b"2/2" in shown


def test_models_and_agents_are_fetched_once_for_ninety_prompts(opencode: Opencode, shop: Record) -> None:
    jobs = number(
        [
            Prompt(f"prompt {one}", model=f"fake/m{one % 2 + 1}", agent="build", directory=shop.directory)
            for one in range(90)
        ]
    )
    paths: Counter[str] = Counter()
    lines: list[str] = []

    async def heard(request: Any) -> None:
        paths[request.url.path] += 1

    async def sent() -> None:
        async with Owners() as servers:
            run = Run(servers, Stream(lines.append), lambda _: None, lambda _: None, parallel=8)
            server = await servers.of(jobs[0].prompt)
            server.client._http._http.event_hooks["request"].append(heard)
            await run.check(jobs)
            await run.send(jobs[:SENT])
            assert run.counts == {"ok": SENT}

    asyncio.run(sent())
    assert len(lines) == paths["/session"] == SENT
    assert paths["/config/providers"] == paths["/agent"] == paths["/command"] == 1


def test_what_the_server_was_answering_when_it_was_killed_is_gone_on_with(
    batch: Make, opencode: Opencode, shop: Record, provider: Provider
) -> None:
    some = batch("hold through a crash", "after the crash", options=("-j", "1"))
    with some.running() as first:
        soon(lambda: "hold through a crash" in provider.prompts)
        os.kill(opencode.record().server.pid, signal.SIGKILL)
        assert first.wait(90) == 1
    assert some.states() == {"hold through a crash": "interrupted", "after the crash": "ok"}
    provider.release()
    assert some.run().returncode == 0
    row = some.rows()["hold through a crash"]
    now = opencode.record()
    assert process.runs(now.server)
    assert [one.id for one in asked(opencode, now, row["conversation"])] == [row["message"]]


def test_a_server_that_is_stopped_gets_no_more_prompts(
    batch: Make, opencode: Opencode, shop: Record, provider: Provider
) -> None:
    some = batch("hold until it stops", "never sent", options=("-j", "1"))
    with some.running() as sending:
        soon(lambda: "hold until it stops" in provider.prompts)
        assert opencode.ocprov("server", "stop", "--force", "--dir", shop.directory).returncode == 0
        said, failed = sending.communicate(timeout=90)
        assert sending.returncode == 1
    assert said.startswith("2 prompts: 0 ok, 1 interrupted, 1 not sent; results: ")
    assert failed.startswith(f"error: 1 prompt not sent: the server of {shop.directory} is stopped")
    assert f"hint: ocprov server ensure --dir {shop.directory}; then the same command again" in failed
    before = some.results.read_text()
    refused = some.run()
    assert refused.returncode == 1
    assert "is not running" in refused.stderr
    assert some.results.read_text() == before
