"""Conversations by the Python API, on a real server."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing
from typing import Any

import pytest

from ocprov.errors import OcprovError
from ocprov.opencode.api import ident
from ocprov.opencode.api.values import Message
from ocprov.opencode.conversation import Conversation
from ocprov.opencode.failures import (
    CutOffError,
    NotFoundError,
    OccupiedError,
    ServerError,
    UnansweredError,
    UnreachableError,
)
from ocprov.opencode.server import Server
from tests.opencode.asking import ask, eventually, prompted, tapped
from tests.opencode.real import Opencode
from tests.opencode.shared import opencode, provider

__all__ = ["opencode", "provider"]

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def held(opencode: Opencode) -> Iterator[None]:
    """What a prompt says is to be held is held, until the test releases it or ends."""
    opencode.provider.gate.clear()
    yield
    opencode.provider.release()


def test_a_prompt_is_answered_and_leaves_the_conversation_idle(opencode: Opencode) -> None:
    async def question(server: Server) -> None:
        conversation = await server.create("greeting", "fake/m2")
        answer = await conversation.prompt("good day", "fake/m1", "build")
        assert (answer.text, answer.model, answer.problem) == ("echo: good day", "fake/m1", None)
        assert (await conversation.info()).title == "greeting"
        assert (await conversation.state()).state == "idle"
        assert [one.role for one in (await conversation.messages()).items] == ["user", "assistant"]

    ask(opencode, question)


def test_five_at_once_get_their_own_answers(opencode: Opencode) -> None:
    async def question(server: Server) -> None:
        made = [await server.create(f"number {one}") for one in range(5)]
        answers = await asyncio.gather(*(one.prompt(f"slow 3 of {one.id}") for one in made))
        assert [one.conversation for one in answers] == [one.id for one in made]
        for one in made:
            told = (await one.messages()).items
            assert [one.text for one in told] == [f"slow 3 of {one.id}", "w0 w1 w2 "]

    ask(opencode, question)


@pytest.mark.parametrize("way", ["prompt", "stream"])
def test_prompts_that_queue_up_get_their_own_answers_or_are_told_of(opencode: Opencode, way: str) -> None:
    async def told(conversation: Conversation, text: str) -> tuple[str, bool]:
        if way == "prompt":
            answer: str | Message = await conversation.prompt(text)
            said = answer.text if isinstance(answer, Message) else ""
        else:
            pieces = [one async for one in conversation.stream(text)]
            answer, said = pieces[-1], "".join(map(str, pieces[:-1]))
        assert isinstance(answer, Message)
        assert said == answer.text
        return answer.text, answer.merged

    async def question(server: Server) -> None:
        conversation = await server.create(f"queue, {way}")
        asked = [asyncio.create_task(told(conversation, f"hold the first, {way}"))]
        await eventually(lambda: prompted(opencode, f"hold the first, {way}"))
        for text in ("second", "third"):
            asked.append(asyncio.create_task(told(conversation, text)))
            while not any(one.text == text for one in (await conversation.messages()).items):
                pass
        opencode.provider.release()
        assert await asyncio.gather(*asked) == [
            (f"held echo: hold the first, {way}", False),
            ("echo: third", True),
            ("echo: third", False),
        ]
        opencode.provider.gate.clear()
        asked = [asyncio.create_task(told(conversation, f"hold, to be stopped, {way}"))]
        await eventually(lambda: prompted(opencode, f"hold, to be stopped, {way}"))
        asked.append(asyncio.create_task(told(conversation, "behind it")))
        while not (await conversation.state()).unanswered:
            pass
        await conversation.abort()
        with pytest.raises(UnansweredError, match="the prompt got no answer") as refused:
            await asked[1]
        assert f"ocprov chat resume {conversation.id}" in refused.value.hint
        await asked[0]

    ask(opencode, question)


REFUSED: dict[str, tuple[Callable[[Conversation], Awaitable[Any]], type[OcprovError], str, str]] = {
    "model": (lambda c: c.prompt("x", "fake/m9"), OcprovError, "no model fake/m9", "fake/m1"),
    "model without its provider": (lambda c: c.post("x", "m1"), OcprovError, "no model m1", "fake/m1"),
    "model with control characters": (lambda c: c.prompt("x", "fake/\x1b[2J"), OcprovError, r"\x1b", "fake"),
    "agent": (lambda c: c.prompt("x", agent="plann"), OcprovError, "no agent plann", "plan"),
    "agent of the shell": (
        lambda c: c.shell("true", agent="nobody"),
        OcprovError,
        "no agent nobody",
        "it has",
    ),
    "model of a stream": (lambda c: anext(c.stream("x", "fake/m9")), OcprovError, "no model", "fake/m1"),
    "command": (lambda c: c.command("/innit"), OcprovError, "no command innit", "init"),
    "command without a name": (lambda c: c.command("/"), OcprovError, "no command is named", "init"),
    "message to go back to": (lambda c: c.revert("msg_none"), NotFoundError, "no message msg_none", "show"),
    "message that is a path": (lambda c: c.revert("../../x"), NotFoundError, "no message ../../x", "show"),
    "message to fork at": (lambda c: c.fork("msg_none"), NotFoundError, "no message msg_none", "show"),
    "permission": (
        lambda c: c.reply("per_none", "once"),
        NotFoundError,
        "does not wait for per_none",
        "show",
    ),
    "question": (lambda c: c.answer("que_none", [["a"]]), NotFoundError, "not wait for que_none", "show"),
    "nothing to say": (lambda c: c.prompt(""), OcprovError, "empty", "say something"),
    "what is no text": (lambda c: c.post("a\udce9"), OcprovError, "is not text", "UTF-8"),
    "a message id that is none": (lambda c: c.prompt("x", message="x"), OcprovError, "msg", ""),
    "a NUL": (lambda c: c.shell("echo \0"), OcprovError, "NUL", "leave it out"),
    "no text": (lambda c: c.shell("echo \ud800"), OcprovError, "not text", "UTF-8"),
}


def test_what_is_not_there_is_refused_before_anything_is_sent(opencode: Opencode) -> None:
    async def question(server: Server) -> None:
        conversation = await server.create("refusals")
        for name, (call, kind, message, hint) in REFUSED.items():
            with pytest.raises(kind) as refused:
                await call(conversation)
            assert message in refused.value.message, name
            assert hint in refused.value.hint, name
        assert (await conversation.messages()).items == ()
        assert (await conversation.prompt("still well")).text == "echo: still well"

    ask(opencode, question)


def test_a_model_that_stuck_and_is_unknown_is_told_of(opencode: Opencode) -> None:
    async def question(server: Server) -> None:
        conversation = await server.create("stuck to a model")
        await server.client.post(
            conversation.id, "by another program", message=ident.message(), model="fake/m9"
        )
        while not (await conversation.info()).model:
            pass
        for call in (conversation.prompt("x"), conversation.post("x"), anext(conversation.stream("x"))):
            with pytest.raises(OcprovError, match="no model fake/m9"):
                await call
        assert (await conversation.prompt("x", "fake/m2")).text == "echo: x"
        assert (await conversation.prompt("y")).model == "fake/m2"

    ask(opencode, question)


def test_an_unknown_conversation_is_told_by_every_method(opencode: Opencode) -> None:
    calls: tuple[Callable[[Conversation], Awaitable[Any]], ...] = (
        lambda c: c.info(),
        lambda c: c.messages(),
        lambda c: c.state(),
        lambda c: c.prompt("x"),
        lambda c: c.post("x"),
        lambda c: c.shell("true"),
        lambda c: c.command("init"),
        lambda c: c.abort(),
        lambda c: c.revert("msg_x"),
        lambda c: c.unrevert(),
        lambda c: c.fork(),
        lambda c: c.delete(),
        lambda c: c.resume(),
        lambda c: anext(c.stream("x")),
    )

    async def question(server: Server) -> None:
        gone = await server.create("gone")
        await gone.delete()
        for number, call in enumerate(calls):
            with pytest.raises(NotFoundError, match=f"no conversation {gone.id}") as refused:
                await call(gone)
            assert refused.value.hint == "ocprov chat ls", number
        for name in ("", "ses_", "ses_../x", "12", "ses_a b"):
            with pytest.raises(NotFoundError, match="is not the id of a conversation"):
                server.conversation(name)

    ask(opencode, question)


def test_a_busy_one_has_to_be_waited_for_and_can_be_stopped(opencode: Opencode) -> None:
    async def question(server: Server) -> None:
        conversation = await server.create("busy")
        message = await conversation.post("hold this")
        await eventually(lambda: prompted(opencode, "hold this"))
        assert (await conversation.state()).state == "busy"
        for call in (conversation.shell("true"), conversation.revert(message)):
            with pytest.raises(OccupiedError, match=f"{conversation.id} is busy") as refused:
                await call
            assert "chat abort" in refused.value.hint
        await conversation.abort()
        last = (await conversation.messages()).items[-1]
        assert last.problem
        assert last.problem.aborted
        assert await conversation.resume() is None

    ask(opencode, question)


def test_a_stream_gives_the_text_in_pieces_and_then_the_answer(opencode: Opencode) -> None:
    async def question(server: Server) -> None:
        conversation, other = await server.create("stream"), await server.create("another")
        await other.post("slow 9 elsewhere")
        async with aclosing(conversation.stream("slow 5 words")) as stream:
            told = [one async for one in stream]
        answer = told[-1]
        assert isinstance(answer, Message)
        assert answer.text == "w0 w1 w2 w3 w4 "
        assert "".join(map(str, told[:-1])) == answer.text
        assert len(told) > 3
        failed = [one async for one in conversation.stream("fail 400")][-1]
        assert isinstance(failed, Message)
        assert failed.problem

    ask(opencode, question)


def test_a_stream_that_is_lost_still_gives_all(opencode: Opencode) -> None:
    with tapped(opencode) as tap:

        async def question(server: Server) -> None:
            conversation = await server.create("lost stream")
            told: list[str | Message] = []
            async for one in conversation.stream("hold on to it"):
                if not told:
                    tap.cut()
                    opencode.provider.release()
                told.append(one)
            assert isinstance(told[-1], Message)
            assert told[-1].text == "held echo: hold on to it"
            assert "".join(map(str, told[:-1])) == told[-1].text

        ask(opencode, question)
    assert prompted(opencode, "hold on to it") == 1


@pytest.mark.parametrize("wait", [True, False], ids=["prompt", "post"])
def test_a_prompt_whose_connection_is_cut_is_one_prompt(opencode: Opencode, wait: bool) -> None:
    text = f"hold me, {wait}"
    with tapped(opencode) as tap:

        async def question(server: Server) -> None:
            conversation = await server.create("cut")
            name = ident.message()
            sent = asyncio.create_task(
                conversation.prompt(text, message=name) if wait else conversation.post(text, message=name)
            )
            await eventually(lambda: prompted(opencode, text))
            tap.cut()
            await eventually(lambda: tap.asked(f"GET /session/{conversation.id}/message/") or not wait)
            opencode.provider.release()
            answer = await sent
            assert (answer.text if isinstance(answer, Message) else answer) in (f"held echo: {text}", name)
            while (await conversation.state()).works:
                pass
            told = (await conversation.messages()).items
            assert [(one.role, one.text) for one in told] == [
                ("user", text),
                ("assistant", f"held echo: {text}"),
            ]

        ask(opencode, question)
    assert prompted(opencode, text) == 1


@pytest.mark.parametrize("way", ["message", "prompt_async"])
def test_a_prompt_that_did_not_arrive_is_sent_again_by_the_same_id(opencode: Opencode, way: str) -> None:
    text = f"lost on its way to {way}"
    with tapped(opencode) as tap:

        async def question(server: Server) -> None:
            conversation = await server.create("lost")
            tap.lost.append(f"POST /session/{conversation.id}/{way}".encode())
            name = ident.message()
            await (conversation.prompt if way == "message" else conversation.post)(text, message=name)
            assert tap.asked(f"POST /session/{conversation.id}/{way}") == 2
            await eventually(lambda: prompted(opencode, text))
            told = (await conversation.messages()).items
            assert [one.id for one in told if one.role == "user"] == [name]

        ask(opencode, question)
    assert prompted(opencode, text) == 1


def test_a_shell_whose_connection_is_cut_runs_once(opencode: Opencode) -> None:
    count, gate = opencode.directory() / "count", opencode.directory() / "gate"
    with tapped(opencode) as tap:

        async def question(server: Server) -> None:
            conversation = await server.create("cut shell")
            line = f"echo x >>{count}; until [ -e {gate} ]; do sleep 0.05; done; echo done; exit 4"
            sent = asyncio.create_task(conversation.shell(line))
            await eventually(count.exists)
            tap.cut()
            gate.touch()
            assert ((await sent).code, (await sent).output) == (4, "done\n")

        ask(opencode, question)
    assert count.read_text() == "x\n"


def test_permissions_are_replied_to(opencode: Opencode) -> None:
    async def question(server: Server) -> None:
        conversation = await server.create("permission")
        outside = opencode.machine.home / "elsewhere"
        outside.mkdir()
        await conversation.post(f"tool cat {outside}/x")
        while not (state := await conversation.state()).permissions:
            pass
        assert state.state == "waiting"
        await conversation.reply(state.permissions[0].id, "reject")
        with pytest.raises(NotFoundError, match="does not wait"):
            await conversation.reply(state.permissions[0].id, "once")

    ask(opencode, question)


def test_revert_unrevert_and_fork(opencode: Opencode) -> None:
    async def question(server: Server) -> None:
        conversation = await server.create("there and back")
        first = await conversation.prompt("one")
        await conversation.prompt("two")
        assert (await conversation.revert(first.parent)).reverted == first.parent
        assert (await conversation.unrevert()).reverted == ""
        copy = await conversation.fork()
        assert copy.id != conversation.id
        assert len((await copy.messages()).items) == 4
        second = (await conversation.messages()).items[2]
        assert len((await (await conversation.fork(second.id)).messages()).items) == 2

    ask(opencode, question)


def test_a_server_killed_in_the_middle_leaves_an_interrupted_prompt_to_resume(opencode: Opencode) -> None:
    async def question(server: Server) -> None:
        conversation = await server.create("killed")
        sent = asyncio.create_task(conversation.prompt("hold until killed"))
        await eventually(lambda: prompted(opencode, "hold until killed"))
        os.kill(server.record.server.pid, signal.SIGKILL)
        with pytest.raises(CutOffError, match="was restarted") as cut:
            await sent
        assert (await conversation.state()).state == "interrupted"
        assert prompted(opencode, "hold until killed") == 1
        opencode.provider.release()
        answer = await conversation.resume()
        assert answer
        assert (answer.text, answer.parent) == ("held echo: hold until killed", cut.value.prompt)
        assert [one.role for one in (await conversation.messages()).items] == [
            "user",
            "assistant",
            "assistant",
        ]
        assert (await conversation.state()).state == "idle"
        assert await conversation.resume() is None

    ask(opencode, question, deadline=180)


def test_what_queued_behind_an_interrupted_prompt_is_answered_with_it(opencode: Opencode) -> None:
    async def question(server: Server) -> None:
        conversation = await server.create("queue")
        first = await conversation.post("hold the first")
        await eventually(lambda: prompted(opencode, "hold the first"))
        second = await conversation.post("the second")
        while all(one.id != second for one in (await conversation.messages()).items):
            pass  # it is not waited for, and may arrive later
        os.kill(server.record.server.pid, signal.SIGKILL)
        state = await conversation.state()
        assert (state.state, state.unanswered) == ("interrupted", (first, second))
        opencode.provider.release()
        answer = await conversation.resume()
        assert answer
        assert answer.text == "echo: the second"
        assert [one.id for one in (await conversation.messages()).items if one.role == "user"] == [
            first,
            second,
        ]
        assert (await conversation.state()).unanswered == ()

    ask(opencode, question, deadline=180)


def test_a_server_that_was_stopped_is_said_to_be(opencode: Opencode) -> None:
    async def question(server: Server) -> None:
        conversation = await server.create("stopped")
        await server.stop()
        with pytest.raises(UnreachableError, match="is stopped") as refused:
            await conversation.prompt("too late")
        assert "ocprov server ensure --dir" in refused.value.hint
        assert isinstance(refused.value, ServerError)

    ask(opencode, question)
