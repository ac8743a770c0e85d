"""Where the block goes in a tmux.conf, and that nothing else of it changes."""

import pytest

from ocprov.persistence import block

LINE = b"source-file -q '/x'"
BLOCK = b"# >>> ocprov >>>\nsource-file -q '/x'\n# <<< ocprov <<<\n"
TPM = b"run '~/.tmux/plugins/tpm/tpm'\n"
SET = b"set -g @resurrect-processes 'ssh'\n"
HOOK = b"set-option -g @resurrect-hook-post-restore-all 'x'\n"

# `%` stands for the block.
PLACES = {
    "no plugins": b"set -g mouse on\n%",
    "before tpm": b"set -g mouse on\n%" + TPM + b"set -g status on\n",
    "before the first plugin": b"%run-shell -b /p/resurrect.tmux\nrun /p/continuum.tmux\n",
    "after what it adds to": SET + HOOK + b"%" + TPM,
    "between them and tpm, near tpm": SET + b"set -g @plugin 'x/tmux-resurrect'\n%" + TPM,
    "after what it adds to, also behind tpm": TPM + SET + b"%bind x kill-pane\n",
    "not at a comment": b"# run '~/.tmux/plugins/tpm/tpm'\n# " + SET + b"set -g mouse on\n%",
    "not at a key": b"bind S run-shell '/p/resurrect/scripts/save.sh'\n%" + TPM,
    "not at another script": b"run /usr/share/powerline.sh\n%" + TPM,
    "before a condition": b"set -g a b\n%%if '#{x}'\nset -g c d\n" + TPM + b"%endif\n",
    "before a block in braces": b"%if-shell -F '#{x}' {\n  " + TPM + b"} {\n  set -g c d\n}\n",
    "after a block in braces": b"if-shell x {\n  " + SET + b"  " + TPM + b"}\n%set -g a b\n",
    "before one of a nested one": b"%if a {\nif b {\n" + TPM + b"}\n}\n",
    "a line that goes on": b"set -g @resurrect-processes \\\n  'ssh'\n%if-shell x \\\n  \"run '/p/tpm/tpm'\"\n",
    "a name that goes on": b"set -g \\\n  @resurrect-processes x\n%" + TPM,
    "quotes in a comment": b"set -g a b # don't\n# it's {\n%" + TPM,
    "marks in quotes": b"set -g a '# {'\nset -g b \"\\\" }\"\nset -g c \\'\nset -g s '#[fg=red]#{pid}'\n%"
    + TPM,
    "Oh my tmux": b"set -g a b\n%# /!\\ do not remove the following line\n# EOF\n#\n# f() {\n# }\n",
    "empty": b"%",
    "bytes that are no text": b"set -g a '\xff\xe9'\n%" + TPM,
    "a form feed and a lone carriage return": b"set -g a 'x\x0c\ry'\n%" + TPM,
}


@pytest.mark.parametrize("picture", PLACES.values(), ids=PLACES)
def test_where_the_block_goes(picture: bytes) -> None:
    place = 0 if picture.startswith(b"%") else picture.index(b"\n%") + 1
    data = picture[:place] + picture[place + 1 :]

    done = block.put(data, LINE)

    assert done.data == data[:place] + BLOCK + data[place:]
    assert done.sure
    assert block.put(done.data, LINE) == done
    assert block.take(done.data) == data


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"if-shell x {\n" + TPM, id="a brace that stays open"),
        pytest.param(b"}\n" + TPM, id="a brace too many"),
        pytest.param(b"}\nbind x {\n" + TPM, id="braces the wrong way round"),
        pytest.param(b"if-shell x '\nrun /p/tpm\n'\n", id="a quote over lines"),
    ],
)
def test_where_it_cannot_tell_it_is_the_end(data: bytes) -> None:
    done = block.put(data, LINE)

    assert (done.data, done.sure) == (data + BLOCK, False)
    assert block.take(done.data) == data


def test_what_cannot_be_read_is_no_matter_where_no_plugin_runs() -> None:
    assert block.put(b"bind x {\n", LINE).sure


@pytest.mark.parametrize(
    ("data", "then"),
    [
        pytest.param(None, BLOCK[:-1], id="no file"),
        pytest.param(b"", BLOCK, id="empty file"),
        pytest.param(b"set -g a b", b"set -g a b\n" + BLOCK[:-1], id="no line feed at the end"),
        pytest.param(b"set -g a b\\", b"set -g a b\\\n" + BLOCK[:-1], id="a backslash at the end"),
        pytest.param(SET[:-1], SET + BLOCK[:-1], id="after a last line without line feed"),
        pytest.param(TPM[:-1], BLOCK + TPM[:-1], id="before a last line without line feed"),
        pytest.param(b"\xef\xbb\xbf" + TPM, b"\xef\xbb\xbf" + BLOCK + TPM, id="byte order mark"),
        pytest.param(b"\n\n", b"\n\n" + BLOCK, id="empty lines"),
    ],
)
def test_the_end_of_the_file_is_as_before_when_the_block_is_gone(data: bytes | None, then: bytes) -> None:
    assert block.put(data, LINE).data == then
    assert block.put(then, LINE).data == then
    assert block.take(then) == data


@pytest.mark.parametrize("tail", [b"\r\n", b""], ids=["ended", "unended"])
def test_a_conf_with_carriage_returns_keeps_them_and_our_path_has_none(tail: bytes) -> None:
    data = b"set -g a b\r\nset -g c d" + tail

    done = block.put(data, LINE).data

    assert b"\r\n# >>> ocprov >>>\r\nsource-file -q '/x' #\r\n# <<< ocprov <<<" in done
    assert done.count(b"\n") == done.count(b"\r\n")
    assert block.take(done) == data


def test_a_block_stays_where_a_person_put_it_and_only_its_line_is_renewed() -> None:
    data = TPM + BLOCK.replace(b"/x", b"/old") + b"set -g a b\n"

    assert block.put(data, LINE).data == TPM + BLOCK + b"set -g a b\n"


def test_a_block_that_a_later_line_undoes_is_moved_behind_it() -> None:
    assert block.put(BLOCK + SET + TPM, LINE).data == SET + BLOCK + TPM


@pytest.mark.parametrize(
    ("data", "damaged"),
    [
        pytest.param(b"", False, id="none"),
        pytest.param(BLOCK, False, id="whole"),
        pytest.param(b"a\n  " + BLOCK, False, id="indented"),
        pytest.param(BLOCK + BLOCK, True, id="two"),
        pytest.param(block.BEGIN + b"\n", True, id="no end"),
        pytest.param(block.END + b"\r\n", True, id="no begin"),
        pytest.param(block.END + b"\n" + block.BEGIN, True, id="turned round"),
        pytest.param(b"# see " + block.BEGIN, False, id="a word about it"),
    ],
)
def test_a_block_is_whole_or_damaged(data: bytes, damaged: bool) -> None:
    assert block.damaged(data) is damaged
