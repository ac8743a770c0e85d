"""What a person's words mean as the answer to what a conversation asks."""

import pytest

from ocprov.cli.replying import answers, chosen, permitted
from ocprov.errors import ConflictError, OcprovError
from ocprov.opencode.api.values import Asked, Permission, Question
from ocprov.opencode.heard.standing import Standing

ONE = "ses_1"
WANTED = Permission("per_1", ONE, "bash", ("ls",))
WHICH = Question("que_1", ONE, (Asked("Which?", ("Red one", "Blue")),))
SEVERAL = Question("que_2", ONE, (Asked("Which?", ("Red one", "Blue")), Asked("Why?")))
ANY = Question("que_3", ONE, (Asked("Which ones?", ("Red one", "Blue"), multiple=True),))


@pytest.mark.parametrize(
    ("question", "words", "told"),
    [
        pytest.param(WHICH, ["Blue"], [["Blue"]], id="a label"),
        pytest.param(WHICH, ["red", "ONE"], [["Red one"]], id="a label of two words, in another case"),
        pytest.param(WHICH, ["none", "of", "these"], [["none of these"]], id="a text"),
        pytest.param(WHICH, ["reject"], [], id="declined"),
        pytest.param(
            Question("q", ONE, (Asked("?", ("reject",)),)), ["reject"], [["reject"]], id="its label"
        ),
        pytest.param(ANY, ["blue", "Red one"], [["Blue", "Red one"]], id="several labels"),
        pytest.param(ANY, ["Red", "one"], [["Red one"]], id="one label of two words"),
        pytest.param(SEVERAL, ["blue", "so"], [["Blue"], ["so"]], id="a word each"),
    ],
)
def test_words_are_an_answer(question: Question, words: list[str], told: list[list[str]]) -> None:
    assert answers(question, words) == told


def test_each_question_has_to_be_answered() -> None:
    with pytest.raises(OcprovError, match="2 questions and 1 answers"):
        answers(SEVERAL, ["blue"])


@pytest.mark.parametrize("words", [["yes"], ["Once"], ["once", "more"], ["always", "so"]])
def test_a_permission_is_answered_by_its_words_alone(words: list[str]) -> None:
    with pytest.raises(OcprovError):
        permitted(words)


@pytest.mark.parametrize("words", [["once"], ["always"], ["reject"], ["reject", "not", "here"]])
def test_a_permission_is_answered(words: list[str]) -> None:
    assert permitted(words) == words[0]


def test_the_only_one_is_meant() -> None:
    assert chosen(ONE, Standing("waiting", permissions=(WANTED,)), "") == WANTED


def test_of_several_one_has_to_be_named() -> None:
    both = Standing("waiting", permissions=(WANTED,), questions=(WHICH,))
    with pytest.raises(ConflictError, match=r"per_1 \(permission bash: ls\), que_1"):
        chosen(ONE, both, "")
    assert chosen(ONE, both, "que_1") == WHICH


@pytest.mark.parametrize(
    ("standing", "request_id"),
    [
        pytest.param(Standing("busy"), "", id="nothing waits"),
        pytest.param(Standing("waiting", permissions=(WANTED,)), "per_2", id="another one"),
    ],
)
def test_what_does_not_wait_is_not_answered(standing: Standing, request_id: str) -> None:
    with pytest.raises(OcprovError):
        chosen(ONE, standing, request_id)
