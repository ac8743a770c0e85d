"""`ocprov chat`: a conversation from its beginning to its end, on one server."""

import signal
from pathlib import Path

import pytest

from ocprov.cli.chatting import explained
from ocprov.opencode.api.client import Client
from ocprov.opencode.failures import FailedError
from tests.conftest import until
from tests.opencode.chats import Chat, refused
from tests.opencode.provider import Provider
from tests.opencode.real import Opencode
from tests.opencode.several import gate
from tests.opencode.shared import opencode, provider

__all__ = ["gate", "opencode", "provider"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def chat(opencode: Opencode) -> Chat:
    return Chat(opencode.ensure(None, "--startup-timeout", "120"))


def test_a_prompt_is_answered_and_shown(chat: Chat) -> None:
    name = chat.new("what a\x1b[31m title")
    done = chat("send", name, "hello", "there")
    assert (done.stdout, done.stderr) == ("echo: hello there\n", "")
    shown = chat("show", name)
    assert "\x1b" not in shown.stdout
    assert r"what a\x1b[31m title" in shown.stdout
    assert "hello there" in shown.stdout
    found = chat.data("show", name)
    assert [(one["role"], one["text"]) for one in found["messages"]] == [
        ("user", "hello there"),
        ("assistant", "echo: hello there"),
    ]
    assert (found["state"], found["directory"]) == ("idle", chat.server.directory)
    assert found["cost"] == pytest.approx(sum(one["cost"] for one in found["messages"]))
    assert found["title"] == "what a\x1b[31m title"


def test_a_page_of_messages_leads_to_those_before(chat: Chat) -> None:
    name = chat.new()
    for text in ("one", "two"):
        chat("send", name, text)
    newest = chat.data("show", name, "--limit", "2")
    older = chat.data("show", name, "--limit", "2", "--before", newest["before"])
    assert [one["text"] for one in (*older["messages"], *newest["messages"])] == [
        "one",
        "echo: one",
        "two",
        "echo: two",
    ]
    assert older["before"] == ""
    assert newest["before"] in chat("show", name, "--limit", "2").stderr
    refused(chat("show", name, "--before", "nonsense"), "--before")


def test_a_prompt_comes_from_standard_input(chat: Chat) -> None:
    name = chat.new()
    assert chat("send", name, stdin="of a\nfile\n").stdout == "echo: of a\nfile\n"
    assert chat("send", name, "-", stdin="once more").stdout == "echo: once more\n"


@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        pytest.param((), b" \n", "empty", id="empty"),
        pytest.param(("",), b"", "empty", id="an empty word"),
        pytest.param((), b"\xff\xfe", "UTF-8", id="no text"),
        pytest.param((), b"x" * 10_000_000, "4 MiB", id="10 MB"),
        pytest.param(("é" * 2_200_000,), b"", "4 MiB", id="longer than it looks"),
        pytest.param(("\udcff",), b"", "UTF-8", id="a word that is no text"),
    ],
)
def test_what_cannot_be_a_prompt_is_not_sent(
    chat: Chat, arguments: tuple[str, ...], stdin: bytes, words: str
) -> None:
    name = chat.new()
    refused(chat("send", name, *arguments, stdin=stdin), words)
    assert chat.data("show", name)["messages"] == []


def test_an_unknown_model_agent_or_command_is_refused_before_it_sticks(chat: Chat) -> None:
    name = chat.new()
    refused(chat("send", "--model", "fake/m9", name, "hello"), "fake/m9", "fake/m1")
    refused(chat("send", "--agent", "nobody", name, "hello"), "nobody", "build")
    refused(chat("command", name, "nonsense"), "nonsense", "init")
    refused(chat("new", "--dir", chat.server.directory, "--model", "fake/m9"), "fake/m9")
    assert chat("send", "--model", "fake/m2", name, "hello").stdout == "echo: hello\n"
    assert chat.data("show", name)["messages"][-1]["model"] == "fake/m2"


def test_a_prompt_that_fails_is_told_and_shown(chat: Chat) -> None:
    name = chat.new()
    refused(chat("send", name, "fail 400"), "fake 400", f"ocprov chat show {name}")
    found = chat.data("show", name)
    assert (found["state"], found["messages"][-1]["error"]["name"]) == ("error", "APIError")
    assert [one["id"] for one in chat.data("ls", "--state", "error")["conversations"]] == [name]


