"""Where the block goes in a tmux.conf, and that nothing else of it changes."""

import pytest

from ocprov.persistence import block

LINE = b"source-file -q '/x'"
BLOCK = b"# >>> ocprov >>>\nsource-file -q '/x'\n# <<< ocprov <<<\n"
TPM = b"run '~/.tmux/plugins/tpm/tpm'\n"
SET = b"set -g @resurrect-processes 'ssh'\n"
HOOK = b"set-option -g @resurrect-hook-post-restore-all 'x'\n"

HERE = b"@@"

PLACES = {
    "no plugins": b"set -g mouse on\n@@",
    "before tpm": b"set -g mouse on\n@@" + TPM + b"set -g status on\n",
    "before tpm without a line feed": b"@@" + TPM[:-1],
    "before the first plugin": b"@@run-shell -b /p/resurrect.tmux\nrun /p/continuum.tmux\n",
    "after what it adds to": SET + HOOK + b"@@" + TPM,
    "between them and tpm, near tpm": SET + b"set -g @plugin 'x/tmux-resurrect'\n@@" + TPM,
    "after what it adds to, also behind tpm": TPM + SET + b"@@bind x kill-pane\n",
    "not at a comment": b"# run '~/.tmux/plugins/tpm/tpm'\n# " + SET + b"set -g mouse on\n@@",
    "not at a key": b"bind S run-shell '/p/resurrect/scripts/save.sh'\n@@" + TPM,
    "not at another script": b"run /usr/share/powerline.sh\n@@" + TPM,
    "behind closed braces": b"if-shell x {\n  " + SET + b"  run /p/tpm/get\n}\n@@" + TPM,
    "behind a condition": b"%if '#{x}'\nset -g c d\n%endif\n@@" + TPM,
    "a line that goes on": b"set -g a b\n@@if-shell x \\\n  \"run '/p/tpm/get'\"\n" + TPM,
    "a name that goes on": TPM + b"set -g \\\n  @resurrect-processes x\n@@",
    "braces that open nothing": b"set -g a '# {'\nset -g b '#[fg=red]#{pid}' # {\n# it's {\n@@" + TPM,
    "Oh my tmux": b"set -g a b\n@@# /!\\ do not remove the following line\n# EOF\n#\n# f() {\n# }\n",
    "byte order mark": b"\xef\xbb\xbf@@" + TPM,
    "bytes that are no text": b"set -g a '\xff\xe9'\n@@" + TPM,
    "a form feed and a lone carriage return": b"set -g a 'x\x0c\ry'\n@@" + TPM,
}


@pytest.mark.parametrize("picture", PLACES.values(), ids=PLACES)
def test_where_the_block_goes(picture: bytes) -> None:
    before, after = picture.split(HERE)

    done = block.put(before + after, LINE)

    assert done == block.Edited(before + BLOCK + after, place_known=True)
    assert block.put(done.data, LINE) == done
    assert block.take(done.data) == before + after


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"if-shell x {\n" + TPM + b"}\n", id="in braces"),
        pytest.param(b"%if a\n" + TPM + b"%endif\n", id="in a condition"),
        pytest.param(b"  " + TPM, id="indented"),
        pytest.param(TPM + b"if-shell x {\n" + SET + b"}\n", id="in braces what it adds to"),
        pytest.param(b"if-shell x '\nrun /p/tpm\n'\n", id="in quotes"),
    ],
)
def test_where_it_cannot_tell_it_is_the_end(data: bytes) -> None:
    done = block.put(data, LINE)

    assert done == block.Edited(data + BLOCK, place_known=False)
    assert block.take(done.data) == data


def test_where_no_plugin_runs_the_end_is_the_place() -> None:
    assert block.put(b"bind x {\n", LINE).place_known


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"set -g a b", id="no line feed at the end"),
        pytest.param(SET[:-1], id="after a last line without line feed"),
        pytest.param(b"set -g a b\r\nset -g c d", id="carriage returns"),
    ],
)
def test_a_line_that_a_person_appends_is_a_line_of_its_own(data: bytes) -> None:
    appended = block.put(data, LINE).data + b"set -g mouse on\n"

    assert not block.damaged(appended)
    assert block.put(appended, LINE).data == appended
    lines = (block.take(appended) or b"").splitlines()
    assert lines == [*data.splitlines(), b"set -g mouse on"]


def test_a_file_that_held_only_the_block_is_nothing_without_it() -> None:
    assert block.take(block.put(b"", LINE).data) is None


@pytest.mark.parametrize("tail", [b"\r\n", b""], ids=["ended", "unended"])
def test_a_conf_with_carriage_returns_keeps_them_and_our_path_has_none(tail: bytes) -> None:
    data = b"set -g a b\r\nset -g c d" + tail

    done = block.put(data, LINE).data

    assert done.endswith(b"\r\n# >>> ocprov >>>\r\nsource-file -q '/x' #\r\n# <<< ocprov <<<\r\n")
    assert done.count(b"\n") == done.count(b"\r\n")
    assert block.take(done) == data.removesuffix(b"\r\n") + b"\r\n"


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
