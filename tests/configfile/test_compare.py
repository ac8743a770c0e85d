import pytest

from ocprov.configfile.compare import Action, Kept, accepted, decide, forced, sha

A, B, C = b"a = 1\n", b"a = 2\n", b"a = 3\n"


@pytest.mark.parametrize(
    ("source", "target", "recorded", "mode", "action"),
    [
        pytest.param(A, None, None, 0o600, "create", id="nothing-there"),
        pytest.param(A, None, sha(A), 0o600, "create", id="deployed-and-then-removed"),
        pytest.param(A, A, sha(A), 0o600, "none", id="as-deployed"),
        pytest.param(A, A, sha(A), 0o664, "none", id="a-group-of-ones-own-may-write"),
        pytest.param(A, A, None, 0o600, "adopt", id="same-bytes-by-somebody-else"),
        pytest.param(A, A, sha(B), 0o600, "adopt", id="edited-into-what-is-wanted"),
        pytest.param(A, A, sha(A), 0o666, "chmod", id="anyone-may-write"),
        pytest.param(A, A, None, 0o602, "chmod", id="anyone-may-write-unrecorded"),
        pytest.param(B, A, sha(A), 0o600, "replace", id="ours-not-edited"),
        pytest.param(B, A, sha(C), 0o600, "conflict", id="ours-edited"),
        pytest.param(B, A, sha(B), 0o600, "conflict", id="edited-since-this-very-version"),
        pytest.param(B, A, None, 0o600, "conflict", id="never-ours"),
        pytest.param(A, b"", None, 0o600, "conflict", id="an-empty-file-is-somebodys"),
        pytest.param(A, A.replace(b"\n", b"\r\n"), None, 0o600, "conflict", id="line-ends-are-bytes"),
        pytest.param(A, b"\xff\xfe", None, 0o600, "conflict", id="not-utf-8"),
    ],
)
def test_the_decision(
    source: bytes, target: bytes | None, recorded: str | None, mode: int, action: Action
) -> None:
    old = None if target is None else sha(target)

    decision = decide(sha(source), old, recorded, mode)

    assert decision.action == action
    assert decision.reason
    assert (decision.sha_old, decision.sha_new) == (old or "", sha(source))


@pytest.mark.parametrize(
    ("recorded", "kept", "plain", "with_force", "with_keep"),
    [
        pytest.param(sha(A), "", "replace", "replace", "keep", id="ours"),
        pytest.param(sha(C), "", "conflict", "replace", "keep", id="edited"),
        pytest.param(None, "stays", "none", "replace", "none", id="kept"),
        pytest.param(sha(A), "stays", "none", "replace", "none", id="rolled-back"),
        pytest.param(None, "stayed", "conflict", "replace", "keep", id="kept-and-the-source-changed"),
        pytest.param(sha(A), "stayed", "replace", "replace", "keep", id="rolled-back-and-the-source-changed"),
        pytest.param(sha(C), "stayed", "conflict", "replace", "keep", id="rolled-back-and-edited"),
    ],
)
def test_what_a_person_said_before_counts(
    recorded: str | None, kept: Kept, plain: Action, with_force: Action, with_keep: Action
) -> None:
    decision = decide(sha(B), sha(A), recorded, kept=kept)

    assert (decision.action, forced(decision).action, accepted(decision).action) == (
        plain,
        with_force,
        with_keep,
    )


@pytest.mark.parametrize("recorded", [sha(A), None], ids=["as-deployed", "adopted"])
def test_equal_bytes_are_not_forced_nor_kept(recorded: str | None) -> None:
    decision = decide(sha(A), sha(A), recorded)

    assert forced(decision) == accepted(decision) == decision