def test_a_failure_is_told_with_what_the_log_says_of_it(chat: Chat, opencode: Opencode) -> None:
    name = chat.new()

    async def fail(client: Client) -> object:
        return await explained(chat.server, client.shell(name, "true", agent="nobody"))

    with pytest.raises(FailedError) as told:
        opencode.ask(chat.server, fail)
    assert told.value.hint.startswith("its log says: UnknownError")
    assert f"grep {told.value.ref} {chat.server.places.log}" in told.value.hint


def test_a_new_conversation_is_begun_and_prompted_at_once(chat: Chat) -> None:
    done = chat("send", "--new", "--dir", chat.server.directory, "--title", "begun", "hello")
    assert done.stdout == "echo: hello\n"
    name = done.stderr.split()[-1]
    assert chat.data("show", name)["title"] == "begun"


def test_what_is_not_waited_for_is_answered_later(chat: Chat) -> None:
    name = chat.new()
    message = chat.data("send", "--no-wait", name, "hello")["message"]
    found = chat.answered(name)
    assert (found["messages"][0]["id"], found["state"]) == (message, "idle")


def test_the_exit_code_of_a_line_is_that_of_the_command(chat: Chat) -> None:
    name = chat.new()
    done = chat("shell", name, "echo hi; exit 3")
    assert (done.returncode, done.stdout) == (3, "hi\n")
    done = chat("shell", name, "printf", "%s.", "two words", "$HOME", "--json")
    assert (done.returncode, done.stdout) == (0, "two words.$HOME.--json.\n")
    assert chat.data("shell", name, "pwd") == {"exit": 0, "output": f"{chat.server.directory}\n", "cut": 0}


def test_it_goes_back_and_forth(chat: Chat) -> None:
    name = chat.new()
    for text in ("one", "two"):
        chat("send", name, text)
    second = chat.data("show", name)["messages"][2]["id"]
    refused(chat("revert", name, "msg_nothing"), "msg_nothing")
    refused(chat("unrevert", name), "not reverted")
    assert chat.data("revert", name, "--last") == {"id": name, "reverted": second}
    assert chat.data("show", name)["reverted"] == second
    first = chat.data("show", name)["messages"][0]["id"]
    assert chat.data("revert", name, "--last")["reverted"] == first
    assert chat.data("unrevert", name) == {"id": name, "restored": first}
    assert chat.data("show", name)["reverted"] == ""
    copy = chat.data("fork", name, "--at", second)["id"]
    assert [one["text"] for one in chat.data("show", copy)["messages"]] == ["one", "echo: one"]
    refused(chat("fork", name, "--at", "msg_nothing"), "msg_nothing")


def test_what_is_busy_has_to_be_waited_for_or_stopped(chat: Chat, provider: Provider) -> None:
    name = chat.new()
    chat("send", "--no-wait", name, "hold what is busy")
    until(lambda: "hold what is busy" in provider.prompts)
    chat("send", "--no-wait", name, "behind")
    until(lambda: chat.data("show", name)["unanswered"])
    for arguments in (
        ("revert", name, "--last"),
        ("unrevert", name),
        ("shell", name, "ls"),
        ("resume", name),
    ):
        refused(chat(*arguments), "is busy", code=4)
    refused(chat("rm", "--yes", name), "is busy", "--force", code=4)
    found = chat.data("show", name)
    assert (found["state"], len(found["unanswered"])) == ("busy", 1)
    done = chat.data("abort", name)
    assert (done["aborted"], done["state"], len(done["unanswered"])) == (True, "idle", 1)
    assert chat.data("show", name)["why"] == "aborted"
    assert "nothing to abort" in chat("abort", name).stdout


def test_after_ctrl_c_a_conversation_goes_on(chat: Chat, provider: Provider) -> None:
    name = chat.new()
    sending = chat.background("send", name, "hold this")
    until(lambda: "hold this" in provider.prompts)
    sending.send_signal(signal.SIGINT)
    stdout, stderr = sending.communicate(timeout=60)
    assert (sending.returncode, stdout) == (130, "")
    assert f"stop it: ocprov chat abort {name}" in stderr
    assert chat.data("show", name)["state"] == "busy"
    provider.release()
    assert chat.until(name, "idle")["messages"][-1]["text"] == "held echo: hold this"


