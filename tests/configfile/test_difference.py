"""What a person sees of a difference, and what nobody sees."""

import time

import pytest

from ocprov.configfile.difference import LONGEST, lines
from ocprov.configfile.look import LARGEST

SOON = 10.0  # it is well below 1 s; what is not linear takes minutes


def shown(before: str, after: str) -> list[str]:
    return lines(before.encode(), after.encode(), "/there", "/source")


def test_it_is_a_unified_diff() -> None:
    assert shown("a = 1\nb = 2\n", "a = 1\nb = 3\n") == [
        "--- /there", "+++ /source", "@@ -1,2 +1,2 @@", " a = 1", "-b = 2", "+b = 3",
    ]  # fmt: skip


def test_equal_files_have_none() -> None:
    assert shown("a = 1\n", "a = 1\n") == []


def test_a_last_line_without_a_newline_is_told() -> None:
    assert shown("a = 1", "a = 1\n")[3:] == ["-a = 1", "\\ No newline at end of file", "+a = 1"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('api_key = "S3CRET"', id="key"),
        pytest.param('webhook_token="S3CRET" # note', id="token"),
        pytest.param("DB.Password = 'S3CRET'", id="dotted-and-capitals"),
        pytest.param('"secret" = "S3CRET"', id="quoted-key"),
        pytest.param('# password = "S3CRET"', id="in-a-comment"),
        pytest.param('auth = { user = "me", passwd = "S3CRET" }', id="inline-table"),
        pytest.param('url = "https://h/x?token=S3CRET"', id="in-a-query"),
        pytest.param('url = "https://me:S3CRET@h/x"', id="in-an-address"),
        pytest.param('url = "https://h/x?base=USD&app_id=S3CRET"', id="in-a-query-under-another-name"),
        pytest.param("# Authorization: Bearer S3CRET", id="a-header"),
        pytest.param("# curl -H bearer S3CRET", id="a-bearer"),
        pytest.param('pwd = "S3CRET"', id="pwd"),
        pytest.param('token = """\nS3CRET\nS3CRET"""', id="several-lines"),
        pytest.param("token = '''S3CRET\nS3CRET'''", id="several-lines-literal"),
        pytest.param('keys = [\n  "S3CRET",\n  "S3CRET",\n]', id="a-list"),
        pytest.param('[secrets]\none = "S3CRET"\ntwo = "S3CRET"', id="a-section"),
    ],
)
def test_a_secret_is_masked_on_both_sides_and_still_shows_as_changed(text: str) -> None:
    said = "\n".join(shown(f"b = 1\n{text}\n", f"b = 2\n{text.replace('S3CRET', 'OTHERS3CRET')}\n"))

    assert "S3CRET" not in said
    assert said.count("****") >= 2
    assert "-b = 1" in said
    assert "+b = 2" in said


@pytest.mark.parametrize("text", ["a", "key", "key ", "a://", "?a=&", "pass.", "[key"])
def test_a_line_as_long_as_a_file_may_be_is_shown_in_time(text: str) -> None:
    start = time.process_time()

    assert shown(text * (LARGEST // len(text)), "b = 1\n")
    assert time.process_time() - start < SOON


def test_what_no_terminal_should_get_is_escaped() -> None:
    said = lines(b"a = '\x1b[31m'\r\n\xff\n", b"a = 1\n", "/th\x1bere", "/source")

    assert said[0] == "--- /th\\x1bere"
    assert said[3:5] == ["-a = '\\x1b[31m'\\r", "-\\xff"]


def test_line_ends_count() -> None:
    assert shown("a = 1\r\n", "a = 1\n")[3:] == ["-a = 1\\r", "+a = 1"]


def test_a_long_one_is_not_shown() -> None:
    assert (
        shown("x\n" * (LONGEST + 1), "y\n")[2] == f"@@ {LONGEST + 1} lines and 1 lines: too many to show @@"
    )
