"""The front for programs without a loop, in programs without a loop."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from ocprov.errors import OcprovError
from ocprov.opencode import blocking
from ocprov.opencode.portal import Portal
from ocprov.opencode.record import Record
from tests.conftest import until
from tests.opencode.asking import ask, prompted
from tests.opencode.real import Opencode
from tests.opencode.shared import opencode, provider

__all__ = ["opencode", "provider"]

SCRIPT = """
import threading
from contextlib import closing
from pathlib import Path
from ocprov.opencode import NotFoundError, ServerSpec, blocking

with blocking.Server.ensure(ServerSpec(Path("src/shop"))) as server:
    conversation = server.create("plain script", "fake/m1")
    print(conversation.prompt("hi").text)
    print(*[piece for piece in conversation.stream("hello")][:-1], sep="")
    with closing(conversation.stream("slow 9")) as stream:
        print(next(stream))
    conversation.abort()
    print(conversation.shell("exit 3").code, conversation.state().state, conversation.info().title)
    print(len(conversation.messages().items), len(server.page().items), server.known().models)
    with blocking.Pool(server, 2, delete=True, title="pooled") as pool:
        with pool.conversation() as one:
            print(one.prompt("from the pool").text, len(pool.used))
        with pool.conversation(one.id) as again:
            print(again.id == one.id, pool.cleanup())
    copy = conversation.fork()
    copy.delete()
    try:
        copy.info()
    except NotFoundError as error:
        print(error.hint)
    print([one.title for one in server.since()])
    for event in blocking.events():
        print(event.type)
        break
print(sum(not one.daemon for one in threading.enumerate()), server.record.state)
"""

INTERRUPTED = """
import threading
from pathlib import Path
from ocprov.opencode import ServerSpec, blocking

try:
    with blocking.Server.ensure(ServerSpec(Path("src/shop"))) as server:
        list(server.create("interrupted").{call})
except KeyboardInterrupt:
    print("interrupted", sum(not one.daemon for one in threading.enumerate()))
"""


def run(script: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_a_plain_script_needs_no_loop(opencode: Opencode) -> None:
    ask(opencode, lambda server: server.known())
    with run(SCRIPT) as script:
        told, wrong = script.communicate(timeout=120)
    assert wrong == ""
    assert told.splitlines() == [
        "echo: hi",
        "echo: hello",
        "w0 ",
        "3 idle plain script",
        "8 1 ('fake/m1', 'fake/m2')",
        "echo: from the pool 1",
        "True ()",
        "ocprov chat ls",
        "['plain script']",
        "ocprov.server.up",
        "1 ready",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("call", ['prompt("hold me")', 'stream("hold me")'], ids=["prompt", "stream"])
def test_ctrl_c_leaves_no_thread(opencode: Opencode, call: str) -> None:
    ask(opencode, lambda server: server.known())
    opencode.provider.gate.clear()
    before = prompted(opencode, "hold me")
    script = INTERRUPTED.format(call=call)
    with run(script) as child:
        until(lambda: prompted(opencode, "hold me") > before, 60)
        os.kill(child.pid, signal.SIGINT)
        told, wrong = child.communicate(timeout=60)
    opencode.provider.release()
    assert (told, wrong, child.returncode) == ("interrupted 1\n", "", 0)


def test_a_server_outside_of_its_block_is_not_asked() -> None:
    with pytest.raises(OcprovError, match="not open"):
        blocking.Server.of(Record("/x")).known()


def test_what_fails_in_the_thread_is_told_here_and_the_thread_ends() -> None:
    # By the thread itself: a provider of the module may still answer what other tests asked, in threads of its own.
    asked: list[threading.Thread] = []

    async def fail() -> None:
        asked.append(threading.current_thread())
        raise LookupError("here")

    with pytest.raises(LookupError, match="here"), Portal() as portal:
        portal.run(fail)
    assert asked[0] not in threading.enumerate()