def test_only_what_is_named_and_agreed_to_is_removed(chat: Chat, opencode: Opencode) -> None:
    names = [chat.new(), chat.new()]
    refused(chat("rm", *names), "--yes")
    other = opencode.directory("other")
    refused(chat("rm", "--yes", "--dir", str(other), *names), chat.server.directory, code=4)
    refused(chat("rm", "--yes", names[0], "ses_nothing"), "ses_nothing")
    assert chat.data("show", names[0])["id"] == names[0]
    assert chat.data("rm", "--yes", *names, names[0]) == {"removed": names}
    refused(chat("show", names[0]), names[0], "ocprov chat ls")


def test_a_busy_one_is_removed_by_force(chat: Chat, provider: Provider) -> None:
    name = chat.new()
    chat("send", "--no-wait", name, "hold and go")
    until(lambda: "hold and go" in provider.prompts)
    assert chat("rm", "--yes", "--force", name).stdout == f"{name}: removed\n"


def test_ids_are_completed_with_their_titles(chat: Chat, opencode: Opencode) -> None:
    name = chat.new("of a tab")

    def told() -> list[str]:
        words = {"_OCPROV_COMPLETE": "zsh_complete", "_OCPROV_WORDS": "chat\nshow", "_OCPROV_WORD": name[:8]}
        return opencode.ocprov(**words).stdout.splitlines()

    until(lambda: f"plain\t{name}\tof a tab" in told())  # where it would take too long a Tab has no answer


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("send",), id="nothing named"),
        pytest.param(("send", "--title", "x", "ses_1", "hello"), id="a title of nothing new"),
        pytest.param(("revert", "ses_1"), id="no message"),
        pytest.param(("revert", "ses_1", "msg_1", "--last"), id="two messages"),
        pytest.param(("ls", "--dir", ".", "--all"), id="one and all"),
        pytest.param(("ls", "--cursor", "nonsense"), id="no cursor"),
        pytest.param(("ls", "--limit", "0"), id="no page"),
        pytest.param(("ls", "--state", "happy"), id="no state"),
        pytest.param(("shell", "ses_1", ""), id="no line"),
        pytest.param(("shell", "ses_1", "--json", "ls"), id="an option behind the id"),
    ],
)
def test_a_line_that_says_nothing_is_told_so(chat: Chat, arguments: tuple[str, ...]) -> None:
    assert chat(*arguments).returncode == 2


@pytest.mark.parametrize("name", ["ses_nothing", "nonsense", "../../global/health", "ses_é", "", "ses_1\n"])
def test_what_nobody_knows_is_told_so(chat: Chat, name: str) -> None:
    refused(chat("show", name), "ocprov chat ls")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("show", "{}", "--before", "\udcff"), id="a cursor"),
        pytest.param(("revert", "{}", "\udcff"), id="a message"),
        pytest.param(("fork", "{}", "--at", "\udcff"), id="another message"),
        pytest.param(("send", "{}", "--model", "\udcff", "hello"), id="a model"),
        pytest.param(("command", "{}", "init", "\udcff"), id="an argument"),
        pytest.param(("ls", "--search", "\udcff"), id="a title"),
        pytest.param(("new", "--title", "\udcff", "--dir", "{dir}"), id="a new title"),
    ],
)
def test_words_that_are_no_text_are_refused(chat: Chat, arguments: tuple[str, ...]) -> None:
    name = chat.new()
    refused(chat(*(one.format(name, dir=chat.server.directory) for one in arguments)))


def test_a_directory_without_a_server_is_refused_with_how_to_start_one(chat: Chat, tmp_path: Path) -> None:
    for arguments in (("ls",), ("new",), ("send", "--new", "hello")):
        refused(chat(*arguments, "--dir", str(tmp_path)), f"ocprov server ensure --dir {tmp_path}")
    refused(chat("new", "--dir", str(tmp_path / "nothing")), "no such file")
