"""A line of shell on its way through OpenCode's shells, and back."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from ocprov.errors import OcprovError
from ocprov.opencode.api.values import Message, Part
from ocprov.opencode.server import Server
from ocprov.opencode.spec import ServerSpec
from ocprov.opencode.talk import shell
from ocprov.opencode.talk.shell import Asked
from tests.opencode.asking import PATIENCE, ask
from tests.opencode.real import Opencode
from tests.opencode.shared import opencode, provider

__all__ = ["opencode", "provider"]

LONG = 'abc $`"\\%#é\n' * 8_400  # more than 100 KB, most of which has to be escaped

# The line, its exit code (None: any), and its output (None: any, as each shell says it in its own way).
LINES: dict[str, tuple[str, int | None, str | None]] = {
    "plain": ("echo hello", 0, "hello\n"),
    "no line end": ("printf hello", 0, "hello"),
    "nothing": ("", 0, ""),
    "exit": ("exit 3", 3, ""),
    "failure": ("false", 1, ""),
    "subshell": ("(exit 7)", 7, ""),
    "return": ("return 6", 6, ""),
    "variables": ("x=5; echo $x ${x}1", 0, "5 51\n"),
    "its own code": ("(exit 4); echo $?", 0, "4\n"),
    "substitutions": ('echo "$(echo a)" `echo b`', 0, "a b\n"),
    "several lines": ("echo a\necho b\n", 0, "a\nb\n"),
    "here document": ("cat <<'E'\n$x `y` \"z\"\nE", 0, '$x `y` "z"\n'),
    "comment": ("echo '#' # comment", 0, "#\n"),
    "history": ("echo 'wow!' !x", 0, "wow! !x\n"),
    "percent": ("printf '%s %d%%\\n' a 3", 0, "a 3%\n"),
    "backslashes": (r"printf '%s' 'a\nb\\c\0101'", 0, r"a\nb\\c\0101"),
    "not ASCII": ("echo ünïcødé 日本 🎉", 0, "ünïcødé 日本 🎉\n"),
    "not UTF-8": ("printf '\udce9' | od -An -tx1", 0, " e9\n"),
    "control characters": ("printf '\t\x01\x7f'", 0, "\t\x01\x7f"),
    "both quotes": ("""echo "it's" '"quoted"'""", 0, 'it\'s "quoted"\n'),
    "unbalanced quote": ("echo 'open", None, None),
    "syntax error": ("if then", None, None),
    "unknown program": ("no-such-program-here", 127, None),
    "an option": ("-n", 127, None),
    "standard input": ("cat; read x; echo got=$x", 0, "got=\n"),
    "standard error in its place": ("echo a; echo b >&2; echo c", 0, "a\nb\nc\n"),
    "a marker of its own": ("printf 'e\\nocprov-00000000 9\\n'", 0, "e\nocprov-00000000 9\n"),
    "output closed": ("exec >&-; exit 4", 4, ""),
    "descriptor 3 closed": ("exec 3>&-; exit 2", 2, ""),
    "trap": ("trap 'echo bye' EXIT; exit 5", 5, "bye\n"),
    "stops at failure": ("set -e; false; echo no", 1, ""),
    "100 KB": (f"printf %s '{LONG}'", 0, LONG),
}
CASES = [pytest.param(*case, id=name) for name, case in LINES.items()]

# As OpenCode 1.18 runs them: bash and zsh are given a JSON string to evaluate, others the line.
QUOTED = {"bash": ["bash", "-c"], "zsh": ["zsh", "-fc"]}
PLAIN = {
    "sh": ["sh", "-c"],
    "dash": ["dash", "-c"],
    "mksh": ["mksh", "-c"],
    "busybox": ["busybox", "sh", "-c"],
}
SHELLS = {name: call for name, call in (QUOTED | PLAIN).items() if shutil.which(call[0])}


def told(output: str) -> Message:
    return Message("msg_a", "ses_a", "assistant", 0, (Part("prt_a", "tool", tool="bash", output=output),))


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize(("line", "code", "output"), CASES)
def test_a_line_arrives_unharmed(
    tmp_path: Path, name: str, line: str, code: int | None, output: str | None
) -> None:
    spill = tmp_path / "it's $HOME"
    asked = shell.encode(line, spill)
    if asked.content is not None:
        spill.write_bytes(asked.content)
    sent = f"eval {json.dumps(asked.line, ensure_ascii=False)}" if name in QUOTED else asked.line
    done = subprocess.run(
        [*SHELLS[name], sent], cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    ran = shell.decode(asked, told(done.stdout.decode(errors="replace")))
    assert done.stderr == b""
    assert ran.code is not None
    assert code is None or ran.code == code
    assert output is None or ran.output == output


UNLIKE = {
    "exit": ("exit 3", 3, ""),
    "quotes": ("""echo 'a "$x' "it's"; echo b >&2""", 0, "a \"$x it's\nb\n"),
    "not ASCII": ("echo ü `no", None, None),
    "standard input": ("cat", 0, ""),
}


@pytest.mark.parametrize("name", [name for name in ("fish", "tcsh", "mksh") if shutil.which(name)])
@pytest.mark.parametrize(("line", "code", "output"), UNLIKE.values(), ids=UNLIKE)
def test_a_shell_that_is_not_like_sh_is_run_by_sh(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    line: str,
    code: int | None,
    output: str | None,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    found = shutil.which(name) or ""
    unlike = tmp_path / f"un{name}"  # a name that is not known
    unlike.symlink_to(found)
    asked = shell.encode(
        line.replace(" >&2", "") if name == "tcsh" else line, tmp_path / "spill", str(unlike)
    )
    done = subprocess.run(
        [found, "-c", asked.line], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    ran = shell.decode(asked, told(done.stdout.decode()))
    assert done.stderr == b""
    assert ran.code is not None
    assert code is None or ran.code == code
    assert output is None or ran.output == output


def test_a_simple_line_can_be_read_in_the_conversation() -> None:
    assert shell.encode("make -j4 'all'", Path("/x")).line.startswith("printf %b 'make -j4 ")
    assert (
        "printf %b 'npm run build && echo \"done\"' |"
        in shell.encode('npm run build && echo "done"', Path("/x")).line
    )


def test_the_marker_is_another_one_each_time() -> None:
    assert shell.encode("true", Path("/x")).marker != shell.encode("true", Path("/x")).marker


@pytest.mark.parametrize("line", ["a\0b", "a\ud800b"], ids=["NUL", "half a character"])
def test_what_no_shell_takes_is_refused(line: str) -> None:
    with pytest.raises(OcprovError):
        shell.encode(line, Path("/x"))


@pytest.mark.parametrize(
    ("output", "ran"),
    [
        ("a\n\nM 0\n", (0, "a\n")),
        ("a\nM 12\n", (12, "a")),
        ("\nM 0\n", (0, "")),
        ("a\nM 0\n<metadata>\nUser aborted the command\n</metadata>", (0, "a<metadata>\nUser aborted the command\n</metadata>")),
        ("a\n<metadata>\nUser aborted the command\n</metadata>", (None, "a\n<metadata>\nUser aborted the command\n</metadata>")),
        ("a M 0\n", (None, "a M 0\n")),
        ("\nM x\n", (None, "\nM x\n")),
        ("\nM 1\n\nM 2\n", (2, "\nM 1\n")),
        ("", (None, "")),
    ],
    ids=["line", "part of a line", "none", "something after it", "aborted", "not at a line's start", "no number", "twice", "empty"],
)  # fmt: skip
def test_the_code_is_told_behind_the_marker(output: str, ran: tuple[int | None, str]) -> None:
    found = shell.decode(Asked("", "M"), told(output))
    assert (found.code, found.output, found.cut) == (*ran, 0)


@pytest.mark.parametrize(
    ("text", "limit", "shown", "cut"),
    [
        ("abc", 3, "abc", 0),
        ("abcdefgh", 4, "ab\n… 4 bytes left out …\ngh", 4),
        ("äöüß", 4, "ä\n… 4 bytes left out …\nß", 4),
        ("äöüß", 5, "ä\n… 3 bytes left out …\nß", 3),
        ("abc", 0, "\n… 3 bytes left out …\n", 3),
    ],
    ids=["fits", "cut", "between characters", "within a character", "nothing"],
)
def test_output_is_cut_in_its_middle(text: str, limit: int, shown: str, cut: int) -> None:
    assert shell.bounded(text, limit) == (shown, cut)


@pytest.mark.slow
@pytest.mark.parametrize("program", ["bash", "zsh", "sh"])
def test_lines_arrive_at_a_real_server_of_every_shell(
    opencode: Opencode, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    found = shutil.which(program)
    assert found, f"{program} is missing: apt-get install {program}"
    monkeypatch.setenv("SHELL", found)
    directory = opencode.directory(f"in-{program}")

    async def question(server: Server) -> None:
        conversation = await server.create("shell")
        for name, (line, code, output) in LINES.items():
            ran = await conversation.shell(line)
            assert ran.code is not None, name
            assert code is None or ran.code == code, name
            assert output is None or ran.output == output, name
        ran = await conversation.shell("echo start; seq 200000; echo end; exit 9", limit=1000)
        assert (ran.code, ran.cut > 1_000_000) == (9, True)
        assert ran.output.startswith("start\n1\n2\n")
        assert ran.output.endswith("200000\nend\n")
        assert not list(server.record.places.tmp.glob("line-*"))
        await server.stop()

    ask(opencode, question, deadline=300, spec=ServerSpec(directory, startup_timeout=PATIENCE))
